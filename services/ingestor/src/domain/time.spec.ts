import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReceivedClock } from './received-clock.js';
import { tickPeriodMs } from './ticking.js';

describe('the clock of receipt', () => {
  it('never goes back, whatever the wall clock does', () => {
    const reading = fc.record({ elapsed: fc.nat(1e9), wall: fc.integer({ min: 0, max: 2e15 }) });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1 }), fc.nat(1e15), (readings, floor) => {
        const clock = new ReceivedClock(0, 1e15, floor);
        let monotonic = 0;
        let last = floor;
        for (const { elapsed, wall } of readings) {
          monotonic += elapsed;
          const now = clock.at(monotonic, wall);
          expect(now).toBeGreaterThanOrEqual(last);
          expect(Number.isInteger(now)).toBe(true);
          last = now;
        }
      }),
    );
  });

  it('runs in µs, jumps ahead with the wall clock, and waits for one that was set back', () => {
    const clock = new ReceivedClock(0, 1_000_000_000);
    expect(clock.at(10, 1_000_000_000)).toBe(1_000_000_010);
    expect(clock.at(20, 5_000_000_000)).toBe(5_000_000_000);
    expect(clock.at(2_000_020, 4_000_000_000)).toBe(5_001_000_000);
  });

  it('goes on after what an earlier process gave out', () => {
    expect(new ReceivedClock(0, 1_000_000, 9_000_000).at(100, 1_000_100)).toBeGreaterThanOrEqual(9_000_000);
  });
});

describe('ticks', () => {
  it('come every second while anything was received in the last five minutes, else every ten', () => {
    expect([
      tickPeriodMs(1000, null),
      tickPeriodMs(1000, 900),
      tickPeriodMs(299_999, 0),
      tickPeriodMs(300_000, 0),
    ]).toEqual([10_000, 1000, 1000, 10_000]);
  });
});
