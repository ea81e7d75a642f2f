import { describe, expect, it } from '@jest/globals';
import { stackedData } from './stacked-data.js';
import { SEVERITY_BANDS, bandCounts } from './severity.js';

describe('severity bands', () => {
  it('counts every event in one band, those without a severity in the last', () => {
    const counts = bandCounts({ '0': 1, '2': 2, '3': 4, '7': 8, none: 16 }, 31);
    expect(counts).toEqual([3, 4, 0, 0, 0, 8, 16]);
    expect(SEVERITY_BANDS).toHaveLength(counts.length);
  });

  it('stacks the worst at the bottom, the widest sum drawn first', () => {
    const [at, widest, ...rest] = stackedData([
      { at: '1970-01-01T00:01:00.000000Z', total: 7, bySeverity: { '3': 4, '6': 3 } },
    ]);
    expect(at).toEqual([60]);
    expect(widest).toEqual([7]);
    expect(rest.map((row) => row[0])).toEqual([7, 7, 4, 4, 4, 0]);
  });
});
