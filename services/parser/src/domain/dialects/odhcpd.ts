/** odhcpd (and 6relayd before it): leases of DHCPv6 and DHCPv4, router advertisements (odhcpd's src/{dhcpv6-ia,dhcpv4,router,odhcpd,config}.c). */
import { ipOf, macOf } from './addresses.js';
import { duidOf, macOfDuid } from './dhcp-uid.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const note: Phrase[1] = (message) => typed('lan.dhcp.note', { text: message.trimEnd() });
const advertisementNote: Phrase[1] = (message) => typed('lan.ra.note', { text: message.trimEnd() });
const failed: Phrase[1] = (message) => typed('lan.dhcp.failed', { detail: message.trimEnd() });
const invalid: Phrase[1] = (message) => typed('lan.dhcp.config-invalid', { detail: message.trimEnd() });

const LEASE6 =
  /DHCPV6 ([A-Z-]{3,24}) (IA_NA|IA_PD) from ([0-9a-fA-F:]{2,390}) on (\S{1,64}): (ok|no addresses available|no prefix available|no binding|not on-link|use multicast|unspecified failure|\w[\w -]{0,40}?)(?=$| [0-9a-fA-F]{0,4}:)/y;

/** Leases that the line names, as `address/length`. */
function leasesOf(text: string): string[] {
  return text.split(' ', 32).filter((word) => word.includes('/') && ipOf(word.slice(0, word.indexOf('/'))) !== null);
}

function lease6(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const found = matchStart(LEASE6, text);
  if (found === null) return null;
  const [whole, verb, association, client, via, status] = found;
  const clientDuid = duidOf(client!) ?? undefined;
  const who = {
    interface: via!,
    clientDuid,
    clientMac: clientDuid === undefined ? undefined : macOfDuid(clientDuid),
    step: verb!.toLowerCase(),
  };
  const kind = association === 'IA_PD' ? 'prefix' : 'address';
  if (status !== 'ok') return typed('lan.lease6.refused', { ...who, kind, reason: status! });
  const leases = leasesOf(text.slice(whole.length));
  return verb === 'RELEASE' || verb === 'DECLINE'
    ? typed('lan.lease6.released', { ...who, leases })
    : typed('lan.lease6.granted', { ...who, kind, leases });
}

/** `Received DHCPV4_MSG_REQUEST from 02:... on br-lan`, `Sent DHCPV4_MSG_ACK to 02:... - 192.0.2.7`. */
const MESSAGE4 =
  /(?:Received|Sent|Sending) DHCPV4_MSG_(\w{3,12}) (?:from|to) (\S{17})(?: - (\S{2,45}?))?(?: on (\S{1,64}))?$/y;

interface Client4 {
  interface: string | undefined;
  clientMac: string;
  clientIp: string | undefined;
}

const VERBS4: Record<string, (client: Client4) => TypedMessage> = {
  DISCOVER: (client) => typed('lan.lease.discover', client),
  OFFER: (client) => typed('lan.lease.offered', client),
  REQUEST: (client) => typed('lan.lease.requested', client),
  ACK: (client) => typed('lan.lease.acked', client),
  NAK: (client) => typed('lan.lease.refused', client),
  RELEASE: (client) => typed('lan.lease.released', client),
  DECLINE: (client) => typed('lan.lease.declined', client),
  INFORM: (client) => typed('lan.lease.informed', client),
};

function lease4(message: string): TypedMessage | null {
  const found = matchStart(MESSAGE4, message.trimEnd());
  const clientMac = found === null ? null : macOf(found[2]!);
  if (found === null || clientMac === null || !Object.hasOwn(VERBS4, found[1]!)) return null;
  const clientIp = found[3] === undefined ? undefined : (ipOf(found[3]) ?? undefined);
  return VERBS4[found[1]!]!({ interface: found[4], clientMac, clientIp });
}

const NO_PREFIX = /A default route is present but there is no public prefix on (\S{1,64}) thus /y;
const NO_ROUTE = /No default route present(?: on (\S{1,64}?))?,? /y;

