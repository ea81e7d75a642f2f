/** dnsmasq's DHCPv6 and router advertisements: `DHCPREPLY(br-lan) 2001:db8::7 00:01:00:01:... name`, `RTR-ADVERT(br-lan) 2001:db8::`. */
import { ipOf, macOf } from './addresses.js';
import { duidOf, macOfDuid } from './dhcp-uid.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

/** Verbs that are of DHCPv6 alone. */
const VERBS6: Record<string, string> = {
  DHCPSOLICIT: 'solicit',
  DHCPADVERTISE: 'advertise',
  DHCPREPLY: 'reply',
  DHCPRENEW: 'renew',
  DHCPREBIND: 'rebind',
  DHCPCONFIRM: 'confirm',
  'DHCPINFORMATION-REQUEST': 'information-request',
};
/** Verbs of both: a DUID, or an IPv6 address, tells DHCPv6. */
const SHARED: Record<string, string> = { DHCPREQUEST: 'request', DHCPRELEASE: 'release', DHCPDECLINE: 'decline' };

const DUID_AT = / (?:[0-9a-f:.]{2,45} )?(?:[0-9a-f]{2}:){7,129}[0-9a-f]{2}(?: |$)/y;

/** Whether a verb that both protocols have is DHCPv6's here. */
export function isLease6Verb(message: string, open: number, close: number): boolean {
  if (!Object.hasOwn(SHARED, message.slice(0, open))) return false;
  return matchStart(DUID_AT, message.slice(close + 1, close + 460).trimEnd()) !== null;
}

/** What stands behind the interface: an address, a DUID and a name or a reason, each where there is one. */
function clientOf(text: string): { clientIp?: string; clientDuid?: string; detail?: string } {
  const words = text
    .trimEnd()
    .split(' ', 8)
    .filter((word) => word !== '');
  const first = words[0] ?? '';
  const clientIp = duidOf(first) === null ? ipOf(first) : null;
  if (clientIp !== null) words.shift();
  const clientDuid = words[0] === undefined ? null : duidOf(words[0]);
  if (clientDuid !== null) words.shift();
  const detail = words.join(' ');
  return {
    ...(clientIp !== null && { clientIp }),
    ...(clientDuid !== null && { clientDuid }),
    ...(detail !== '' && { detail }),
  };
}

/** A message of DHCPv6 whose verb ends at `open`; null for verbs that it has not. */
export function lease6(message: string, open: number, close: number, via: string): TypedMessage | null {
  const step = stepOf(message.slice(0, open));
  if (step === undefined) return null;
  const { clientIp, clientDuid, detail } = clientOf(message.slice(close + 1));
  const clientMac = clientDuid === undefined ? undefined : macOfDuid(clientDuid);
  const who = { interface: via, clientDuid, clientMac, step };
  const leases = clientIp === undefined ? [] : [clientIp];
  if (step === 'release' || step === 'decline') return typed('lan.lease6.released', { ...who, leases });
  if (step !== 'reply' && step !== 'advertise') return typed('lan.lease6.requested', { ...who, clientIp });
  return clientIp === undefined && detail !== undefined
    ? typed('lan.lease6.refused', { ...who, reason: detail })
    : typed('lan.lease6.granted', { ...who, leases, clientName: detail });
}

function stepOf(verb: string): string | undefined {
  if (Object.hasOwn(VERBS6, verb)) return VERBS6[verb];
  return Object.hasOwn(SHARED, verb) ? SHARED[verb] : undefined;
}

const ADVERTISEMENT = /(RTR-ADVERT|RTR-SOLICIT|SLAAC-CONFIRM)\((\S{1,64}?)\)(?: (\S{2,64}))?(?: (\S{1,253}))?/y;

/** Router advertisements and what hosts do with them; null for anything else. */
export function advertisement(message: string): TypedMessage | null {
  const found = matchStart(ADVERTISEMENT, message);
  if (found === null) return null;
  const [, verb, via, first, second] = found;
  if (verb === 'RTR-SOLICIT') {
    return typed('lan.ra.solicited', {
      interface: via!,
      clientMac: first === undefined ? undefined : (macOf(first) ?? undefined),
    });
  }
  if (verb === 'RTR-ADVERT') return typed('lan.ra.sent', { interface: via!, prefix: first });
  const address = first === undefined ? null : ipOf(first);
  return address === null ? null : typed('lan.ra.address-confirmed', { interface: via!, address, clientName: second });
}
