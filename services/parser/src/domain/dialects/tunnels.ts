/** L2TP, PPTP and fastd: tunnels whose daemons say little (xl2tpd, pptp-linux, fastd). */
import { endpointOf, ipOf, portOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

type Product = 'l2tp' | 'pptp' | 'fastd';

/** The readings that the three have in common, for one of them. */
function readings(product: Product) {
  return {
    step: (message: string) => typed('wan.vpn.step', { product, step: message.trimEnd() }),
    note: (message: string) => typed('wan.vpn.note', { product, text: message.trimEnd() }),
    fault: (message: string) => typed('wan.vpn.fault', { product, detail: message.trimEnd() }),
    disagreed: (message: string) => typed('wan.vpn.negotiation-failed', { product, detail: message.trimEnd() }),
    authFailed: (message: string) => typed('wan.vpn.auth-failed', { product, detail: message.trimEnd() }),
    ended: (message: string) => typed('wan.vpn.ended', { product, reason: message.trimEnd() }),
    invalid: (message: string) => typed('wan.vpn.config-invalid', { product, detail: message.trimEnd() }),
  };
}

const l2tp = readings('l2tp');
const L2TP_HOST = /(?:Connecting to host|Connection established to) (\S{1,255}?), (?:port )?(\d{1,5})/y;
const L2TP_CLOSED = /Connection (?:\d{1,10} )?closed to (\S{1,255}?), (?:port|serial) (\d{1,10}) \((.{0,160})\)/y;
const L2TP_CALL = /Call established with (\S{1,255}?),/y;
const L2TP_FUNCTION =
  /(?:control_finish|control_xmit|death_handler|child_handler|init_network|handle_special|lac_call|lac_hangup|magic_lac_dial|start_pppd|check_control|network_thread|handle_packet|open_controlfd|l2tp_call|start_control_[\w]{1,20}|result_code_avp|[a-z][a-z_]{2,40}) ?: ?/y;

function l2tpPeer(host: string, port?: string) {
  const peerIp = ipOf(host);
  const peer = peerIp === null ? { peerName: host } : { peerIp };
  return { product: 'l2tp' as const, ...peer, peerPort: portOf(port) };
}

function l2tpConnection(message: string): TypedMessage | null {
  const found = matchStart(L2TP_HOST, message);
  if (found === null) return null;
  const peer = l2tpPeer(found[1]!, found[2]);
  return message.startsWith('Connecting') ? typed('wan.vpn.connecting', peer) : typed('wan.vpn.established', peer);
}

function l2tpClosed(message: string): TypedMessage | null {
  const found = matchStart(L2TP_CLOSED, message);
  return found === null ? null : typed('wan.vpn.ended', { ...l2tpPeer(found[1]!), reason: found[3]! });
}

function l2tpCall(message: string): TypedMessage | null {
  const found = matchStart(L2TP_CALL, message);
  return found === null ? null : typed('wan.vpn.peer-connected', l2tpPeer(found[1]!));
}

const readL2tp = phrasebook([
  ...alike(['Connecting to host ', 'Connection established to '], l2tpConnection),
  ['Connection ', l2tpClosed],
  ['Call established with ', l2tpCall],
  ...alike(['Maximum retries exceeded', 'maximum retries exceeded'], () =>
    typed('wan.vpn.peer-silent', { product: 'l2tp', hasGivenUp: true }),
  ),
  ...alike(['Host name lookup failed for ', 'Unable to find hostname to dial'], (message, rest) =>
    typed('wan.vpn.resolve-failed', {
      product: 'l2tp',
      peerName: rest.replace(/\.$/, '') || undefined,
      detail: message,
    }),
  ),
  ...alike(['Denied connection to unauthorized', 'Invalid authentication for host', 'No secret'], l2tp.authFailed),
  [
    'Fatal signal ',
    (_message, rest) => typed('wan.vpn.stopped', { product: 'l2tp', reason: `signal ${rest.split(' ', 1)[0]}` }),
  ],
  [
    'xl2tpd version ',
    (_message, rest) => typed('wan.vpn.started', { product: 'l2tp', version: rest.split(' ', 1)[0] }),
  ],
  ...alike(['Disconnecting from ', 'Session ', 'pppd exited', 'pppd terminated'], l2tp.ended),
  ...alike(['Peer ', 'Out of IP addresses', 'Received out of order', 'Unable to determine call'], l2tp.disagreed),
  ...alike(
    ['Unable ', 'unable ', 'Can not ', 'Exec of ', 'No such ', 'No more free', 'malloc failed', 'bad '],
    l2tp.fault,
  ),
  ...alike(
    ['Unable to load config', 'error token', 'Configuration parse error', 'There is already', 'token '],
    l2tp.invalid,
  ),
  ...alike(['Calling on tunnel', 'Will redial', 'Listening on IP', 'Using l2tp kernel', 'setsockopt'], l2tp.step),
  ...alike(
    ['Forked by', 'Written by', 'Inherited by', 'IPsec SAref', 'Not looking for kernel', 'parameters: '],
    l2tp.note,
  ),
  ...alike(['Hanging up call', 'sending ', 'Sending ', 'message type is', 'L2TP kernel support', 'Warning'], l2tp.note),
]);

export function xl2tpd(message: string): TypedMessage | null {
  const prefix = matchStart(L2TP_FUNCTION, message);
  return readL2tp(message) ?? (prefix === null ? null : readL2tp(message.slice(prefix[0].length)));
}

const pptpSays = readings('pptp');
const PPTP_FRONT = /(?:anon (?:log|warn|fatal)|\S{1,32} (?:log|warn|fatal))\[[\w.]{1,40}:[\w.-]{1,40}:\d{1,5}\]: /y;

const readPptp = phrasebook([
  ['Client connection established', () => typed('wan.vpn.peer-connected', { product: 'pptp' })],
  ['Outgoing call established', () => typed('wan.vpn.established', { product: 'pptp' })],
  ...alike(['Closing ', 'Call closed', 'Call disconnect notification', 'Received Call Clear'], pptpSays.ended),
  ...alike(
    ['Could not open control connection', 'Our outgoing call request', 'no more Echo Reply'],
    pptpSays.disagreed,
  ),
  ...alike(
    ['Could not ', 'Call manager exited', 'Call manager for', 'read error', 'write error', 'socket', 'connect: '],
    pptpSays.fault,
  ),
  ...alike(['Host ', 'getaddrinfo', 'gethostbyname'], (message) =>
    typed('wan.vpn.resolve-failed', { product: 'pptp', detail: message.trimEnd() }),
  ),
  ...alike(
    ['The synchronous pptp option', 'Sent control packet', 'Received ', 'Echo Re', 'PPTP_SET_LINK'],
    pptpSays.note,
  ),
  ...alike(
    ['control packet', 'discarding ', 'buffering ', 'accepting ', 'timeout waiting', 'tx ', 'rx '],
    pptpSays.note,
  ),
  ...alike(['logecho', 'send_accm', 'reply result', 'Reply result', 'Result code', '  send_accm'], pptpSays.note),
]);

export function pptp(message: string): TypedMessage | null {
  const front = matchStart(PPTP_FRONT, message);
  return readPptp(front === null ? message : message.slice(front[0].length));
}

const fastdSays = readings('fastd');
const FASTD_RESOLVE = /resolving host `(\S{1,255}?)' (failed|for peer|successfully)/y;
const FASTD_PEER =
  /(?:connection with|new session with) <(\S{1,128}?)>(?: \[?(\S{1,64}?)\]?)? (established|disestablished)/y;
const FASTD_NAMED = /<(\S{1,128}?)>(?:\[(\S{4,64})\])?/;

function fastdResolving(message: string): TypedMessage | null {
  const found = matchStart(FASTD_RESOLVE, message);
  if (found === null) return null;
  return found[2] === 'failed'
    ? typed('wan.vpn.resolve-failed', { product: 'fastd', peerName: found[1]!, detail: message.trimEnd() })
    : fastdSays.step(message);
}

function fastdConnection(message: string): TypedMessage | null {
  const found = matchStart(FASTD_PEER, message);
  if (found === null) return null;
  const peer = { product: 'fastd' as const, peerName: found[1]! };
  return found[3] === 'established' ? typed('wan.vpn.established', peer) : typed('wan.vpn.ended', peer);
}

function fastdHandshake(message: string): TypedMessage {
  const text = message.trimEnd();
  const found = FASTD_NAMED.exec(text.slice(0, 256));
  const endpoint = found?.[2] === undefined ? null : endpointOf(found[2]);
  const peer = { peerName: found?.[1], peerIp: endpoint?.ip, peerPort: endpoint?.port };
  return typed('wan.vpn.step', { product: 'fastd', ...peer, step: text });
}

export const fastd = phrasebook([
  ['resolving host ', fastdResolving],
  ['resolved host ', fastdSays.step],
  ...alike(['connection with ', 'new session with '], fastdConnection),
  ...alike(['sending handshake', 'received handshake', 'handshake ', 'authorized '], fastdHandshake),
  ['fastd v', (_message, rest) => typed('wan.vpn.started', { product: 'fastd', version: rest.split(' ', 1)[0] })],
  ['terminating fastd', () => typed('wan.vpn.stopped', { product: 'fastd' })],
  ...alike(['ignoring ', 'received invalid', 'unable to verify', 'dropping '], (message) =>
    typed('wan.vpn.packet-refused', { product: 'fastd', detail: message.trimEnd() }),
  ),
  ...alike(['config error', 'config warning', 'invalid '], fastdSays.invalid),
  ...alike(['unable to ', 'sendmsg', 'recvmsg', 'write: ', 'read: ', 'bind: ', 'failed ', 'error'], fastdSays.fault),
  ...alike(
    ['adding peer', 'deleting peer', 'disabling peer', 'enabling peer', 'bound to ', 'refreshing session'],
    fastdSays.step,
  ),
  ...alike(['tun/tap device', 'initializing', 'changed to', 'executing', 'command ', 'temporarily'], fastdSays.note),
]);
