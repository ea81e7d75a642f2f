/** chronyd: the clock's sources, steps and jumps. Source: chrony's reference.c, sources.c, main.c. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage => typed('health.daemon.fault', { detail: message.trimEnd() });

const VERSION = /chronyd version (\S{1,32}) starting/y;
const STEPPED = /System clock was stepped by (-?\d{1,12}(?:\.\d{1,9})?) seconds/y;
const SELECTED = /Selected source (\S{1,64})/y;

function sourceFailed(message: string): TypedMessage {
  return typed('health.clock.source-failed', { detail: message.trimEnd() });
}

export const chronyd = phrasebook([
  ['chronyd version ', (message) => typed('health.daemon.started', { version: matchStart(VERSION, message)?.[1] })],
  ['chronyd exiting', (message) => typed('health.daemon.stopped', { detail: message.trimEnd() })],
  [
    'System clock was stepped by ',
    (message) => {
      const offset = matchStart(STEPPED, message)?.[1];
      return offset === undefined ? null : typed('health.clock.set', { offsetSeconds: Number(offset) });
    },
  ],
  ['Selected source ', (message) => typed('health.clock.synchronized', { server: matchStart(SELECTED, message)?.[1] })],
  ["Can't synchronise", (message) => typed('health.clock.unsynchronized', { detail: message.trimEnd() })],
  ...alike(['Could not resolve address', 'Received KoD ', 'Source ', 'Detected falseticker '], (message) =>
    /^Source \S{1,255} (?:online|replaced)/.test(message) ? note(message) : sourceFailed(message),
  ),
  ...alike(['System clock wrong by', 'Forward time jump detected', 'Backward time jump detected'], (message) =>
    typed('health.clock.unsynchronized', { detail: message.trimEnd() }),
  ),
  ...alike(
    ['Initial frequency', 'Frequency ', 'Loaded ', 'Using ', 'Added ', 'System clock TAI', 'Enabled ', 'Disabled '],
    note,
  ),
  ...alike(['Could not ', 'Fatal error', 'Wrong permissions', 'Bad ', 'Invalid '], fault),
]);
