/**
 * strongSwan: charon under the tags `charon`, `charon-systemd`, `ipsec` (OpenWrt) or none. A line is
 * `05[IKE] <site-b|4> IKE_SA site-b[4] established between ...`: thread, group, connection and its number, text.
 */
import { ipOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';
import { strongswanProgress } from './strongswan-progress.js';
import type { IkePeer } from './strongswan-progress.js';

const FRONT = /(?:\d{2,3}\[[A-Z]{3}\d?\] )?(?:<(?:([^|>\s]{1,64})\|)?\d{1,10}> )?/y;
/** `IKE_SA site-b[4] established between 192.0.2.1[gw.example]...198.51.100.7[site-b.example]`. */
const BETWEEN =
  /IKE_SA (\S{1,64}?)\[\d{1,10}\] (established|rekeyed|reauthenticated) between (\S{2,45}?)\[(.{0,160}?)\]\.\.\.([^\s[]{2,45})\[(.{0,160})\]/y;
const DELETING =
  /deleting IKE_SA (\S{1,64}?)\[\d{1,10}\] between (\S{2,45}?)\[(.{0,160}?)\]\.\.\.([^\s[]{2,45})\[(.{0,160})\]/y;
const CHILD =
  /(?:inbound |outbound )?CHILD_SA (\S{1,64}?)\{\d{1,10}\} established with SPIs \S{1,24} \S{1,24} and TS (.{1,400})/y;
const CLOSING =
  /closing (?:expired )?CHILD_SA (\S{1,64}?)\{\d{1,10}\} with SPIs \S{1,24} (?:\((\d{1,18}) bytes\) )?\S{1,24} (?:\((\d{1,18}) bytes\) )?and TS/y;
const INITIATING = /initiating (?:Main Mode |Aggressive Mode )?IKE_SA (\S{1,64}?)\[\d{1,10}\] to (\S{2,45})/y;
const INITIATED = /(\S{2,45}) is initiating an? (?:Main Mode |Aggressive Mode )?IKE_SA/y;
const VIRTUAL = /(?:assigning virtual IP (\S{2,45}) to peer '(.{0,160})'|installing new virtual IP (\S{2,45}))/y;
const RETRANSMIT = /(?:retransmit (\d{1,3}) of (?:request|response) with message ID|sending retransmit (\d{1,3}) of )/y;
const GAVE_UP =
  /(?:giving up after \d{1,3} |(?:establishing|rekeying|reauthenticating) IKE_SA failed, peer not responding|proper IKE_SA delete failed, peer not|peer not responding, trying again \((\d{1,3})\/)/y;
const UNRESOLVED = /unable to resolve (\S{1,255}), /y;
const STARTING = /Starting (?:IKE )?(?:charon|charon-systemd) ?(?:daemon )?\(strongSwan (\S{1,32}?)[,)]/y;

/** What a line says of an IKE_SA whose ends it names. */
function between(peer: IkePeer, text: string): TypedMessage | null {
  const found = matchStart(BETWEEN, text);
  if (found !== null) {
    const [, tunnel, what, , localName, remote, peerName] = found;
    const ends = { ...peer, tunnel, peerName: peerName || undefined, peerIp: ipOf(remote!) ?? undefined };
    return what === 'established'
      ? typed('wan.vpn.established', { ...ends, localName: localName || undefined })
      : typed('wan.vpn.rekeyed', ends);
  }
  const deleting = matchStart(DELETING, text);
  if (deleting === null) return null;
  const [, tunnel, , , remote, peerName] = deleting;
  return typed('wan.vpn.ended', {
    ...peer,
    tunnel,
    peerName: peerName || undefined,
    peerIp: ipOf(remote!) ?? undefined,
  });
}

function child(peer: IkePeer, text: string): TypedMessage | null {
  const found = matchStart(CHILD, text);
  if (found !== null) {
    return typed('wan.vpn.child-established', { ...peer, child: found[1]!, selectors: found[2]!.trimEnd() });
  }
  const closed = matchStart(CLOSING, text);
  if (closed === null) return null;
  const [, name, received, sent] = closed;
  return typed('wan.vpn.child-closed', {
    ...peer,
    child: name!,
    receivedBytes: wholeNumber(received),
    sentBytes: wholeNumber(sent),
  });
}

function begun(peer: IkePeer, text: string): TypedMessage | null {
  const initiating = matchStart(INITIATING, text);
  if (initiating !== null) {
    return typed('wan.vpn.connecting', { ...peer, tunnel: initiating[1], peerIp: ipOf(initiating[2]!) ?? undefined });
  }
  const initiated = matchStart(INITIATED, text);
  if (initiated !== null) return typed('wan.vpn.connecting', { ...peer, peerIp: ipOf(initiated[1]!) ?? undefined });
  const version = matchStart(STARTING, text);
  return version === null ? null : typed('wan.vpn.started', { product: 'ipsec', version: version[1]! });
}

function silent(peer: IkePeer, text: string): TypedMessage | null {
  const again = matchStart(RETRANSMIT, text);
  if (again !== null) return typed('wan.vpn.peer-silent', { ...peer, attempt: wholeNumber(again[1] ?? again[2]) });
  const gaveUp = matchStart(GAVE_UP, text);
  if (gaveUp === null) return null;
  const attempt = wholeNumber(gaveUp[1]);
  return typed('wan.vpn.peer-silent', { ...peer, attempt, hasGivenUp: attempt === undefined ? true : undefined });
}

function addressed(peer: IkePeer, text: string): TypedMessage | null {
  const unresolved = matchStart(UNRESOLVED, text);
  if (unresolved !== null) return typed('wan.vpn.resolve-failed', { ...peer, peerName: unresolved[1]!, detail: text });
  const found = matchStart(VIRTUAL, text);
  const address = found === null ? null : ipOf(found[1] ?? found[3]!);
  return address === null
    ? null
    : typed('wan.vpn.address-assigned', { ...peer, peerName: found![2] || undefined, address });
}

export function strongswan(message: string): TypedMessage | null {
  const front = matchStart(FRONT, message);
  const text = message.slice(front === null ? 0 : front[0].length).trimEnd();
  const peer: IkePeer = { product: 'ipsec', tunnel: front?.[1] };
  return (
    between(peer, text) ??
    child(peer, text) ??
    begun(peer, text) ??
    silent(peer, text) ??
    addressed(peer, text) ??
    strongswanProgress(peer, text)
  );
}
