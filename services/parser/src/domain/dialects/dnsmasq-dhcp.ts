/**
 * dnsmasq-dhcp: leases of DHCPv4 and DHCPv6, router advertisements. `DHCPACK(br-lan) 192.0.2.7 00:11:22:33:44:55 name`,
 * with `log-dhcp` behind a transaction number.
 */
import { endOfDigits } from '../header/characters.js';
import { ipOf, macOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { advertisement, isLease6Verb, lease6 } from './dnsmasq-dhcp6.js';
import { hostsRead } from './hosts-read.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

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
  const said = message.startsWith('DHCP') ? lease(message) : advertisement(message);
  if (said !== null) return said;
  return readServerLine(message) ?? (digits > 0 ? transactionDetail(message) : null);
}

function poolExhausted(_message: string, rest: string): TypedMessage | null {
  const via = interfaceOf(rest);
  return via === null ? null : typed('lan.lease.pool-exhausted', { interface: via });
}

const RANGE = /DHCP, IP range (\S{2,45}) -- (\S{2,45}), lease time (\S{1,20})/y;

function range(message: string): TypedMessage | null {
  const found = matchStart(RANGE, message);
  const firstIp = found === null ? null : ipOf(found[1]!);
  const lastIp = found === null ? null : ipOf(found[2]!);
  if (found === null || firstIp === null || lastIp === null) return null;
  return typed('lan.dhcp.range', { firstIp, lastIp, leaseTime: found[3]! });
}

function packetIgnored(message: string, rest: string): TypedMessage | null {
  const end = rest.indexOf(' which has no address');
  const via = end < 0 ? null : interfaceOf(rest.slice(0, end));
  return via === null ? null : typed('lan.dhcp.packet-ignored', { interface: via, detail: message.trimEnd() });
}

const CONFIGURED = /not using configured address (\S{2,45}) because /y;
const ABANDONED = /abandoning lease to \S{1,64} of (\S{2,45})/y;

function addressConflict(message: string): TypedMessage | null {
  const found = matchStart(CONFIGURED, message) ?? matchStart(ABANDONED, message);
  const clientIp = found === null ? null : ipOf(found[1]!);
  return clientIp === null ? null : typed('lan.lease.address-conflict', { clientIp, detail: message.trimEnd() });
}

const NAME_TAKEN = /not giving name (\S{1,253}) to the DHCP lease of (\S{2,45}) because /y;

function nameConflict(message: string): TypedMessage | null {
  const found = matchStart(NAME_TAKEN, message);
  if (found === null) return null;
  return typed('lan.lease.name-conflict', {
    clientName: found[1]!,
    clientIp: ipOf(found[2]!) ?? undefined,
    detail: message.trimEnd(),
  });
}

const note: Phrase[1] = (message) => typed('lan.dhcp.note', { text: message.trimEnd() });
const failed: Phrase[1] = (message) => typed('lan.dhcp.failed', { detail: message.trimEnd() });
const invalid: Phrase[1] = (message) => typed('lan.dhcp.config-invalid', { detail: message.trimEnd() });

const NO_RANGE6 = /no address range available for DHCPv6 request (?:via|from relay at) (\S{1,64})/y;

function poolExhausted6(message: string): TypedMessage | null {
  const via = matchStart(NO_RANGE6, message)?.[1];
  return via === undefined ? null : typed('lan.lease.pool-exhausted', { interface: via });
}

const readServerLine = phrasebook([
  [NO_RANGE, poolExhausted],
  ['DHCP, IP range ', range],
  ['DHCP packet received on ', packetIgnored],
  ['no address range available for DHCPv6 request ', poolExhausted6],
  ...alike(['not using configured address ', 'abandoning lease '], addressConflict),
  ...alike(
    ['DHCPv6', 'router advertisement on ', 'DHCPv4-derived IPv6 names on ', 'SLAAC on ', 'stateless DHCPv6'],
    note,
  ),
  ...alike(
    ['DHCP relay ', 'DHCP, IP range', 'constructed DHCPv6', 'template for ', 'broadcast via ', 'multicast via '],
    note,
  ),
  ...alike(['disabling DHCP static address', 'duplicate IP address ', 'ignoring invalid line in lease'], invalid),
  ...alike(
    ['DHCP range ', 'bad line at ', 'ignoring ', 'Ignoring duplicate dhcp-option', 'duplicate dhcp-host'],
    invalid,
  ),
  ...alike(
    ['Error sending DHCP packet', 'failed to ', 'cannot ', 'Cannot ', 'script process', 'lease-init script'],
    failed,
  ),
  ...alike(['ARP-cache injection failed', 'interface ', 'error binding DHCP socket', 'log failed', 'overflow'], failed),
  ['not giving name ', nameConflict],
  ...alike(['DHCP, static leases only ', 'DHCP, sockets bound ', 'DHCP, proxy on ', 'Ignoring domain '], note),
  ['read ', (message) => hostsRead(message)],
]);

/** With `log-dhcp`, each request is told at length, behind its transaction number: `1830405 vendor class: MSFT 5.0`. */
const DETAIL =
  /(?:available DHCP(?:v6)? (?:range|subnet)|reply delay|cannot determine client MAC|lease time|vendor class|user class|client (?:provides name|MAC address)|tags|requested options|next server|broadcast response|sent size|server name|bootfile name|client-ID|ignored)\b/y;

function transactionDetail(message: string): TypedMessage | null {
  return matchStart(DETAIL, message) === null ? null : note(message, '');
}

function lease(message: string): TypedMessage | null {
  const open = message.indexOf('(');
  const close = message.indexOf(')', open);
  if (open < 0 || open > 23 || close < 0) return null;
  const verb = Object.hasOwn(VERBS, message.slice(0, open)) ? VERBS[message.slice(0, open)] : undefined;
  const via = interfaceOf(message.slice(open + 1, close));
  if (via === null) return null;
  if (verb === undefined || isLease6Verb(message, open, close)) return lease6(message, open, close, via);
  const words = message
    .slice(close + 1)
    .split(' ', 8)
    .filter((word) => word !== '');
  const clientIp = words[0] === undefined ? null : ipOf(words[0]);
  const macAt = clientIp === null ? 0 : 1;
  const clientMac = words[macAt] === undefined ? null : macOf(words[macAt]);
  const known = macAt + (clientMac === null ? 0 : 1);
  const rest = words.slice(known).join(' ');
  return verb(
    { interface: via, clientMac: clientMac ?? undefined, clientIp: clientIp ?? undefined },
    rest === '' ? undefined : rest,
  );
}
