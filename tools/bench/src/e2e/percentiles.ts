/** Latencies in ms, as one looks at them. */
export interface Percentiles {
  samples: number;
  p50: number;
  p99: number;
  most: number;
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1));
  return {
    samples: sorted.length,
    p50: at(0.5),
    p99: at(0.99),
    most: Number((sorted.at(-1) ?? Number.NaN).toFixed(1)),
  };
}
