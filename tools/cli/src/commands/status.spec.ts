import { describe, expect, it } from '@jest/globals';
import { sumOfLags } from './status.js';

describe('the lag of a service', () => {
  it('is the sum of its lag gauges', () => {
    const metrics = [
      '# TYPE opmas_stage_lag gauge',
      'opmas_stage_lag{shard="0"} 12',
      'opmas_stage_lag{shard="1"} 30',
      'opmas_stage_published_total 7',
    ].join('\n');
    expect(sumOfLags(metrics)).toBe(42);
  });

  it('is nothing where there is no such gauge', () => {
    expect(sumOfLags('process_cpu_seconds_total 1')).toBeNull();
  });
});
