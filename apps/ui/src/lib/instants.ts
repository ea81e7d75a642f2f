/** Instants as people read them: relative, clock and full, in UTC or local time. */

export type Zone = 'utc' | 'local';

function zoneOption(zone: Zone): { timeZone?: string } {
  return zone === 'utc' ? { timeZone: 'UTC' } : {};
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(name: string, zone: Zone, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${name}-${zone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { hourCycle: 'h23', ...options, ...zoneOption(zone) });
    formats.set(key, format);
  }
  return format;
}

const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;

/** `14:03:27.481` */
export function clockOf(instant: string | number, zone: Zone): string {
  return formatOf('clock', zone, { ...CLOCK, fractionalSecondDigits: 3 }).format(new Date(instant));
}

/** `23 Nov 14:03:27` */
export function dayAndClockOf(instant: string | number, zone: Zone): string {
  return formatOf('day', zone, { ...CLOCK, day: '2-digit', month: 'short' })
    .format(new Date(instant))
    .replace(',', '');
}

/** `23 Nov 14:03` */
export function shortInstantOf(instant: string | number, zone: Zone): string {
  const options = { day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return formatOf('short', zone, options).format(new Date(instant)).replace(',', '');
}

/** Year to the wire's last digit with the zone named: `2026-11-23 14:03:27.481093 UTC`. */
export function exactOf(instant: string, zone: Zone): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const micros = /\.(\d+)/.exec(instant)?.[1] ?? '000';
  if (zone === 'utc') return `${date.toISOString().slice(0, 19).replace('T', ' ')}.${micros} UTC`;
  const parts = formatOf('exact', zone, {
    ...CLOCK,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZoneName: 'short',
  })
    .formatToParts(date)
    .reduce<Record<string, string>>((all, part) => ({ ...all, [part.type]: part.value }), {});
  const { year, month, day, hour, minute, second, timeZoneName } = parts;
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${micros} ${timeZoneName}`;
}

const STEPS: readonly [limitSeconds: number, unitSeconds: number, unit: string][] = [
  [60, 1, 's'],
  [3600, 60, 'm'],
  [86_400, 3600, 'h'],
  [86_400 * 60, 86_400, 'd'],
  [Infinity, 86_400 * 30, 'mo'],
];

/** A length of time in its largest unit: `42s`, `7m`, `3h`, `12d`. */
export function spanOf(seconds: number): string {
  const [, unitSeconds, unit] = STEPS.find(([limit]) => seconds < limit) ?? [0, 1, 's'];
  return `${Math.floor(seconds / unitSeconds)}${unit}`;
}

/** `just now`, `7m ago`, `in 3h`. */
export function relativeOf(instant: string, nowMs: number): string {
  const seconds = (nowMs - Date.parse(instant)) / 1000;
  if (Number.isNaN(seconds)) return instant;
  if (Math.abs(seconds) < 5) return 'just now';
  return seconds > 0 ? `${spanOf(seconds)} ago` : `in ${spanOf(-seconds)}`;
}

/** A value of `<input type="datetime-local" step="1">`. */
export function inputValueOf(ms: number, zone: Zone): string {
  const shifted = zone === 'utc' ? ms : ms - new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 19);
}

/** The instant that such a value means, or NaN. */
export function fromInputValue(value: string, zone: Zone): number {
  return Date.parse(zone === 'utc' ? `${value}Z` : value);
}
