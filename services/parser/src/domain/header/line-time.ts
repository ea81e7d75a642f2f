/** The time stamps that stand in syslog lines, as they stand there; what instant they mean is decided in `../time.ts`. */
import {
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

/** A time stamp and the index behind it. */
export interface TimeToken {
  time: LineTime;
  end: number;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const WEEKDAYS = 'MonTueWedThuFriSatSun';
const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function nameIndex(names: string, text: string, at: number): number {
  for (let name = 0; name < names.length; name += 3) {
    if (
      names.charCodeAt(name) === text.charCodeAt(at) &&
      names.charCodeAt(name + 1) === text.charCodeAt(at + 1) &&
      names.charCodeAt(name + 2) === text.charCodeAt(at + 2)
    ) {
      return name / 3;
    }
  }
  return -1;
}

/** True for `Mon ` and the like at `at`. */
export function isWeekday(text: string, at: number): boolean {
  return text.charCodeAt(at + 3) === SPACE && nameIndex(WEEKDAYS, text, at) >= 0;
}

interface ClockToken {
  hour: number;
  minute: number;
  second: number;
  micros: number;
  end: number;
}

/** `hh:mm:ss` with any number of fraction digits. */
function readClock(text: string, at: number): ClockToken | null {
  const hour = twoDigits(text, at);
  const minute = twoDigits(text, at + 3);
  const second = twoDigits(text, at + 6);
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return null;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return null;
  let end = at + 8;
  let micros = 0;
  if (text.charCodeAt(end) === DOT && isDigit(text.charCodeAt(end + 1))) {
    const fraction = end + 1;
    end = endOfDigits(text, fraction, 18);
    micros = fractionToMicros(text, fraction, end);
  }
  return { hour, minute, second, micros, end };
}

/** A year of four digits at `at` that ends there, or null. */
function readYear(text: string, at: number): number | null {
  if (endOfDigits(text, at, 5) !== at + 4) return null;
  const year = digitsToNumber(text, at, at + 4);
  const next = text.charCodeAt(at + 4);
  return year >= 1970 && year <= 2199 && (Number.isNaN(next) || next === SPACE) ? year : null;
}

/** `Mmm dd [yyyy] hh:mm:ss[.fraction] [yyyy]`, the day padded by a space, a zero, or not at all. */
export function readBsdTime(text: string, at: number): TimeToken | null {
  const month = nameIndex(MONTHS, text, at) + 1;
  if (month === 0 || text.charCodeAt(at + 3) !== SPACE) return null;
  const dayAt = skipSpaces(text, at + 4);
  const dayEnd = endOfDigits(text, dayAt, 2);
  if (dayAt > at + 5 || dayEnd === dayAt || text.charCodeAt(dayEnd) !== SPACE) return null;
  const day = digitsToNumber(text, dayAt, dayEnd);
  if (day < 1 || day > MONTH_DAYS[month - 1]!) return null;
  const yearBefore = readYear(text, dayEnd + 1);
  const clock = readClock(text, yearBefore === null ? dayEnd + 1 : dayEnd + 6);
  if (clock === null) return null;
  const yearAfter = yearBefore === null && text.charCodeAt(clock.end) === SPACE ? readYear(text, clock.end + 1) : null;
  return {
    time: {
      kind: 'local',
      year: yearBefore ?? yearAfter,
      month,
      day,
      hour: clock.hour,
      minute: clock.minute,
      second: clock.second,
      micros: clock.micros,
    },
    end: yearAfter === null ? clock.end : clock.end + 5,
  };
}

/** Minutes east of UTC and the index behind: `Z`, `+hh:mm`, `+hhmm`; null where there is no offset. */
function readOffset(text: string, at: number): { minutes: number; end: number } | null {
  const sign = text.charAt(at);
  if (sign === 'Z' || sign === 'z') return { minutes: 0, end: at + 1 };
  if (sign !== '+' && sign !== '-') return null;
  const hours = twoDigits(text, at + 1);
  const colon = text.charCodeAt(at + 3) === COLON ? 1 : 0;
  const minutes = twoDigits(text, at + 3 + colon);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  const total = hours * 60 + minutes;
  return { minutes: sign === '-' ? -total : total, end: at + 5 + colon };
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

/** `yyyy-mm-ddThh:mm:ss[.fraction][offset]`, with `T` or a space between; without an offset it is a local time. */
export function readIsoTime(text: string, at: number): TimeToken | null {
  if (endOfDigits(text, at, 5) !== at + 4) return null;
  const month = twoDigits(text, at + 5);
  const day = twoDigits(text, at + 8);
  const between = text.charAt(at + 10);
  if (text.charAt(at + 4) !== '-' || text.charAt(at + 7) !== '-' || (between !== 'T' && between !== ' ')) return null;
  const year = digitsToNumber(text, at, at + 4);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  const clock = readClock(text, at + 11);
  if (clock === null) return null;
  const { hour, minute, second, micros } = clock;
  const local: LocalTime = { kind: 'local', year, month, day, hour, minute, second, micros };
  const offset = readOffset(text, clock.end);
  if (offset === null) return { time: local, end: clock.end };
  const utc = utcMicros(year, local) - offset.minutes * 60e6;
  return { time: { kind: 'offset', micros: utc }, end: offset.end };
}

/** logread's `[epoch.ms]`: at least nine digits of seconds and three of milliseconds. */
export function readEpochTime(text: string, at: number): TimeToken | null {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return null;
  const dot = endOfDigits(text, at + 1, 11);
  if (dot - at < 10 || text.charCodeAt(dot) !== DOT) return null;
  if (endOfDigits(text, dot + 1, 4) !== dot + 4 || text.charAt(dot + 4) !== ']') return null;
  const micros = digitsToNumber(text, at + 1, dot) * 1e6 + fractionToMicros(text, dot + 1, dot + 4);
  return { time: { kind: 'epoch', micros }, end: dot + 5 };
}

/** The kernel's `[ seconds.micros]`: µs since boot and the index behind it. */
export function readUptime(text: string, at: number): { micros: number; end: number } | null {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return null;
  const from = skipSpaces(text, at + 1);
  const dot = endOfDigits(text, from, 10);
  if (dot === from || text.charCodeAt(dot) !== DOT) return null;
  const end = endOfDigits(text, dot + 1, 7);
  if (end !== dot + 7 || text.charAt(end) !== ']') return null;
  return { micros: digitsToNumber(text, from, dot) * 1e6 + fractionToMicros(text, dot + 1, end), end: end + 1 };
}
