/** miniupnpd: ports that clients open to the internet by UPnP IGD, NAT-PMP and PCP. Format strings of 2.0 to 2.3. */
import { ipOf, portOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const note: Phrase[1] = (message) => typed('lan.upnp.note', { text: message.trimEnd() });
const fault: Phrase[1] = (message) => typed('lan.upnp.fault', { detail: message.trimEnd() });
const unreachable: Phrase[1] = (message) => typed('lan.upnp.unreachable', { detail: message.trimEnd() });

const REDIRECTING = /redirecting port (\d{1,5}) to (\S{2,45}?):(\d{1,5}) protocol (\w{2,8})(?: for: (.{0,160}))?/y;
const ADD =
  /AddPortMapping: ext port (\d{1,5}) to (\S{2,45}?):(\d{1,5}) protocol (\w{2,8})(?: for: (.{0,160}?))?(?: leaseduration=|$)/y;
const PMP =
  /(?:PCP MAP: (?:added|updated?|adding) mapping|NAT-PMP (?:port )?mapping port) ?(\w{2,8}) (\d{1,5})\s{0,2}->\s{0,2}(\S{2,45}?):(\d{1,5})(?: '(.{0,160})')?/y;
const PMP_OLD = /(?:PCP )?port mapping:? (\w{2,8}) (\d{1,5}) ?-> ?(\S{2,45}?):(\d{1,5})/iy;
const DELETE =
  /(?:DeletePortMapping: external port: |removing redirect rule port |Deleting? ?external port: )(\d{1,5})(?:, protocol: | )(\w{2,8})?/y;

function added(
  externalPort: string,
  client: string,
  clientPort: string,
  protocol: string,
  description?: string,
): TypedMessage | null {
  const opened = portOf(externalPort);
  if (opened === undefined) return null;
  return typed('lan.port-mapping.added', {
    protocol: protocol.toLowerCase(),
    externalPort: opened,
    clientIp: ipOf(client) ?? undefined,
    clientPort: portOf(clientPort),
    description: description?.trim() || undefined,
  });
}

function redirecting(message: string): TypedMessage | null {
  const found = matchStart(REDIRECTING, message);
  return found === null ? null : added(found[1]!, found[2]!, found[3]!, found[4]!, found[5]);
}

/** What was asked for: it is added only when `redirecting port` follows. */
function asked(message: string): TypedMessage | null {
  return matchStart(ADD, message) === null ? null : note(message, '');
}

function pcp(message: string): TypedMessage | null {
  const found = matchStart(PMP, message) ?? matchStart(PMP_OLD, message);
  if (found !== null) return added(found[2]!, found[3]!, found[4]!, found[1]!, found[5]);
  return /(?:fail|not from a LAN|Invalid|Unsupported|Unauthorized|not match)/i.test(message.slice(0, 200))
    ? refusedBy(message)
    : note(message, '');
}

function removed(message: string): TypedMessage | null {
  const found = matchStart(DELETE, message);
  const externalPort = portOf(found?.[1]);
  if (found === null || externalPort === undefined) return null;
  return typed('lan.port-mapping.removed', { protocol: (found[2] ?? 'tcp').toLowerCase(), externalPort });
}

const CHECK = /redirection permission check failed for (\d{1,5})->(\S{2,45}?):(\d{1,5}) (\w{2,8})/y;
const TAKEN = /port (\d{1,5}) (?:protocol )?(\w{2,8}) (?:\(rhost '.{0,64}'\) )?already (?:redirected|in use)/y;
const CLIENT = /Client (\S{2,45}) tried to /y;

function refusedBy(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const check = matchStart(CHECK, text);
  if (check !== null) {
    return typed('lan.port-mapping.refused', {
      externalPort: portOf(check[1]),
      clientIp: ipOf(check[2]!) ?? undefined,
      clientPort: portOf(check[3]),
      protocol: check[4]!.toLowerCase(),
      detail: text,
    });
  }
  const taken = matchStart(TAKEN, text);
  if (taken !== null) {
    return typed('lan.port-mapping.refused', {
      externalPort: portOf(taken[1]),
      protocol: taken[2]!.toLowerCase(),
      detail: text,
    });
  }
  const client = matchStart(CLIENT, text);
  return typed('lan.port-mapping.refused', {
    clientIp: client === null ? undefined : (ipOf(client[1]!) ?? undefined),
    detail: text,
  });
}

const LISTENING = /(HTTPS?|Listening for NAT-PMP\/PCP traffic|NAT-PMP\/PCP) (?:listening )?on port (\d{1,5})/y;

function listening(message: string): TypedMessage | null {
  const found = matchStart(LISTENING, message);
  if (found === null) return null;
  const service = found[1]!.includes('NAT-PMP') ? 'nat-pmp' : found[1]!.toLowerCase();
  return typed('lan.upnp.listening', { service, port: portOf(found[2]) });
}

const STARTING = /version (\S{1,40}) starting.{0,80}? ext if (\S{1,64})/y;

function started(message: string): TypedMessage | null {
  const found = matchStart(STARTING, message);
  return found === null ? note(message, '') : typed('lan.upnp.started', { version: found[1]!, device: found[2]! });
}

function controlPoint(_message: string, rest: string): TypedMessage | null {
  const address = ipOf(rest);
  return address === null ? null : typed('lan.upnp.listening', { service: 'http', address });
}

export const miniupnpd = phrasebook([
  ['redirecting port ', redirecting],
  ['AddPortMapping: ', asked],
  ['AddAnyPortMapping: ', note],
  ...alike(['PCP', 'NAT-PMP ', 'pcp: '], pcp),
  ...alike(['DeletePortMapping: ', 'removing redirect rule port ', 'DeletePortMappingRange'], removed),
  ...alike(['redirection permission check failed', 'Client ', 'port '], refusedBy),
  ...alike(['HTTP listening', 'HTTPS listening', 'Listening for NAT-PMP'], listening),
  ['HTTP IPv6 address given to control points : ', controlPoint],
  ['version ', started],
  ['shutting down MiniUPnPd', () => typed('lan.upnp.stopped', {})],
  ...alike(['STUN: ', 'Performing STUN failed', 'private/reserved address', 'Reserved / private IP'], unreachable),
  ...alike(
    ['Cannot get IP address for ext interface', 'You are probably behind NAT', 'Port forwarding is'],
    unreachable,
  ),
  ...alike(['Failed to get ip address for interface', 'NAT on upstream router'], unreachable),
  ...alike(['HTTP REQUEST from', 'HTTP Connection from', 'SSDP', 'Unknown', 'Returning UPnPError', 'SoapMethod'], note),
  ...alike(
    ['no HTTP IPv6 address', 'Reloading rules', 'removed ', 'updating existing', 'Expire', 'Public IP address'],
    note,
  ),
  ...alike(
    ['Received ', 'ProcessHTTP', 'subscri', 'upnp_event', 'removing expired', 'cleaning', 'setting timeout'],
    note,
  ),
  ...alike(['using netfilter', 'system uptime', 'Port forwarding', 'GetExternalIPAddress', 'ext if', 'Scanning'], note),
  ...alike(
    ['could not ', 'cannot ', 'Cannot ', "can't ", "can't", 'Failed to ', 'failed to ', 'Error', 'error'],
    fault,
  ),
  ...alike(
    ['bind(', 'socket(', 'setsockopt', 'sendto', 'recv', 'send(', 'listen(', 'accept(', 'select(', 'ioctl'],
    fault,
  ),
  ...alike(['unable to open', 'iptc', 'iptables', 'nft', 'mnl_', 'send_batch', 'recv_batch', 'open(', 'fopen('], fault),
  ...alike(
    ['try_sendto', 'gettimeofday', 'recvmsg', 'malloc', 'New_upnphttp', 'MiniUPnPd is already', 'DNS rebinding'],
    fault,
  ),
  ...alike(['peer ', 'unknown ', 'addSubscriber', 'invalid ', 'Invalid ', 'rule ', 'ProcessSSDP'], note),
]);
