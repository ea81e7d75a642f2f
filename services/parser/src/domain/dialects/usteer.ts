/**
 * usteer: which access point answers a client, and which sends it away (usteer's event.c, sta.c, local_node.c).
 * `usteer event=probe_req_deny node=hostapd.phy0-ap0 sta=02:aa:bb:00:00:01 reason=better_candidate signal=-79 ...`.
 */
import { macAt, macOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart, phrasebook } from './phrasebook.js';

const SIGNED = /^-?\d{1,9}/;

/** The whole number, with its sign, that a text begins with. */
export function signedNumber(text: string | undefined): number | undefined {
  const found = text === undefined ? null : SIGNED.exec(text);
  return found === null ? undefined : Number(found[0]);
}

type Words = ReadonlyMap<string, string>;

function wordsOf(text: string): Words {
  const words = new Map<string, string>();
  for (const word of text.slice(0, 1024).split(' ')) {
    const equals = word.indexOf('=');
    if (equals > 0 && !words.has(word.slice(0, equals))) words.set(word.slice(0, equals), word.slice(equals + 1));
  }
  return words;
}

const REQUEST = /^(probe|auth|assoc)_req_(accept|deny)$/;
const LOADS: Readonly<Record<string, 'overloaded' | 'normal' | 'too-few-clients' | 'no-client'>> = {
  load_kick_trigger: 'overloaded',
  load_kick_reset: 'normal',
  load_kick_min_clients: 'too-few-clients',
  load_kick_no_client: 'no-client',
};

function event(_message: string, rest: string): TypedMessage | null {
  const name = rest.split(' ', 1)[0]!;
  const words = wordsOf(rest);
  const node = words.get('node');
  if (Object.hasOwn(LOADS, name)) {
    if (node === undefined) return null;
    const [value, threshold] = (words.get('thr') ?? '').split('/').map(signedNumber);
    return typed('wifi.steering.load-changed', { node, state: LOADS[name]!, value, threshold });
  }
  const clientMac = macOf(words.get('sta') ?? '');
  if (clientMac === null) return null;
  const steered = {
    clientMac,
    node,
    signalDbm: signedNumber(words.get('signal')),
    snrDb: signedNumber(words.get('snr')),
  };
  const betterNode = words.get('remote');
  if (name === 'load_kick_client' || name === 'signal_kick') {
    const cause = name === 'signal_kick' ? 'signal' : 'load';
    return typed('wifi.steering.client-kicked', {
      ...steered,
      cause,
      betterNode,
      count: signedNumber(words.get('count')),
    });
  }
  const request = REQUEST.exec(name);
  if (request === null) return null;
  const reason = words.get('reason');
  const asked = {
    ...steered,
    request: request[1] as 'probe' | 'auth' | 'assoc',
    reason: reason === 'none' ? undefined : reason,
  };
  return request[2] === 'accept'
    ? typed('wifi.steering.request-accepted', asked)
    : typed('wifi.steering.request-denied', { ...asked, betterNode });
}

const HEARD =
  /received (probe|auth|assoc)(?: \w{1,16})? event from (\S{17}), signal=(-?\d{1,4}), freq=(\d{1,5})(?:, handled:(true|false))?/y;

function heard(message: string): TypedMessage | null {
  const found = matchStart(HEARD, message);
  const clientMac = found === null ? null : macAt(found[2]!, 0);
  if (found === null || clientMac === null) return null;
  return typed('wifi.steering.client-heard', {
    clientMac,
    request: found[1] as 'probe' | 'auth' | 'assoc',
    signalDbm: Number(found[3]),
    frequencyMhz: Number(found[4]),
    isHandled: found[5] === undefined ? undefined : found[5] === 'true',
  });
}

/** `Create station 02:aa:bb:00:00:01 entry for node hostapd.phy0-ap0`, `Delete station 02:aa:bb:00:00:01`. */
function station(message: string, rest: string): TypedMessage | null {
  const clientMac = macAt(rest.startsWith('entry ') ? rest.slice(6) : rest, 0) ?? undefined;
  return clientMac === undefined ? null : typed('wifi.steering.note', { text: message.trimEnd(), clientMac });
}

const node =
  (isConnected: boolean) =>
  (_message: string, rest: string): TypedMessage | null =>
    rest === '' ? null : typed('wifi.steering.node-changed', { node: rest, isConnected });

const fault = (message: string): TypedMessage => typed('wifi.steering.fault', { detail: message.trimEnd() });
const note = (message: string): TypedMessage => typed('wifi.steering.note', { text: message.trimEnd() });

const KICKED = /Kicking client (\S{17}) due to (?:low SNR|high load|.{1,60}?)(?:, signal=(-?\d{1,4}))?/y;

function kicked(message: string): TypedMessage | null {
  const found = matchStart(KICKED, message);
  const clientMac = found === null ? null : macAt(found[1]!, 0);
  if (clientMac === null) return null;
  return typed('wifi.steering.client-kicked', {
    clientMac,
    cause: message.includes(' load') ? 'load' : 'signal',
    signalDbm: signedNumber(/ signal=(-?\d{1,4})/.exec(message)?.[1]),
    detail: message.trimEnd(),
  });
}

export const usteer = phrasebook([
  ['usteer event=', event],
  ['received ', heard],
  ['Kicking client ', kicked],
  ['Create station ', station],
  ['Delete station ', station],
  ['Creating local node ', node(true)],
  ['Connecting to local node ', node(true)],
  ['Disconnecting from local node ', node(false)],
  ['Remove node ', node(false)],
  ['Cannot parse ', fault],
  ['Invalid message length ', fault],
  ['Missing fields in message', fault],
  ['Failed to ', fault],
  ['Received message on ', note],
  ['Received packet ', note],
  ['Refuse to add ', note],
  ['Candidates node rrm nr ', note],
  ['ROAM ', note],
  ['station ', note],
]);
