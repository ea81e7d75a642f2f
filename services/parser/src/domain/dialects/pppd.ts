/** pppd, its plugins rp-pppoe and pppoatm: a dial-up or PPPoE link from discovery to hang-up (ppp 2.4.3 to 2.5, their format strings). */
import { ipOf, macOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const note: Phrase[1] = (message) => typed('wan.ppp.note', { text: message.trimEnd() });
const fault: Phrase[1] = (message) => typed('wan.ppp.fault', { detail: message.trimEnd() });
const linkLost: Phrase[1] = (message) => typed('wan.ppp.link-lost', { detail: message.trimEnd() });
const closing: Phrase[1] = (message) => typed('wan.ppp.closing', { detail: message.trimEnd() });
const discoveryFailed: Phrase[1] = (message) => typed('wan.ppp.discovery-failed', { detail: message.trimEnd() });
const disagreed: Phrase[1] = (message) => typed('wan.ppp.negotiation-failed', { detail: message.trimEnd() });
const misconfigured: Phrase[1] = (message) => typed('wan.ppp.config-invalid', { detail: message.trimEnd() });

/** The addresses of a link; one that a published report masks has none. */
function address(role: 'local' | 'remote' | 'local-link' | 'remote-link' | 'primary-dns' | 'secondary-dns'): Phrase[1] {
  return (_message, rest) => typed('wan.ppp.address-assigned', { role, address: ipOf(rest.trim()) ?? undefined });
}

const CONNECT_TIME = /Connect time (\d{1,9})(?:\.(\d))? minutes/y;

function connectTime(message: string): TypedMessage | null {
  const found = matchStart(CONNECT_TIME, message);
  if (found === null) return null;
  const tenths = Number(found[1]) * 10 + Number(found[2] ?? 0);
  return typed('wan.ppp.session-ended', { connectSeconds: tenths * 6 });
}

const TRAFFIC = /Sent (\d{1,15}) bytes, received (\d{1,15}) bytes/y;
const PACKET = /(sent|rcvd) \[(\w[\w ]{0,19}?) (\w{1,24})\b/y;

function sent(message: string): TypedMessage | null {
  if (message.startsWith('Sent PADT')) return typed('wan.ppp.closing', { detail: message.trimEnd() });
  const found = matchStart(TRAFFIC, message);
  if (found === null) return null;
  return typed('wan.ppp.traffic', { sentBytes: Number(found[1]), receivedBytes: Number(found[2]) });
}

function packet(message: string): TypedMessage | null {
  const found = matchStart(PACKET, message);
  if (found === null) return null;
  const direction = found[1] === 'sent' ? 'sent' : 'received';
  return typed('wan.ppp.packet', { direction, protocol: found[2]!, code: found[3]! });
}

function echoLost(_message: string, rest: string): TypedMessage | null {
  const requests = wholeNumber(rest.slice(0, rest.indexOf(' ')));
  return requests === undefined ? null : typed('wan.ppp.echo-lost', { requests });
}

const STARTED = /pppd (\d[\w.+~-]{0,30}) started by (\S{1,64}), uid /y;
const CONNECT = /Connect: (\S{1,64}) <--> (\S{1,128})/y;
const RENAMED = /Renamed interface (\S{1,64}) to (\S{1,64})/y;
const CONCENTRATOR = /Connected to (\S{17})(?: via interface (\S{1,64}))?/y;

function started(message: string): TypedMessage | null {
  const found = matchStart(STARTED, message);
  return found === null ? null : typed('wan.ppp.started', { version: found[1]!, userName: found[2] });
}

function connect(message: string): TypedMessage | null {
  const found = matchStart(CONNECT, message);
  if (found === null) return null;
  return typed('wan.ppp.connected', { interface: found[1]!, peer: macOf(found[2]!) ?? found[2]! });
}

function renamed(message: string): TypedMessage | null {
  const found = matchStart(RENAMED, message);
  if (found === null) return null;
  return typed('wan.ppp.interface-assigned', { interface: found[2]!, formerName: found[1]! });
}

function usingInterface(_message: string, rest: string): TypedMessage | null {
  const name = interfaceOf(rest);
  return name === null ? null : typed('wan.ppp.interface-assigned', { interface: name });
}

function concentrator(message: string): TypedMessage | null {
  const found = matchStart(CONCENTRATOR, message);
  const serverMac = found === null ? null : macOf(found[1]!);
  return serverMac === null ? null : typed('wan.ppp.concentrator-found', { serverMac, device: found![2] });
}

function session(_message: string, rest: string): TypedMessage | null {
  const sessionId = wholeNumber(rest);
  return sessionId === undefined ? null : typed('wan.ppp.session-opened', { sessionId });
}

function plugin(message: string, rest: string): TypedMessage | null {
  if (!rest.endsWith(' loaded.')) return misconfigured(message, rest);
  return typed('wan.ppp.plugin-loaded', { plugin: rest.slice(0, -8) });
}

const AUTH = /(PAP|CHAP|EAP|MS-CHAP(?:-?v2|\[v2\])?|EAP-TLS|MS-CHAPv2) /y;
const PEER = / for ['"]?(\S{1,128}?)['"]?$/;

/** `PAP authentication failed`, `CHAP peer authentication succeeded for user`. */
function authentication(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const method = matchStart(AUTH, text)?.[1];
  if (text.includes('authentication succeeded')) {
    return typed('wan.ppp.auth-succeeded', { method, peerName: PEER.exec(text.slice(0, 256))?.[1] });
  }
  return text.includes('failed') || text.includes('timed out')
    ? typed('wan.ppp.auth-failed', { method, detail: text })
    : null;
}

const authFailed: Phrase[1] = (message) => typed('wan.ppp.auth-failed', { detail: message.trimEnd() });

/** `LCP: timeout sending Config-Requests`, `IPCP terminated by peer`. */
const CONTROL =
  /(?:LCP|IPCP|IPV6CP|CCP|ECP|IPXCP|ATCP|CBCP|EAP)(?:: | )(timeout sending|terminated by peer|Rcvd Code-Reject)/y;

function controlProtocol(message: string): TypedMessage | null {
  const found = matchStart(CONTROL, message);
  if (found === null) return null;
  if (found[1] === 'Rcvd Code-Reject') return disagreed(message, '');
  return message.startsWith('LCP') ? linkLost(message, '') : disagreed(message, '');
}

const SCRIPT = /Script (\S{1,256}) finished \(pid \d{1,10}\), status = 0x([0-9a-f]{1,8})/y;

/** A script that ended with another status than 0 did not do its work: routes or DNS may be missing. */
function script(message: string): TypedMessage | null {
  const found = matchStart(SCRIPT, message);
  return found === null || Number.parseInt(found[2]!, 16) === 0 ? note(message, '') : fault(message, '');
}

const readBook = phrasebook([
  ['sent [', packet],
  ['rcvd [', packet],
  ['Sent ', sent],
  ['Connect time expired', closing],
  ['Connect time ', connectTime],
  ['Connect: ', connect],
  ['Connected to ', concentrator],
  ['Connection terminated.', () => typed('wan.ppp.terminated', {})],
  ['Link terminated.', () => typed('wan.ppp.terminated', {})],
  ['Exit.', () => typed('wan.ppp.exited', {})],
  ['Modem hangup', linkLost],
  ['Serial link appears to be disconnected', linkLost],
  ['Serial line is looped back', linkLost],
  ['Loopback detected', linkLost],
  ['Peer not responding', linkLost],
  ['Last channel has disconnected', linkLost],
  ['Interface failed to come up', linkLost],
  ['Interface configuration failed', fault],
  ['Peer refused to agree', disagreed],
  ['No response to PAP ', authFailed],
  ['No response to ', echoLost],
  ['local  IP address ', address('local')],
  ['remote IP address ', address('remote')],
  ['local  LL address ', address('local-link')],
  ['remote LL address ', address('remote-link')],
  ['primary   DNS address ', address('primary-dns')],
  ['secondary DNS address ', address('secondary-dns')],
  ['Local IP address changed to ', address('local')],
  ['Remote IP address changed to ', address('remote')],
  ['Using interface ', usingInterface],
  ['Renamed interface ', renamed],
  ['PPP session is ', session],
  ['Plugin ', plugin],
  ['pppd ', started],
  ...alike(['Terminating on signal', 'Terminating connection due to', 'Hangup (SIGHUP)', 'User request'], closing),
  ...alike(['Link inactive', 'Traffic limit', 'sending SIGTERM to process', 'No network protocols running'], closing),
  ...alike(
    ['Timeout waiting for PAD', 'Unable to complete PPPoE Discovery', 'PADO: ', 'PADS: System'],
    discoveryFailed,
  ),
  ...alike(
    ['PADS: Generic', 'PADS: Service-Name-Error', 'error sending pppoe packet', 'error receiving pppoe'],
    discoveryFailed,
  ),
  ...alike(['Ignoring PADO packet', 'PADS: Service-Name: ', 'PADS: Host-Uniq', 'Access-Concentrator: '], note),
  ...alike(
    ['No auth is possible', 'Authentication failed', 'Failed to authenticate ourselves', 'Login incorrect'],
    authFailed,
  ),
  ...alike(['login failed', 'No CHAP secret found', 'no PAP secret found', 'No secret found for PAP'], authFailed),
  ...alike(['peer refused to authenticate', "couldn't negotiate eap", 'Peer ', 'Unauthorized remote IP'], authFailed),
  ...alike(['calling number ', 'E=691', 'MS-CHAP authentication failed'], authFailed),
  ['Remote message: ', note],
  ...alike(['PAP ', 'CHAP ', 'EAP', 'MS-CHAP'], (message) => controlProtocol(message) ?? authentication(message)),
  ...alike(['LCP', 'IPCP', 'IPV6CP', 'CCP', 'ECP'], controlProtocol),
  ['peer from calling number ', (message) => (message.includes(' authorized') ? note(message, '') : null)],
  ...alike(['Received bad configure-', 'Refused our IP address', 'Protocol-Reject for '], disagreed),
  ...alike(['Could not determine local', 'MPPE ', 'Lost compression sync', 'No compression negotiated'], disagreed),
  ...alike(['Unsupported protocol ', 'Received Protocol-Reject for LCP', 'Too many MPPE errors'], disagreed),
  ...alike(['Unexpected Conf-Nak', 'Compression disabled by peer', 'appear to have received our own'], disagreed),
  ...alike(
    ['In file ', 'unrecognized option ', "Can't open options file", "Couldn't load plugin", 'The remote system'],
    misconfigured,
  ),
  ...alike(
    ['invalid ', 'bad local IP address', 'bad remote IP address', 'unknown host', 'too few parameters'],
    misconfigured,
  ),
  ['Script ', script],
  ...alike(['Serial connection established', 'Starting negotiation on ', 'Starting link'], note),
  ...alike(['using channel ', 'Could not determine remote ', 'replacing old default route', 'not replacing '], note),
  ...alike(['Waiting for ', 'Terminating.', 'Interface ', 'Overriding mtu ', 'Overriding mru '], note),
  ...alike(
    ['Cannot determine ethernet address for proxy ARP', 'found interface ', 'Send PPPOE Discovery', 'Recv PPPOE'],
    note,
  ),
  ...alike(['Deflate', 'BSD-Compress', 'Predictor', 'Multilink', 'New bundle ', 'Link attached to '], note),
  ...alike([' dst ', ' src ', 'Discarded non-LCP packet', 'discarding proto ', 'lcp: received short'], note),
  ...alike(
    ['nameserver ', 'Protocol ', 'restoring old default route', 'old default route restored', 'no callback'],
    note,
  ),
  ...alike(['Removed stale lock', 'Warning', 'updetach is set', 'default route ', 'Remote IPv6', 'Local IPv6'], note),
  ...alike(["Couldn't ", "Can't ", 'Failed to ', 'Cannot ', 'ioctl(', 'Sorry - this system lacks'], fault),
  ...alike(['Connect script failed', 'Unable to ', 'error ', 'read: ', 'write: ', 'Write failed', 'tcgetattr'], fault),
  ...alike(
    ['tcsetattr', 'Device ', 'Invalid ', 'Bogus PPPoE', 'Fatal signal', 'fork failed', 'Linux kernel does not'],
    fault,
  ),
  ...alike(['Child process ', 'sif6', 'cif6', 'select (wait', 'Error '], fault),
]);

export function pppd(message: string): TypedMessage | null {
  return readBook(message);
}

const COMMAND = /send \((AT[\w+^&*%$#!-]{0,30})/y;
const CHAT_FAILED = /(?:alarm|Failed\b| -- (?:failed|read timed out)|Can't |SIGHUP|SIGTERM|Connection failed)/y;
/** What chat says that it does, and what a modem answers (it ends in a carriage return, written `^M`). */
const CHAT_STEP =
  /(?:send |expect |abort on |clear abort|report |timeout set to |echo |hangup |say | -- (?:got it|write timed out)|[+*^]|AT|OK|CONNECT|RING|\^M)/y;

/** chat, which dials for pppd. What it sends and gets may hold a PIN or a number: only the names of commands are kept. */
export function chat(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const command = matchStart(COMMAND, text);
  if (command !== null) return typed('wan.modem.dial-sent', { command: dialCommand(command[1]!) });
  if (matchStart(CHAT_FAILED, text) !== null) return typed('wan.modem.dial-failed', { detail: text });
  return text.endsWith('^M') || matchStart(CHAT_STEP, text) !== null ? typed('wan.modem.dial-note', {}) : null;
}

/** `ATD*99***1#` is `ATD`: the number behind it is whom the router calls. */
function dialCommand(command: string): string {
  return command.startsWith('ATD') ? 'ATD' : command.replace(/\^M$/, '');
}
