/** dnsmasq-dhcp: DHCPv4 leases. `DHCPACK(br-lan) 192.0.2.7 00:11:22:33:44:55 name`, with `log-dhcp` behind a transaction number. */
import { endOfDigits } from '../header/characters.js';
import { ipOf, macOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { hostsRead } from './hosts-read.js';
import { interfaceOf } from './names.js';

interface Lease {
  interface: string;
  clientMac: string | undefined;
  clientIp: string | undefined;
}

const VERBS: Record<string, (lease: Lease, rest: string | undefined) => TypedMessage> = {
  DHCPDISCOVER: (lease, detail) =>
    detail !== undefined && detail.startsWith('no address')
      ? typed('lan.lease.pool-exhausted', { interface: lease.interface, clientMac: lease.clientMac })
      : typed('lan.lease.discover', { ...lease, detail }),
  DHCPOFFER: (lease, clientName) => typed('lan.lease.offered', { ...lease, clientName }),
  DHCPREQUEST: (lease, clientName) => typed('lan.lease.requested', { ...lease, clientName }),
  DHCPACK: (lease, clientName) => typed('lan.lease.acked', { ...lease, clientName }),
  DHCPNAK: (lease, detail) => typed('lan.lease.refused', { ...lease, detail }),
  DHCPRELEASE: (lease, clientName) => typed('lan.lease.released', { ...lease, clientName }),
  DHCPDECLINE: (lease, clientName) => typed('lan.lease.declined', { ...lease, clientName }),
  DHCPINFORM: (lease, clientName) => typed('lan.lease.informed', { ...lease, clientName }),
};

const NO_RANGE = 'no address range available for DHCP request via ';

export function dnsmasqDhcp(line: string): TypedMessage | null {
  const digits = endOfDigits(line, 0, 12);
  const message = digits > 0 && line.charCodeAt(digits) === 32 ? line.slice(digits + 1) : line;
  if (message.startsWith('DHCP')) return lease(message);
  if (message.startsWith('read ')) return hostsRead(message);
  if (message.startsWith(NO_RANGE)) {
    const via = interfaceOf(message.slice(NO_RANGE.length).trimEnd());
    return via === null ? null : typed('lan.lease.pool-exhausted', { interface: via });
  }
  return null;
}

function lease(message: string): TypedMessage | null {
  const open = message.indexOf('(');
  const close = message.indexOf(')', open);
  if (open < 0 || open > 12 || close < 0) return null;
  const verb = Object.hasOwn(VERBS, message.slice(0, open)) ? VERBS[message.slice(0, open)] : undefined;
  const via = interfaceOf(message.slice(open + 1, close));
  if (verb === undefined || via === null) return null;
  const words = message
    .slice(close + 1)
    .split(' ', 8)
    .filter((word) => word !== '');
  const clientIp = words[0] === undefined ? null : ipOf(words[0]);
  const macAt = clientIp === null ? 0 : 1;
  const clientMac = words[macAt] === undefined ? null : macOf(words[macAt]);
  const known = macAt + (clientMac === null ? 0 : 1);
  if (known === 0) return null;
  const rest = words.slice(known).join(' ');
  return verb(
    { interface: via, clientMac: clientMac ?? undefined, clientIp: clientIp ?? undefined },
    rest === '' ? undefined : rest,
  );
}
