/** The time stamps that stand in syslog lines, as they stand there; what instant they mean is decided in `../time.ts`. */
import {
  CLOSE_BRACKET,
  COLON,
  DOT,
  OPEN_BRACKET,
  SPACE,
  digitsToNumber,
  endOfDigits,
  fractionToMicros,
  isDigit,
  skipSpaces,
  twoDigits,
} from './characters.js';

const COMMA = 44;
const DASH = 45;
const CAPITAL_T = 84;
const SMALL_T = 116;

/** An instant that the line states fully: logread's `[epoch.ms]`, or a time with its offset. µs since the epoch. */
export interface ExactTime {
  kind: 'epoch' | 'offset';
  micros: number;
}

/** A wall-clock time of the device: no zone, often no year. `month` is 1 to 12. */
export interface LocalTime {
  kind: 'local';
  year: number | null;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: number;
}

export type LineTime = ExactTime | LocalTime;

/** What a reader of time stamps writes to. */
export interface Timed {
  time: LineTime | null;
}

const MONTHS = nameCodes('JanFebMarAprMayJunJulAugSepOctNovDec');
const WEEKDAYS = nameCodes('MonTueWedThuFriSatSun');
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Three ASCII letters as one number, so that a name is found by comparing numbers; -1 for anything else. */
function nameCode(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  const third = text.charCodeAt(at + 2);
  return (first | second | third) < 128 ? (first << 16) | (second << 8) | third : -1;
}

function nameCodes(names: string): number[] {
  return Array.from({ length: names.length / 3 }, (_, name) => nameCode(names, name * 3));
}

/** True for `Mon ` and the like at `at`. */
export function isWeekday(text: string, at: number): boolean {
  return text.charCodeAt(at + 3) === SPACE && WEEKDAYS.includes(nameCode(text, at));
}

function localTime(year: number | null, month: number, day: number): LocalTime {
  return { kind: 'local', year, month, day, hour: 0, minute: 0, second: 0, micros: 0 };
}

/** Reads `hh:mm:ss` with any number of fraction digits (behind `.` or ISO 8601's `,`); answers the index behind, or -1. */
function readClock(text: string, at: number, time: LocalTime): number {
  const hour = twoDigits(text, at);
  const minute = twoDigits(text, at + 3);
  const second = twoDigits(text, at + 6);
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return -1;
  // 60 is a leap second; RFC 5424 has none, clocks do.
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1;
  time.hour = hour;
  time.minute = minute;
  time.second = second;
  const end = at + 8;
  const point = text.charCodeAt(end);
  if ((point !== DOT && point !== COMMA) || !isDigit(text.charCodeAt(end + 1))) return end;
  const fractionEnd = endOfDigits(text, end + 1, 18);
  time.micros = fractionToMicros(text, end + 1, fractionEnd);
  return fractionEnd;
}

/** A year of four digits at `at` that ends there, or null. */
export function readYear(text: string, at: number): number | null {
  if (endOfDigits(text, at, 5) !== at + 4) return null;
  const year = digitsToNumber(text, at, at + 4);
  const next = text.charCodeAt(at + 4);
  const ends = Number.isNaN(next) || next === SPACE || next === CLOSE_BRACKET;
  return ends && year >= 1970 && year <= 2199 ? year : null;
}

/**
 * Reads `[yyyy] Mmm dd [yyyy] hh:mm:ss[.fraction] [yyyy]`, the day padded by a space, a zero, or not at all. Answers the
 * index behind it, -1 where there is none.
 */
export function readBsdTime(text: string, at: number, into: Timed): number {
  if (!isDigit(text.charCodeAt(at))) return readDayAndClock(text, at, null, into);
  const year = readYear(text, at);
  return year === null ? -1 : readDayAndClock(text, at + 5, year, into);
}

function readDayAndClock(text: string, at: number, year: number | null, into: Timed): number {
  const month = MONTHS.indexOf(nameCode(text, at)) + 1;
  if (month === 0 || text.charCodeAt(at + 3) !== SPACE) return -1;
  const dayAt = text.charCodeAt(at + 4) === SPACE ? at + 5 : at + 4;
  const dayEnd = endOfDigits(text, dayAt, 2);
  if (dayEnd === dayAt || text.charCodeAt(dayEnd) !== SPACE) return -1;
  const day = digitsToNumber(text, dayAt, dayEnd);
  if (day < 1 || day > MONTH_DAYS[month - 1]!) return -1;
  const time = localTime(year, month, day);
  let end = readClock(text, takeYear(text, dayEnd, time), time);
  if (end < 0) return -1;
  if (text.charCodeAt(end) === SPACE && isDigit(text.charCodeAt(end + 1))) end = takeYear(text, end, time) - 1;
  into.time = time;
  return end;
}

/** Reads a year behind the space at `at`, if there is one and none is known; answers the index behind what follows it. */
function takeYear(text: string, at: number, time: LocalTime): number {
  const year = time.year === null ? readYear(text, at + 1) : null;
  if (year === null) return at + 1;
  time.year = year;
  return at + 6;
}

