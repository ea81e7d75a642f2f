/** `<PRI>`, and `facility.severity` as logread and busybox write it in words. */
import { COLON, digitsToNumber, endOfDigits } from './characters.js';
import type { Header } from './header.js';
import { mark } from './spans.js';

const HIGHEST_PRIORITY = 191;

const FACILITIES = [
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock',
  'local0 local1 local2 local3 local4 local5 local6 local7',
]
  .join(' ')
  .split(' ');

const SEVERITIES: Readonly<Record<string, number>> = {
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

/** Words for severities that only other programs than syslog use. */
const OTHER_SEVERITIES: Readonly<Record<string, number>> = {
  emergency: 0,
  fatal: 2,
  critical: 2,
  informational: 6,
  information: 6,
  trace: 7,
};

/** Number of a facility's name in lower case, -1 for any other word. */
export function facilityOf(word: string): number {
  return FACILITIES.indexOf(word);
}

/** Name of a facility from 0 to 23, as logread writes it. */
export function facilityName(facility: number): string {
  return FACILITIES[facility] ?? String(facility);
}

const SEVERITY_NAMES = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'];

/** Name of a severity from 0 to 7, as logread writes it. */
export function severityName(severity: number): string {
  return SEVERITY_NAMES[severity] ?? String(severity);
}

/** Number of a severity's name in lower case, -1 for any other word. */
export function severityOf(word: string): number {
  if (Object.hasOwn(SEVERITIES, word)) return SEVERITIES[word]!;
  return Object.hasOwn(OTHER_SEVERITIES, word) ? OTHER_SEVERITIES[word]! : -1;
}

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

export function setPriority(header: Header, value: number): void {
  header.facility = value >> 3;
  header.severity = value & 7;
}

/**
 * Reads `<0>` to `<191>` at the start; answers the index behind it, 0 where there is none. A number beyond
 * 191 is none: see `afterWrongPriority`.
 */
export function readPriority(text: string, header: Header): number {
  if (text.charCodeAt(0) !== LESS_THAN) return 0;
  const end = endOfDigits(text, 1, 3);
  if (end === 1 || text.charCodeAt(end) !== GREATER_THAN) return 0;
  const value = digitsToNumber(text, 1, end);
  if (value > HIGHEST_PRIORITY) return 0;
  setPriority(header, value);
  mark(header, 'priority', 0, end + 1);
  return end + 1;
}

/** Index behind a `<192>` to `<999>` at the start: no priority, but a header may follow. 0 where there is none. */
export function afterWrongPriority(text: string): number {
  if (text.charCodeAt(0) !== LESS_THAN) return 0;
  const end = endOfDigits(text, 1, 3);
  return end === 4 && text.charCodeAt(end) === GREATER_THAN ? end + 1 : 0;
}

/**
 * Reads `daemon.notice` (or `daemon.notice:`) in `[from, to)`; a PRI that was there before wins. Answers whether the
 * token is one.
 */
export function readPriorityWords(text: string, from: number, to: number, header: Header): boolean {
  if (to - from > LONGEST_WORD || to - from < 7 || !isSmallLetter(text.charCodeAt(from))) return false;
  const word = text.charCodeAt(to - 1) === COLON ? text.slice(from, to - 1) : text.slice(from, to);
  const value = WORDS.get(word);
  if (value === undefined) return false;
  if (header.facility === null) setPriority(header, value);
  mark(header, 'priority', from, to);
  return true;
}

const LONGEST_FACILITY = 8;

/** A PRI value and the index behind it. */
export interface DecodedPriority {
  value: number;
  end: number;
}

/** `kern  :info  : `, which `dmesg -x` puts in front, each word padded to six characters; null where it is not there. */
export function readDecodedPriority(text: string, at: number): DecodedPriority | null {
  if (!isSmallLetter(text.charCodeAt(at))) return null;
  const words = text.slice(at, at + 2 * LONGEST_FACILITY + 3);
  const colon = words.indexOf(':');
  const second = words.indexOf(':', colon + 1);
  if (second < 0 || !words.startsWith(' [', second + 1)) return null;
  const facility = facilityOf(words.slice(0, colon).trimEnd());
  const severity = severityOf(words.slice(colon + 1, second).trimEnd());
  return facility < 0 || severity < 0 ? null : { value: facility * 8 + severity, end: at + second + 2 };
}

function isSmallLetter(code: number): boolean {
  return code >= 97 && code <= 122;
}
