/** Counts per minute made into the bars of a histogram. */
import { formatInstant } from '@opmas/contracts';
import { MINUTE_MICROS } from './event-windows.js';

export interface Bucket {
  /** ISO 8601, the bucket's beginning. */
  at: string;
  total: number;
  /** Effective severity ('0' to '7', 'none' for lines without a priority) → events. */
  bySeverity: Record<string, number>;
}

export interface Histogram {
  bucketSeconds: number;
  buckets: Bucket[];
  /** True where the range does not begin and end with a minute, or a filter is not known to the counts. */
  approximate: boolean;
}

export interface CountedBucket {
  /** µs since the epoch, a multiple of the bucket's length. */
  startsAt: number;
  severity: number;
  count: number;
}

/** Whole minutes, so that at most `buckets` cover the range. */
export function bucketMicros(range: { from: number; to: number }, buckets: number): number {
  return Math.max(1, Math.ceil((range.to - range.from) / buckets / MINUTE_MICROS)) * MINUTE_MICROS;
}

/** Every bucket of the range in order, empty ones too. */
export function histogramOf(
  counts: readonly CountedBucket[],
  range: { from: number; to: number },
  length: number,
  isExact: boolean,
): Histogram {
  const buckets = new Map<number, Bucket>();
  for (let at = Math.floor(range.from / length) * length; at < range.to; at += length) {
    buckets.set(at, { at: formatInstant(at), total: 0, bySeverity: {} });
  }
  for (const { startsAt, severity, count } of counts) {
    const bucket = buckets.get(startsAt);
    if (!bucket) continue;
    const key = severity < 0 ? 'none' : String(severity);
    bucket.total += count;
    bucket.bySeverity[key] = (bucket.bySeverity[key] ?? 0) + count;
  }
  const isAligned = range.from % MINUTE_MICROS === 0 && range.to % MINUTE_MICROS === 0;
  return { bucketSeconds: length / 1e6, buckets: [...buckets.values()], approximate: !(isAligned && isExact) };
}
