/** `<PRI>`, and `facility.severity` as logread and busybox write it in words. */
import { digitsToNumber, endOfDigits } from './characters.js';
import type { Header } from './header.js';

const FACILITIES = [
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock',
  'local0 local1 local2 local3 local4 local5 local6 local7',
]
  .join(' ')
  .split(' ');

const SEVERITIES: Record<string, number> = {
  emerg: 0,
  panic: 0,
  alert: 1,
  crit: 2,
  err: 3,
  error: 3,
  warn: 4,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

/** `daemon.notice` → PRI value. */
const WORDS: ReadonlyMap<string, number> = new Map(
  FACILITIES.flatMap((facility, number) =>
    Object.entries(SEVERITIES).map(([severity, level]): [string, number] => [
      `${facility}.${severity}`,
      number * 8 + level,
    ]),
  ),
);

const LONGEST_WORD = 16;
const LESS_THAN = 60;
const GREATER_THAN = 62;

function setPriority(header: Header, value: number): void {
  header.facility = value >> 3;
  header.severity = value & 7;
}

/** Reads `<0>` to `<191>` at the start; answers the index behind it, 0 where there is none. */
export function readPriority(text: string, header: Header): number {
  if (text.charCodeAt(0) !== LESS_THAN) return 0;
  const end = endOfDigits(text, 1, 3);
  if (end === 1 || text.charCodeAt(end) !== GREATER_THAN) return 0;
  const value = digitsToNumber(text, 1, end);
  if (value > 191) return 0;
  setPriority(header, value);
  return end + 1;
}

/**
 * Reads `daemon.notice` (or `daemon.notice:`) in `[from, to)`; a PRI that was there before wins. Answers whether the
 * token is one.
 */
export function readPriorityWords(text: string, from: number, to: number, header: Header): boolean {
  if (to - from > LONGEST_WORD || to - from < 7) return false;
  const word = text.charCodeAt(to - 1) === 58 ? text.slice(from, to - 1) : text.slice(from, to);
  const value = WORDS.get(word);
  if (value === undefined) return false;
  if (header.facility === null) setPriority(header, value);
  return true;
}
