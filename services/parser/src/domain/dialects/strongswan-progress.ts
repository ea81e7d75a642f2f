/** charon's lines that are told apart by how they begin or by one phrase in them: refusals, disagreements, steps, chatter. */
import { ipOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

export interface IkePeer {
  product: 'ipsec';
  tunnel: string | undefined;
  peerName?: string | undefined;
  peerIp?: string | undefined;
}

const AUTH_FAILED =
  /(?:received AUTHENTICATION_FAILED|tried \d{1,4} shared keys? for |no shared key found for|no trusted \S{1,16} public key found|no private key found|verification of AUTH payload|signature validation failed|XAuth authentication of .{0,160} failed|XAuth .{0,60}failed|authentication of .{0,160} failed|EAP method \S{1,32} failed|EAP vendor specific method .{0,60} failed|received EAP_FAILURE|no EAP (?:key|secret) found|generating .{0,40}AUTHENTICATION_FAILED|constraint check failed|selected peer config .{1,80} unacceptable|no peer config found|EAP-Identity request configured, but not supported|id '.{0,160}' not confirmed|MD5.{0,30}mismatch|HASH mismatch)/y;
const AUTH_OK = /authentication of '(.{0,160})' (?:\(myself\) )?with /y;
const DISAGREED =
  /(?:received (?:NO_PROPOSAL_CHOSEN|INVALID_KE_PAYLOAD|TS_UNACCEPTABLE|INVALID_ID_INFORMATION|PAYLOAD_MALFORMED|INVALID_SYNTAX|INVALID_SELECTORS|FAILED_CP_REQUIRED|INTERNAL_ADDRESS_FAILURE|NO_ADDITIONAL_SAS|TEMPORARY_FAILURE|INVALID_MAJOR_VERSION|INVALID_HASH_INFORMATION|INVALID_COOKIE)|no (?:acceptable|matching) |no proposal chosen|no IKE config found|no (?:matching )?peer config|no config named|none of the proposed|received proposals unacceptable|received proposals:|configured proposals:|traffic selectors .{1,400} unacceptable|failed to establish CHILD_SA|configuration payload negotiation failed|peer didn't |peer did not |DH group .{1,40} unacceptable|no CHILD_SA built|CHILD_SA .{0,80} (?:failed|not found)|creating .{1,40} failed|closing IKE_SA due CHILD_SA setup failure|Aggressive Mode PSK disabled|found \d{1,4} matching configs, but none allows)/y;
const REFUSED =
  /(?:ignoring (?:IKE_SA setup|unprotected|message)|integrity check failed|could not decrypt payloads|message (?:parsing|verification) failed|invalid (?:HASH|IKE|ID|payload|KE|message|SPI)|received (?:invalid|unsupported|unencrypted|packet is too short|packet from \S{2,60} to \S{2,60} on ignored)|decrypting .{1,60} failed|decryption failed|\S{2,32} payload verification failed|payload type |.{0,24}length of .{1,60} invalid|no (?:connection|alternative) .{0,40}found for|fragment |generated message too)/y;
const CERTIFICATE =
  /(?:no issuer certificate found|subject certificate invalid|certificate (?:was revoked|status is not|policy)|certificate .{0,160}(?:revoked|expired|not valid|invalid)|peer certificate invalid|issuer is |fetching crl .{0,160}failed|crl is stale|signature verification failed)/y;
const FAULT =
  /(?:error |failed to |unable to |could not |cannot |can't |opening file|no socket implementation|handling .{1,60} failed|installing .{1,80} failed|loading .{1,200} failed|plugin '.{1,64}':? failed|no known |expanding .{1,80} failed|adding .{1,80} failed|receiving from socket failed|virtual IP pool|pool '.{1,64}' is full|out of |updown.{0,40} (?:error|failed)|CRITICAL|no files? found|configuration uses unsupported|parsing .{1,120} failed|building .{1,80} failed|lookup .{1,60} failed|abort IKE_SA initiation)/iy;
const STEP =
  /(?:IKE_SA (?:deleted|\S{1,64} (?:state change|will timeout|successfully))|received (?:DELETE|INITIAL_CONTACT|\S{1,40} vendor ID|end entity cert|cert request|issuer cert|AUTH_LIFETIME|EAP|DNS server|Cisco|XAuth|NAT-T|strongSwan|DPD|FRAGMENTATION|draft)|sending (?:DELETE|end entity|cert request|issuer cert|DPD|keep alive|\S{1,40} vendor ID|XAuth|HASH|INITIAL)|scheduling |rescheduling |maximum IKE_SA lifetime|reauthenticating |reauthentication |reinitiating |restarting CHILD_SA|establishing CHILD_SA|queueing |peer requested |peer supports |local host is behind NAT|remote host is behind NAT|faking NAT|EAP method \S{1,32} succeeded|server requested |initiating EAP|initiating \S{1,40} method|XAuth authentication of|IKE_SA|CHILD_SA|creating (?:roam|acquire|rekey|delete|update|DPD)|deleting (?:half open|duplicate|CHILD_SA|IKE_SA|unestablished|policy)|destroying |selected (?:proposal|peer config)|detected |schedule |keeping |switching to|changing |closing |sending end|assigning new lease|reassigning |lease |using (?:certificate|trusted|untrusted|configured)|reached self-signed|redirect|NAT mappings)/y;
const NOTE =
  /(?:sending packet|received packet|parsed |generating |parsing |loaded |loading |spawning |signal of type|added |rereading|creating |looking for| {0,2}candidate|found |selecting |configured |checking |certificate | {2}using |dropped capabilities|installing |installed |querying |adding |deleting |getting |using |received stroke|received netlink|interface |\S{2,45} (?:appeared|disappeared) (?:on|from)|received keepalive|waiting |watcher|updating |authorizing|peer | {0,2}fetch|publishing|released|allocated|nothing to |uninstalling|unloading|listening on|known interfaces|removed |opened|enabling |disabling |proposing |handling |leak|number of|jobs? |load-|charon |ipsec|attempting |activating |generat|thread|HW offload|received unknown vendor|linked key)/y;

const STOPPED = /(?:SIG\w{3,5} received|shutting down|charon stopped|signal of type SIG(?:INT|TERM) received)/y;
const FROM = /from (\S{2,45}?)(?:\[\d{1,5}\])?(?:,| |$)/;

/** Whom a packet came from, where the line tells it. */
function sender(text: string): string | undefined {
  const token = FROM.exec(text.slice(0, 256))?.[1];
  return token === undefined ? undefined : (ipOf(token) ?? undefined);
}

export function strongswanProgress(peer: IkePeer, text: string): TypedMessage | null {
  if (matchStart(STOPPED, text) !== null) {
    return /HUP|USR/.test(text.slice(0, 40))
      ? typed('wan.vpn.note', { ...peer, text })
      : typed('wan.vpn.stopped', { ...peer, reason: text });
  }
  if (matchStart(AUTH_FAILED, text) !== null) return typed('wan.vpn.auth-failed', { ...peer, detail: text });
  const authenticated = matchStart(AUTH_OK, text);
  if (authenticated !== null)
    return typed('wan.vpn.step', { ...peer, peerName: named(text, authenticated[1]!), step: text });
  if (matchStart(REFUSED, text) !== null) {
    return typed('wan.vpn.packet-refused', { ...peer, peerIp: sender(text), detail: text });
  }
  if (matchStart(DISAGREED, text) !== null) return typed('wan.vpn.negotiation-failed', { ...peer, detail: text });
  if (matchStart(CERTIFICATE, text) !== null) return typed('wan.vpn.certificate-refused', { ...peer, detail: text });
  if (matchStart(FAULT, text) !== null) return typed('wan.vpn.fault', { ...peer, detail: text });
  if (matchStart(STEP, text) !== null) return typed('wan.vpn.step', { ...peer, step: text });
  return matchStart(NOTE, text) === null ? null : typed('wan.vpn.note', { ...peer, text });
}

/** The router's own name is not its peer's. */
function named(text: string, identity: string): string | undefined {
  return text.includes("' (myself) with ") || identity === '' ? undefined : identity;
}
