/** Time spans as rules write them: one number and one unit, `90s`, `10m`, `6h`, `7d`. */
import type { SourceNode, SourceReader } from './source.js';

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a span; null where the text is none. `1h30m` is none: write `90m`. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (!match) return null;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** Limits in ms, both included. */
export interface DurationLimits {
  minMs: number;
  maxMs: number;
}

const DAYS_MS = UNIT_MS.d;
export const DURATION_LIMITS: DurationLimits = { minMs: 1000, maxMs: 30 * DAYS_MS };

/** Reads a span; `fallbackMs` where it is not given, or is wrong (and then there is a fault). */
export function readDuration(
  reader: SourceReader,
  at: SourceNode | undefined,
  what: string,
  fallbackMs: number,
  limits = DURATION_LIMITS,
): number {
  if (!at) return fallbackMs;
  const value = reader.scalar(at, what);
  if (value === undefined) return fallbackMs;
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  const expected = 'one number and one of s, m, h, d, like 90s or 10m';
  if (ms === null) {
    const zero = value === 0 ? ' (a window without length never holds anything)' : '';
    reader.fault(at, `${what} is ${JSON.stringify(value)}${zero}`, expected);
    return fallbackMs;
  }
  if (ms < limits.minMs || ms > limits.maxMs) {
    reader.fault(
      at,
      `${what} is ${String(value)}`,
      `a span from ${formatDuration(limits.minMs)} to ${formatDuration(limits.maxMs)}`,
    );
    return fallbackMs;
  }
  return ms;
}

/** The shortest way to write a span. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (ms >= UNIT_MS[unit] && ms % UNIT_MS[unit] === 0) return `${ms / UNIT_MS[unit]}${unit}`;
  }
  return `${ms / 1000}s`;
}
