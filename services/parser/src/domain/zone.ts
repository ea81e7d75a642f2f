/** Offsets of IANA time zones, from the ICU data of the runtime, remembered by quarter of an hour (no zone changes inside one). */
const QUARTER_MS = 900_000;
const REMEMBERED_QUARTERS = 512;

/** A zone by its IANA name. */
export interface Zone {
  name: string;
  /** ms east of UTC at an instant (ms since the epoch). */
  offsetAt(ms: number): number;
}

export const UTC: Zone = { name: 'UTC', offsetAt: () => 0 };

const zones = new Map<string, Zone | null>([
  ['UTC', UTC],
  ['Etc/UTC', UTC],
  ['GMT', UTC],
]);
const MOST_ZONES = 1000;

/** Null where the runtime knows no such zone. */
export function zoneOf(name: string): Zone | null {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = openZone(name);
    if (zones.size < MOST_ZONES) zones.set(name, zone);
  }
  return zone;
}

function openZone(name: string): Zone | null {
  try {
    return rememberingZone(
      name,
      new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
        era: 'short',
      }),
    );
  } catch {
    return null;
  }
}

function rememberingZone(name: string, format: Intl.DateTimeFormat): Zone {
  const offsets = new Map<number, number>();
  return {
    name,
    offsetAt(ms) {
      const quarter = Math.floor(ms / QUARTER_MS);
      let offset = offsets.get(quarter);
      if (offset === undefined) {
        offset = measureOffset(format, quarter * QUARTER_MS);
        if (offsets.size >= REMEMBERED_QUARTERS) offsets.clear();
        offsets.set(quarter, offset);
      }
      return offset;
    },
  };
}

function measureOffset(format: Intl.DateTimeFormat, ms: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - ms;
}

const DAY_MS = 86_400_000;

/**
 * The instant of a zone's wall-clock time, `wallMs` being that wall clock read as if it were UTC. Where the clock shows
 * it twice (end of summer time) the instant nearest to `nearMs` is taken; where it skips it, the offset before holds.
 */
export function instantOfWallClock(zone: Zone, wallMs: number, nearMs: number): number {
  if (zone === UTC) return wallMs;
  const before = zone.offsetAt(wallMs - DAY_MS);
  const after = zone.offsetAt(wallMs + DAY_MS);
  const first = wallMs - before;
  if (before === after) return first;
  const second = wallMs - after;
  const firstHolds = zone.offsetAt(first) === before;
  const secondHolds = zone.offsetAt(second) === after;
  if (firstHolds && secondHolds) return Math.abs(first - nearMs) <= Math.abs(second - nearMs) ? first : second;
  return secondHolds ? second : first;
}