function noDefaultRoute(message: string): TypedMessage | null {
  const found = matchStart(NO_PREFIX, message) ?? matchStart(NO_ROUTE, message);
  return found === null ? null : typed('lan.ra.no-default-route', { interface: found[1], detail: message.trimEnd() });
}

/** Until 2025 `ff02::1%lan at br-lan (reason)`, since then `ff02::1%lan@br-lan (reason)`: zone and device. */
const SEND_FAILED = /Failed to send to ([^\s@]{2,80})(?: at |@| on )(\S{1,64}?):? \((.{1,120})\)/y;

function sendFailed(message: string): TypedMessage | null {
  const found = matchStart(SEND_FAILED, message);
  if (found === null) return null;
  const [, to, via, detail] = found;
  return typed('lan.ra.send-failed', { interface: via!, destination: ipOf(to!) ?? undefined, detail: detail! });
}

function sentOn(_message: string, rest: string): TypedMessage | null {
  const via = interfaceOf(rest);
  return via === null ? null : typed('lan.ra.sent', { interface: via });
}

function receivedOn(_message: string, rest: string): TypedMessage | null {
  const via = interfaceOf(rest);
  return via === null ? null : typed('lan.ra.received', { interface: via });
}

const RENEWED = /rfc9096: (\S{1,64}?): (?:renew|new|deprecate|restore) (\S{2,64})/y;

/** RFC 9096: what a router tells its clients of prefixes that its provider takes back. */
function rfc9096(message: string): TypedMessage | null {
  const found = matchStart(RENEWED, message);
  if (found === null) return advertisementNote(message, '');
  return typed('lan.ra.prefix-renewed', { interface: found[1]!, prefix: found[2]! });
}

function noRange(message: string, rest: string): TypedMessage | null {
  const via = interfaceOf(rest);
  return via === null ? null : typed('lan.dhcp.failed', { detail: message.trimEnd(), interface: via });
}

export const odhcpd = phrasebook([
  ['DHCPV6 ', lease6],
  ...alike(['Received DHCPV4_MSG_', 'Sent DHCPV4_MSG_', 'Sending DHCPV4_MSG_'], lease4),
  ...alike(['A default route is present but ', 'No default route present'], noDefaultRoute),
  ['Failed to send to ', sendFailed],
  ['Sending a RA on ', sentOn],
  ['Got a RA on ', receivedOn],
  ['rfc9096: ', rfc9096],
  ['No DHCP range available on ', noRange],
  ['Termination requested by signal', () => typed('lan.dhcp.stopped', {})],
  ...alike(
    ['Using a RA lifetime of ', 'Address ', 'Sending RS to ', 'Forward a RA on ', 'Received a RS'],
    advertisementNote,
  ),
  ...alike(['Initial ', 'Raising SIGUSR1 due to ', 'Got a NS ', 'Got a NA ', 'Got NS', 'Got NA'], advertisementNote),
  ...alike(['Got DHCPv6', 'Got DHCPv4', 'Got DHCPV4', 'Got a DHCPv6', 'Sending a DHCPv6', 'Forward'], note),
  ...alike(['Sent ', 'Delivered ', 'Read ', 'Writing ', 'Received FORCERENEW', 'Starting RENEW'], note),
  ...alike(['Enabling ', 'Disabling ', 'Interface ', 'Kill ', 'Bound to ', 'Setting up ', 'Learned '], note),
  ...alike(['Deleting ', 'Adding ', 'Update ', 'Fail to ', 'Unable to '], (message) =>
    message.startsWith('Fail') || message.startsWith('Unable') ? failed(message, '') : note(message, ''),
  ),
  ...alike(['Failed to ', 'failed to ', 'Realloc failed', 'Calloc failed', 'Rename ', 'Cannot ', 'No memory'], failed),
  ...alike(['Invalid ', 'invalid ', 'Config ', 'Bad ', 'Netlink ', 'DHCPv4 start', 'Unknown '], invalid),
]);
