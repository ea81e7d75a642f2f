/** The times that stand in JSON: numbers since the epoch in any unit, and the texts that syslog has too. */
import { SPACE, endOfDigits, isDigit } from './characters.js';
import { isWeekday, readBsdTime, readIsoTime } from './line-time.js';
import type { Timed } from './line-time.js';

/** The year 1973 in seconds: what is less is no time since the epoch. */
const LEAST_SECONDS = 1e8;
/** In seconds, a number from here on would be beyond the year 5000: it is milliseconds, and so on. */
const MOST_SECONDS = 1e11;

/** Reads a time into `into`; null, with nothing changed, for what is none. */
export function readJsonTime(value: unknown, into: Timed): true | null {
  const micros = typeof value === 'number' ? microsOf(value) : typeof value === 'string' ? microsOfText(value) : null;
  if (micros !== null) {
    into.time = { kind: 'epoch', micros };
    return true;
  }
  return typeof value === 'string' && readText(value, into) ? true : null;
}

function microsOf(number: number): number | null {
  if (!(number >= LEAST_SECONDS)) return null;
  if (number < MOST_SECONDS) return Math.round(number * 1e6);
  if (number < MOST_SECONDS * 1e3) return Math.round(number * 1e3);
  if (number < MOST_SECONDS * 1e6) return Math.round(number);
  return number < MOST_SECONDS * 1e9 ? Math.round(number / 1e3) : null;
}

/** A number as text; of nanoseconds, which a number cannot hold, the last three digits are cut off before. */
function microsOfText(text: string): number | null {
  if (!isDigit(text.charCodeAt(0)) || text.length > 30) return null;
  const digits = endOfDigits(text, 0, 20);
  if (digits === text.length) return microsOf(Number(digits > 18 ? text.slice(0, -3) : text));
  const fraction = endOfDigits(text, digits + 1, 9);
  return text.charAt(digits) === '.' && fraction === text.length ? microsOf(Number(text)) : null;
}

function readText(text: string, into: Timed): boolean {
  const read: Timed = { time: null };
  const at = isWeekday(text, 0) ? 4 : 0;
  let end = readIsoTime(text, at, read);
  if (end < 0) end = readBsdTime(text, at, read);
  if (end < 0 || read.time === null) return false;
  // `2026-11-23 10:00:15 +0100` and `... UTC`: without the space it is ISO 8601.
  if (end < text.length && text.charCodeAt(end) === SPACE && read.time.kind === 'local') {
    const zone = text.slice(end + 1);
    end =
      readIsoTime(text.slice(0, end) + (zone === 'UTC' || zone === 'GMT' ? 'Z' : zone), at, read) < 0
        ? -1
        : text.length;
  }
  if (end !== text.length) return false;
  into.time = read.time;
  return true;
}
