import { describe, expect, it } from '@jest/globals';
import { percentiles } from './percentiles.js';
import { useBetween, useOf } from './processes.js';

describe('percentiles', () => {
  it('are of the values in order', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(percentiles(values)).toEqual({ samples: 200, p50: 101, p99: 199, most: 200 });
  });

  it('of nothing are nothing', () => {
    expect(percentiles([])).toEqual({ samples: 0, p50: Number.NaN, p99: Number.NaN, most: Number.NaN });
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('use of a process', () => {
  onLinux("is its own and its children's", () => {
    const [use] = useOf({ test: process.pid });
    expect(use?.rssMib).toBeGreaterThan(10);
    expect(use?.peakMib).toBeGreaterThanOrEqual(use?.rssMib ?? 0);
    expect(use?.cpuSeconds).toBeGreaterThan(0);
  });

  onLinux('is nothing for one that is gone', () => {
    expect(useOf({ gone: 2 ** 22 + 1 })).toEqual([]);
  });

  it('between two readings is the difference', () => {
    const at = (cpuSeconds: number, rssMib: number) => [{ name: 'a', cpuSeconds, rssMib, peakMib: 90 }];
    expect(useBetween(at(1.5, 10), at(4, 20))).toEqual(at(2.5, 20));
  });
});
