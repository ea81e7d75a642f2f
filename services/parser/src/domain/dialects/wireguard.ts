/**
 * WireGuard. The kernel's own lines (`wireguard: wg0: Handshake for peer 1 ...`, with dynamic debug) stand under the tag
 * `kernel`: its dialect hands what follows `wireguard: ` to `wireguardKernel`. Without debug the kernel is silent, and
 * what is known of a tunnel comes from netifd and from OpenWrt's wireguard_watchdog, whose tag is `wireguard_monitor`.
 */
import { endpointOf, ipOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

const SILENT = /(\S{1,64}) endpoint (\S{1,255}):(\d{1,5}) is not responding for (-?\d{1,15}) seconds/y;

/** As long as this only a peer is silent that never shook hands: its last handshake is the epoch. */
const NEVER_SECONDS = 1_000_000_000;

/** `wg0 endpoint vpn.example.org:51820 is not responding for 180 seconds, trying to re-resolve hostname`. */
export function wireguardMonitor(message: string): TypedMessage | null {
  const found = matchStart(SILENT, message);
  if (found === null) return null;
  const [, tunnel, peerName, peerPort, idle] = found;
  const seconds = wholeNumber(idle);
  return typed('wan.vpn.peer-silent', {
    product: 'wireguard',
    tunnel: tunnel!,
    peerName: peerName!,
    peerPort: wholeNumber(peerPort),
    silentSeconds: seconds === undefined || seconds >= NEVER_SECONDS ? undefined : seconds,
  });
}

interface Peer {
  product: 'wireguard';
  tunnel: string;
  peerName?: string | undefined;
  peerIp?: string | undefined;
  peerPort?: number | undefined;
}

const NAMED = /(\S{1,64}): (?=[A-Z])/y;
const PEER = /peer (\d{1,20})(?: \((\S{2,80}?)\))?/;
/** `from 203.0.113.9:51820`, where no peer is known by that address. */
const FROM = /(?:from|for) (\S{4,80})$/;
const ATTEMPT = /\(try (\d{1,4})\)/;
const AFTER = /(?:after|in) (\d{1,7}) seconds/;
const VERSION = /WireGuard (\S{1,40}) loaded/y;

/** The kernel numbers peers in the order in which they were configured: the number stands for their key. */
function peerOf(tunnel: string, text: string): Peer {
  const found = PEER.exec(text);
  const address = found === null ? FROM.exec(text)?.[1] : found[2];
  const endpoint = address === undefined ? null : endpointOf(address);
  return {
    product: 'wireguard',
    tunnel,
    peerName: found === null ? undefined : `peer ${found[1]}`,
    peerIp: endpoint?.ip ?? (address === undefined ? undefined : (ipOf(address) ?? undefined)),
    peerPort: endpoint?.port,
  };
}

function silent(peer: Peer, text: string): TypedMessage {
  const seconds = AFTER.exec(text)?.[1];
  const attempt = ATTEMPT.exec(text)?.[1];
  return typed('wan.vpn.peer-silent', {
    ...peer,
    silentSeconds: wholeNumber(seconds),
    attempt: wholeNumber(attempt),
    hasGivenUp: text.endsWith('giving up') || text.startsWith('Zeroing out') ? true : undefined,
  });
}

const SILENCES = ['Handshake for peer ', 'Retrying handshake with peer ', 'Zeroing out all keys for peer '];
const REFUSALS = [
  'Invalid ',
  'Packet has ',
  'Packet is neither ',
  'Could not decrypt invalid cookie',
  'No peer has allowed',
];
const STEPS = [
  'Sending handshake ',
  'Receiving handshake ',
  'Sending cookie ',
  'Receiving cookie ',
  'Peer ',
  'Interface ',
];
const CHATTER = ['Sending keepalive ', 'Receiving keepalive ', 'No valid endpoint ', 'Keypair '];

const startsWithAny = (text: string, starts: readonly string[]): boolean =>
  starts.some((start) => text.startsWith(start));

/** What the kernel writes behind `wireguard: ` (drivers/net/wireguard): `wg0: Keypair 5 created for peer 1`. */
export function wireguardKernel(line: string): TypedMessage | null {
  const version = matchStart(VERSION, line);
  if (version !== null) return typed('wan.vpn.started', { product: 'wireguard', version: version[1]! });
  const found = matchStart(NAMED, line);
  if (found === null)
    return line.startsWith('Copyright ') ? typed('wan.vpn.note', { product: 'wireguard', text: line }) : null;
  const text = line.slice(found[0].length, 512).trimEnd();
  const peer = peerOf(found[1]!, text);
  if (startsWithAny(text, SILENCES)) return silent(peer, text);
  if (text.startsWith('Keypair ') && text.includes(' created for ')) return typed('wan.vpn.rekeyed', peer);
  if (startsWithAny(text, REFUSALS)) return typed('wan.vpn.packet-refused', { ...peer, detail: text });
  if (startsWithAny(text, STEPS)) return typed('wan.vpn.step', { ...peer, step: text });
  return startsWithAny(text, CHATTER) ? typed('wan.vpn.note', { ...peer, text }) : null;
}
