/** What instant an event has: the device's own time where it can be trusted, else the time of receipt. */
import type { TimeQuality } from '@opmas/contracts';
import { daysInMonth, utcMicros } from './header/line-time.js';
import type { LineTime, LocalTime } from './header/line-time.js';
import { UTC, instantOfWallClock, zoneOf } from './zone.js';

const MINUTE_MICROS = 60e6;
const DAY_MICROS = 86_400e6;

/** How far a device's clock may be from the ingestor's before it is not believed, in µs. */
export interface ClockTrust {
  /** Beyond it, forwards or backwards, `timestamp` is the time of receipt. */
  maxSkewMicros: number;
  /** A clock that is slow by more than this was never set since boot. */
  unsyncedMicros: number;
}

export const LIVE_CLOCK: ClockTrust = { maxSkewMicros: 10 * MINUTE_MICROS, unsyncedMicros: DAY_MICROS };

/** For lines that are read long after they were written: the lines' own time holds, however old. */
export const IMPORT_CLOCK: ClockTrust = { maxSkewMicros: Infinity, unsyncedMicros: Infinity };

export interface EventTime {
  micros: number;
  quality: TimeQuality;
  /** What the line's own time says, in µs since the epoch, trusted or not; null where the line has none. */
  deviceMicros: number | null;
}

/** `timeZone` is the device's (IANA name), null while it is not known: then UTC is assumed, and the quality says so. */
export function resolveTime(
  time: LineTime | null,
  receivedMicros: number,
  timeZone: string | null,
  trust: ClockTrust = LIVE_CLOCK,
): EventTime {
  const deviceMicros = time === null ? null : deviceInstant(time, receivedMicros, timeZone);
  if (time === null || deviceMicros === null) return { micros: receivedMicros, quality: 'received', deviceMicros };
  const ahead = deviceMicros - receivedMicros;
  if (deviceMicros < 0 || ahead < -trust.unsyncedMicros) {
    return { micros: receivedMicros, quality: 'unsynced', deviceMicros };
  }
  // Past the year 2255 a µs no longer fits into a number.
  if (Math.abs(ahead) > trust.maxSkewMicros || deviceMicros > Number.MAX_SAFE_INTEGER)
    return { micros: receivedMicros, quality: 'skewed', deviceMicros };
  return { micros: deviceMicros, quality: qualityOf(time, timeZone), deviceMicros };
}

function qualityOf(time: LineTime, timeZone: string | null): TimeQuality {
  if (time.kind !== 'local') return time.kind;
  return timeZone !== null && zoneOf(timeZone) !== null ? 'tz-known' : 'tz-default';
}

/** The instant that a line's time stamp means; null where no year near `receivedMicros` has such a day. */
export function deviceInstant(time: LineTime, receivedMicros: number, timeZone: string | null): number | null {
  if (time.kind !== 'local') return time.micros;
  const zone = (timeZone === null ? null : zoneOf(timeZone)) ?? UTC;
  const nearMs = receivedMicros / 1000;
  if (time.year !== null) return inYear(time, time.year, zone, nearMs);
  const receivedYear = new Date(nearMs + zone.offsetAt(nearMs)).getUTCFullYear();
  return nearestYear(time, receivedYear, zone, nearMs);
}

function inYear(time: LocalTime, year: number, zone: typeof UTC, nearMs: number): number | null {
  if (time.day > daysInMonth(year, time.month)) return null;
  const wallMicros = utcMicros(year, time);
  if (zone === UTC) return wallMicros;
  const wallMs = (wallMicros - time.micros) / 1000;
  return instantOfWallClock(zone, wallMs, nearMs) * 1000 + time.micros;
}

/** The year is the one that puts the line nearest to its receipt, on the device's own calendar. */
function nearestYear(time: LocalTime, receivedYear: number, zone: typeof UTC, nearMs: number): number | null {
  const now = inYear(time, receivedYear, zone, nearMs);
  if (now !== null && Math.abs(now / 1000 - nearMs) < HALF_YEAR_MS) return now;
  let nearest = now;
  for (const year of [receivedYear - 1, receivedYear + 1]) {
    const instant = inYear(time, year, zone, nearMs);
    if (instant === null) continue;
    if (nearest === null || Math.abs(instant / 1000 - nearMs) < Math.abs(nearest / 1000 - nearMs)) nearest = instant;
  }
  return nearest;
}

/** Well under half a year, so that a nearer year is never passed over. */
const HALF_YEAR_MS = 180 * 86_400_000;