/** Minutes east of UTC of `Z`, `+hh:mm`, `+hhmm`, `+hh`; null where there is no offset. `end` is the index behind it. */
function readOffset(text: string, at: number): { minutes: number; end: number } | null {
  const sign = text.charAt(at);
  if (sign === 'Z' || sign === 'z') return { minutes: 0, end: at + 1 };
  if (sign !== '+' && sign !== '-') return null;
  const hours = twoDigits(text, at + 1);
  if (hours < 0 || hours > 23) return null;
  const colon = text.charCodeAt(at + 3) === COLON ? 1 : 0;
  const minutes = twoDigits(text, at + 3 + colon);
  const isWhole = minutes < 0 && colon === 0 && !isDigit(text.charCodeAt(at + 3));
  if (!isWhole && (minutes < 0 || minutes > 59)) return null;
  const total = hours * 60 + (isWhole ? 0 : minutes);
  return { minutes: sign === '-' ? -total : total, end: isWhole ? at + 3 : at + 5 + colon };
}

/** Days of a month in a year of the Gregorian calendar. */
export function daysInMonth(year: number, month: number): number {
  if (month !== 2) return MONTH_DAYS[month - 1]!;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

const MILLIS_IN_400_YEARS = 146_097 * 86_400_000;

/** µs since the epoch of a wall clock that shows UTC; `year` stands for the one that `time` may lack. */
export function utcMicros(year: number, time: LocalTime): number {
  // The calendar repeats every 400 years; so Date.UTC never sees the years 0 to 99, which it takes for 1900 to 1999.
  const likeYear = 2000 + (year % 400);
  const millis = Date.UTC(likeYear, time.month - 1, time.day, time.hour, time.minute, time.second);
  return (millis - ((likeYear - year) / 400) * MILLIS_IN_400_YEARS) * 1000 + time.micros;
}

/** The instant of a full wall clock whose zone is named UTC; other short names are ambiguous, and leave it as it is. */
export function atUtc(time: LocalTime, zone: string): LineTime {
  if (time.year === null || (zone !== 'UTC' && zone !== 'GMT')) return time;
  return { kind: 'offset', micros: utcMicros(time.year, time) };
}

/**
 * Reads `yyyy-mm-ddThh:mm:ss[.fraction][offset]`, with `T`, `t` or a space between; without an offset it is a local time.
 * Answers the index behind it, -1 where there is none.
 */
export function readIsoTime(text: string, at: number, into: Timed): number {
  if (text.charCodeAt(at + 4) !== DASH || text.charCodeAt(at + 7) !== DASH) return -1;
  if (endOfDigits(text, at, 4) !== at + 4) return -1;
  const month = twoDigits(text, at + 5);
  const day = twoDigits(text, at + 8);
  const between = text.charCodeAt(at + 10);
  if (between !== CAPITAL_T && between !== SMALL_T && between !== SPACE) return -1;
  const year = digitsToNumber(text, at, at + 4);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return -1;
  const local = localTime(year, month, day);
  const clockEnd = readClock(text, at + 11, local);
  if (clockEnd < 0) return -1;
  const offset = readOffset(text, clockEnd);
  if (offset === null) {
    into.time = local;
    return clockEnd;
  }
  into.time = { kind: 'offset', micros: utcMicros(year, local) - offset.minutes * 60e6 };
  return offset.end;
}

/**
 * Reads logread's `[epoch.ms]`: at least nine digits of seconds, three of milliseconds. Answers the index behind it, or -1.
 */
export function readEpochTime(text: string, at: number, into: Timed): number {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return -1;
  const end = readEpochSeconds(text, at + 1, into);
  return end > 0 && text.charCodeAt(end) === CLOSE_BRACKET ? end + 1 : -1;
}

/** Reads `seconds.fraction` since the epoch (journalctl's short-unix): 9 to 11 digits, then 3 to 6. */
export function readEpochSeconds(text: string, at: number, into: Timed): number {
  const dot = endOfDigits(text, at, 11);
  if (dot - at < 9 || text.charCodeAt(dot) !== DOT) return -1;
  const end = endOfDigits(text, dot + 1, 7);
  if (end - dot < 4 || end - dot > 7) return -1;
  into.time = { kind: 'epoch', micros: digitsToNumber(text, at, dot) * 1e6 + fractionToMicros(text, dot + 1, end) };
  return end;
}

const QUESTION_MARK = 63;

/**
 * Reads the kernel's `[ seconds.micros]` into `uptimeMicros`; answers the index behind it, or -1. `dmesg -d` puts the time
 * since the line before in front of the bracket; and mail programs make question marks of the padding.
 */
export function readUptime(text: string, at: number, into: { uptimeMicros: number | null }): number {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return -1;
  let from = at + 1;
  while (text.charCodeAt(from) === SPACE || text.charCodeAt(from) === QUESTION_MARK) from++;
  const dot = endOfDigits(text, from, 10);
  if (dot === from || text.charCodeAt(dot) !== DOT) return -1;
  const fractionEnd = endOfDigits(text, dot + 1, 7);
  if (fractionEnd !== dot + 7) return -1;
  const end = text.charCodeAt(fractionEnd) === CLOSE_BRACKET ? fractionEnd : endOfDelta(text, fractionEnd);
  if (end < 0) return -1;
  into.uptimeMicros = digitsToNumber(text, from, dot) * 1e6 + fractionToMicros(text, dot + 1, fractionEnd);
  return end + 1;
}

/** `dmesg -d`: ` <    1.234567>` in front of the closing bracket, whose index is the answer; else -1. */
function endOfDelta(text: string, at: number): number {
  if (!text.startsWith(' <', at)) return -1;
  const from = skipSpaces(text, at + 2);
  const dot = endOfDigits(text, from, 10);
  const end = endOfDigits(text, dot + 1, 7);
  return dot > from && text.charCodeAt(dot) === DOT && text.startsWith('>]', end) ? end + 1 : -1;
}
