/**
 * OpenVPN 2.4 to 2.6, client and server. Its tag is `openvpn` or, of OpenWrt's init script, `openvpn(section)`. A server
 * puts the session in front of the text: `user/203.0.113.9:51000 TLS: ...`, `203.0.113.9:51000 TLS: ...` before it knows
 * who that is.
 */
import { ipOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { DialectContext, TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { matchStart } from './phrasebook.js';
import { openvpnProgress } from './openvpn-progress.js';
import { openvpnEndpoint, openvpnSession } from './openvpn-session.js';
import type { OpenvpnPeer } from './openvpn-session.js';

const SIGNAL = /SIG(\w{3,6})\[(\w{0,10}),([\w-]{0,40})\] received, (process|client-instance) (restarting|exiting)/y;
const NAMED_PEER = /\[(\S{1,128}?)\] (?=Inactivity|Peer Connection)/y;

function signalled(peer: OpenvpnPeer, text: string): TypedMessage | null {
  const found = matchStart(SIGNAL, text);
  if (found === null) return null;
  const [, name, , cause, scope, end] = found;
  const reason = cause === '' ? `SIG${name}` : cause!;
  if (scope === 'client-instance') return typed('wan.vpn.peer-disconnected', { ...peer, reason });
  return end === 'restarting'
    ? typed('wan.vpn.restarting', { ...peer, reason })
    : typed('wan.vpn.stopped', { ...peer, reason });
}

const VERIFIED = /VERIFY OK: depth=(\d{1,2}), (.{1,512})/y;

function verified(peer: OpenvpnPeer, text: string): TypedMessage | null {
  const found = matchStart(VERIFIED, text);
  if (found !== null) {
    return typed('wan.vpn.certificate-verified', { ...peer, depth: Number(found[1]), subject: found[2]!.trimEnd() });
  }
  return /^VERIFY [\w ]{0,30}ERROR/.test(text)
    ? typed('wan.vpn.certificate-refused', { ...peer, detail: text })
    : typed('wan.vpn.note', { ...peer, text });
}

const INITIATED = /Peer Connection Initiated with (\S{4,80})/y;
const RESOLVE = /RESOLVE: Cannot resolve host address: ([^\s:]{1,255})(?::(\d{1,5}))?/y;

/** `[server] Peer Connection Initiated with ...`: the name is the certificate's. */
function named(peer: OpenvpnPeer, text: string): TypedMessage | null {
  const found = matchStart(NAMED_PEER, text);
  const rest = found === null ? text : text.slice(found[0].length);
  const who = found === null ? peer : { ...peer, peerName: found[1]! };
  const initiated = matchStart(INITIATED, rest);
  if (initiated !== null) return typed('wan.vpn.peer-connected', { ...who, ...openvpnEndpoint(initiated[1]!) });
  return rest.startsWith('Inactivity timeout (') ? typed('wan.vpn.peer-silent', { ...who, hasGivenUp: true }) : null;
}

const TLS_REFUSED =
  /TLS Error: (?:incoming packet authentication failed|cannot locate HMAC|Unroutable control packet|tls-crypt(?:-v2)? unwrapping failed|unknown opcode|reading acknowledgement|local\/remote TLS keys are out of sync|client->client|session .{0,40}mismatch|initial packet)/y;

function tls(peer: OpenvpnPeer, text: string): TypedMessage | null {
  if (text.startsWith('TLS Auth Error')) return typed('wan.vpn.auth-failed', { ...peer, detail: text });
  if (text.startsWith('TLS: Initial packet from ')) {
    return typed('wan.vpn.connecting', { ...peer, ...openvpnEndpoint(text.slice(25, text.indexOf(' ', 25) >>> 0)) });
  }
  if (text.startsWith('TLS: soft reset')) return typed('wan.vpn.rekeyed', peer);
  if (matchStart(TLS_REFUSED, text) !== null) {
    const from = / from (\S{4,80})/.exec(text.slice(0, 512))?.[1];
    return typed('wan.vpn.packet-refused', { ...peer, ...(from && openvpnEndpoint(from)), detail: text });
  }
  if (/^TLS(?:_| )(?:Error|ERROR|Handshake failed)/.test(text)) {
    return typed('wan.vpn.negotiation-failed', { ...peer, detail: text });
  }
  return null;
}

function resolveFailed(peer: OpenvpnPeer, text: string): TypedMessage | null {
  const found = matchStart(RESOLVE, text);
  if (found === null) return null;
  return typed('wan.vpn.resolve-failed', {
    ...peer,
    peerName: found[1]!,
    peerPort: wholeNumber(found[2]),
    detail: text,
  });
}

const OPENED = /TUN\/TAP device (\S{1,64}) opened/y;
const ADDRESS =
  /(?:net_addr_v[46]_add: |net_addr_ptp_v4_add: |\/sbin\/ifconfig \S{1,64} (?:add )?|\/sbin\/ip (?:-6 )?addr add dev \S{1,64} (?:local )?)([\d.a-fA-F:]{2,45})(?=[/ ])/y;
const POOLED = /MULTI: primary virtual IP(?:v6)? for \S{1,160}: (\S{2,45})/y;

function addressed(peer: OpenvpnPeer, text: string): TypedMessage | null {
  const opened = matchStart(OPENED, text);
  const device = opened === null ? null : interfaceOf(opened[1]!);
  if (device !== null) return typed('wan.vpn.device-opened', { ...peer, device });
  const found = matchStart(ADDRESS, text) ?? matchStart(POOLED, text);
  const address = found === null ? null : ipOf(found[1]!);
  return address === null ? null : typed('wan.vpn.address-assigned', { ...peer, address });
}

const VERSION = /OpenVPN (\d[\w.-]{0,30}) /y;
const PEER_INFO = /peer info: ([\w-]{1,64})=(.{0,256})/y;

function whoItIs(peer: OpenvpnPeer, text: string): TypedMessage | null {
  const version = matchStart(VERSION, text);
  if (version !== null) return typed('wan.vpn.started', { ...peer, version: version[1]! });
  const info = matchStart(PEER_INFO, text);
  return info === null ? null : typed('wan.vpn.peer-info', { ...peer, key: info[1]!, value: info[2]!.trimEnd() });
}

/** By the first letters: what decides which of the readers above may know the text. */
function readText(peer: OpenvpnPeer, text: string): TypedMessage | null {
  if (text.startsWith('TLS')) return tls(peer, text) ?? openvpnProgress(peer, text);
  if (text.startsWith('VERIFY ')) return verified(peer, text);
  if (text.startsWith('SIG')) return signalled(peer, text) ?? openvpnProgress(peer, text);
  if (text.startsWith('RESOLVE: ')) return resolveFailed(peer, text) ?? openvpnProgress(peer, text);
  return named(peer, text) ?? addressed(peer, text) ?? whoItIs(peer, text) ?? openvpnProgress(peer, text);
}

/** `openvpn(office)` → `office`. */
function sectionOf(appName: string | null): string | undefined {
  const open = appName === null ? -1 : appName.indexOf('(');
  return open > 0 ? appName!.slice(open + 1, appName!.endsWith(')') ? -1 : undefined) || undefined : undefined;
}

export function openvpn(message: string, context: DialectContext): TypedMessage | null {
  const { peer, text } = openvpnSession(message, sectionOf(context.header.appName));
  return readText(peer, text.trimEnd());
}
