/** busybox syslogd's lines about itself, and what old firmwares' boot scripts write by its tag. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { procd } from './procd.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const STARTED = /(?:syslogd )?started: BusyBox v?(\S{1,32})/y;
const REPEATED = /last message (?:buffered|repeated) (\d{1,9}) times?/y;

const ownLine = phrasebook([
  ...alike(['syslogd started', 'started: '], (message) =>
    typed('health.log.started', { version: matchStart(STARTED, message)?.[1] }),
  ),
  ...alike(['syslogd exiting', 'exiting on signal', 'syslogd is shutting down'], (message) =>
    typed('health.log.stopped', { detail: message.trimEnd() }),
  ),
  ['-- MARK --', (message) => typed('health.daemon.note', { text: message.trimEnd() })],
  ['last message ', repeated],
]);

/** `last message repeated 4 times`: busybox and sysklogd write it in place of the same line again. */
export function repeated(message: string): TypedMessage | null {
  const count = matchStart(REPEATED, message)?.[1];
  return count === undefined ? null : typed('health.log.repeated', { count: Number(count) });
}

export function syslogd(message: string): TypedMessage | null {
  return ownLine(message) ?? procd(message) ?? bootScript(message);
}

function bootScript(message: string): TypedMessage | null {
  const text = message.trimEnd();
  if (!text.startsWith('setting up led ')) return null;
  return typed('health.service.output', { script: 'led', text, isFault: false });
}
