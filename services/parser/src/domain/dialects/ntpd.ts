/**
 * busybox ntpd (OpenWrt's `sysntpd`), its hotplug script, and ntpclient: when the clock was set, by how much, and servers
 * that do not answer. Source: busybox networking/ntpd.c.
 */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import type { Phrase } from './phrasebook.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });

const SETTING = /setting time to [\d:. -]{10,32} ?\(offset ([+-]?\d{1,12}(?:\.\d{1,9})?)s\)/y;
const STATUS = /[A-Za-z ]{1,24}, stratum=(\d{1,3}) interval=\d{1,9} offset=(-?\d{1,12}(?:\.\d{1,9})?)/y;

function setting(message: string): TypedMessage | null {
  const offset = matchStart(SETTING, message)?.[1];
  return offset === undefined ? null : typed('health.clock.set', { offsetSeconds: Number(offset) });
}

/** From `/usr/sbin/ntpd-hotplug` or a user's script: `Stratum change, stratum=2 interval=32 offset=0.000069`. */
function status(message: string): TypedMessage | null {
  const found = matchStart(STATUS, message);
  if (found === null) return null;
  const values = { stratum: Number(found[1]), offsetSeconds: Number(found[2]) };
  if (message.startsWith('Time set')) return typed('health.clock.set', values);
  return message.startsWith('Unsync')
    ? typed('health.clock.unsynchronized', { detail: message.trimEnd() })
    : typed('health.clock.synchronized', values);
}

const SERVER = /(?:timed out waiting for|bad address|reply from|could not resolve|can't resolve) '?([^\s',:]{1,255})/y;

function sourceFailed(message: string): TypedMessage {
  const server = matchStart(SERVER, message)?.[1];
  return typed('health.clock.source-failed', { detail: message.trimEnd(), server });
}

const reply = (message: string): TypedMessage =>
  message.includes('unsynced') || message.includes('invalid') ? sourceFailed(message) : note(message);

const PHRASES: Phrase[] = [
  ['setting time to ', setting],
  ...alike(['Time set,', 'Stratum change,', 'Periodic', 'Unsync', 'Step', 'Time '], status),
  ...alike(['timed out waiting for ', 'bad address ', 'could not resolve ', "can't resolve "], sourceFailed),
  ...alike(['send failed: ', 'sendto: ', 'recv(', 'recvfrom: ', 'no valid datapoints', 'no peers '], sourceFailed),
  ['reply from ', reply],
  ...alike(['sending query to ', 'executing ', 'update from:', 'poll ', 'receive error', 'check'], note),
  [
    'time is synchronized to ',
    (message, rest) => typed('health.clock.synchronized', { server: rest.slice(0, 255) || undefined }),
  ],
];
const read = phrasebook(PHRASES);

/** The tag is said twice where procd hands on what ntpd wrote itself: `ntpd: ntpd: bad address`. */
export function ntpd(message: string): TypedMessage | null {
  return read(message.startsWith('ntpd: ') ? message.slice(6) : message);
}
