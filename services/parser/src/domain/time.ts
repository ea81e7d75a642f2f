/** What instant an event has: the device's own time where it can be trusted, else the time of receipt. */
import type { TimeQuality } from '@opmas/contracts';
import type { ClockVerdict } from './device-clock.js';
import { daysInMonth, utcMicros } from './header/line-time.js';
import type { LineTime, LocalTime } from './header/line-time.js';
import { UTC, instantOfWallClock, zoneOf } from './zone.js';
import type { Zone } from './zone.js';

const MINUTE_MICROS = 60e6;
const DAY_MICROS = 86_400e6;

/** How far a device's clock may be from the ingestor's before it is not believed, in µs. */
export interface ClockTrust {
  /** Beyond it, forwards or backwards, `timestamp` is the time of receipt. */
  maxSkewMicros: number;
  /** A clock that is slow by more than this was never set since boot. */
  unsyncedMicros: number;
  /** A jump of a device's clock by at least this much is told. */
  stepMicros: number;
  /** IANA name of the zone of lines that name none, of devices whose zone is not known. */
  defaultTimeZone: string;
}

export const LIVE_CLOCK: ClockTrust = {
  maxSkewMicros: 10 * MINUTE_MICROS,
  unsyncedMicros: DAY_MICROS,
  stepMicros: 30e6,
  defaultTimeZone: 'UTC',
};

/** For lines that are read long after they were written: the lines' own time holds, however old. */
export const IMPORT_CLOCK: ClockTrust = { ...LIVE_CLOCK, maxSkewMicros: Infinity, unsyncedMicros: Infinity };

export interface EventTime {
  micros: number;
  quality: TimeQuality;
  /** What the line's own time says, in µs since the epoch, trusted or not; null where the line has none. */
  deviceMicros: number | null;
}

/** `timeZone` is the device's (IANA name), null while it is not known: then the default's holds, and the quality says so. */
export function resolveTime(
  time: LineTime | null,
  receivedMicros: number,
  timeZone: string | null,
  trust: ClockTrust = LIVE_CLOCK,
): EventTime {
  const deviceMicros =
    time === null ? null : deviceInstant(time, receivedMicros, effectiveZone(timeZone, trust.defaultTimeZone));
  return judgeTime(time, { deviceMicros, receivedMicros, isZoneKnown: isKnownZone(timeZone) }, trust, null);
}

/** What is known of a line's time before it is judged. */
export interface TimeClaim {
  deviceMicros: number | null;
  receivedMicros: number;
  isZoneKnown: boolean;
}

/**
 * Whether the line's own time is taken. `verdict` is what the device's clock says of the line; without one the line
 * speaks for itself. A line that is only late is believed, because the median says that its clock is right; one from
 * the future is not.
 */
export function judgeTime(
  time: LineTime | null,
  claim: TimeClaim,
  trust: ClockTrust,
  verdict: Readonly<ClockVerdict> | null,
): EventTime {
  const { deviceMicros, receivedMicros, isZoneKnown } = claim;
  if (time === null || deviceMicros === null) return { micros: receivedMicros, quality: 'received', deviceMicros };
  const behind = receivedMicros - deviceMicros;
  if (deviceMicros < 0 || behind > trust.unsyncedMicros || verdict?.isUnsynced === true) {
    return { micros: receivedMicros, quality: 'unsynced', deviceMicros };
  }
  const skew = verdict === null ? behind : verdict.skewMicros;
  // Past the year 2255 a µs no longer fits into a number.
  if (Math.abs(skew) > trust.maxSkewMicros || -behind > trust.maxSkewMicros || deviceMicros > Number.MAX_SAFE_INTEGER) {
    return { micros: receivedMicros, quality: 'skewed', deviceMicros };
  }
  return { micros: deviceMicros, quality: qualityOf(time, isZoneKnown), deviceMicros };
}

function qualityOf(time: LineTime, isZoneKnown: boolean): TimeQuality {
  if (time.kind !== 'local') return time.kind;
  return isZoneKnown ? 'tz-known' : 'tz-default';
}

export function isKnownZone(timeZone: string | null): boolean {
  return timeZone !== null && zoneOf(timeZone) !== null;
}

/** The device's zone where it is known, else the default. */
export function effectiveZone(timeZone: string | null, defaultTimeZone: string): string {
  return timeZone !== null && isKnownZone(timeZone) ? timeZone : defaultTimeZone;
}

/** The instant that a line's time stamp means; null where no year near `receivedMicros` has such a day. */
export function deviceInstant(time: LineTime, receivedMicros: number, timeZone: string | null): number | null {
  if (time.kind !== 'local') return time.micros;
  const zone = (timeZone === null ? null : zoneOf(timeZone)) ?? UTC;
  const nearMs = receivedMicros / 1000;
  if (time.year !== null) return inYear(time, time.year, zone, nearMs);
  const receivedYear = new Date(nearMs + zone.offsetAt(nearMs)).getUTCFullYear();
  return likelyYear(time, receivedYear, zone, nearMs);
}

function inYear(time: LocalTime, year: number, zone: Zone, nearMs: number): number | null {
  if (time.day > daysInMonth(year, time.month)) return null;
  const wallMicros = utcMicros(year, time);
  if (zone === UTC) return wallMicros;
  const wallMs = (wallMicros - time.micros) / 1000;
  return instantOfWallClock(zone, wallMs, nearMs) * 1000 + time.micros;
}

/** A clock may be ahead by this; what would be further ahead is of an earlier year. */
const MOST_AHEAD_MS = 86_400_000;
/** A 29 February comes again after eight years at the latest. */
const YEARS_BACK = 8;

/** On the device's own calendar: the latest year that does not put the line more than a day ahead of its receipt. */
function likelyYear(time: LocalTime, receivedYear: number, zone: Zone, nearMs: number): number | null {
  for (let year = receivedYear + 1; year >= receivedYear - YEARS_BACK; year--) {
    // Next year's can only be meant in the last days of this one.
    if (year > receivedYear && time.month !== 1) continue;
    const instant = inYear(time, year, zone, nearMs);
    if (instant !== null && instant / 1000 - nearMs <= MOST_AHEAD_MS) return instant;
  }
  return null;
}
