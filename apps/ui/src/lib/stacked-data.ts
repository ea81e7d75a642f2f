import type { HistogramBucket } from './api/resources.js';
import { SEVERITY_BANDS, bandCounts } from './severity.js';

/** Seconds, then one cumulative row a band: the widest sum first, since later series are drawn over earlier ones. */
export function stackedData(buckets: readonly HistogramBucket[]): [seconds: number[], ...sums: number[][]] {
  const seconds = buckets.map((bucket) => Date.parse(bucket.at) / 1000);
  const sums = buckets.map((bucket) => {
    let sum = 0;
    return bandCounts(bucket.bySeverity, bucket.total).map((count) => (sum += count));
  });
  const rows = SEVERITY_BANDS.map((_, band) => sums.map((row) => row[band] ?? 0)).toReversed();
  return [seconds, ...rows];
}
