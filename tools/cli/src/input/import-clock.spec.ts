import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ImportClock } from './import-clock.js';

const HOUR = 3600e6;
const START = Date.UTC(2026, 10, 23, 12) * 1000;

describe('the clock of an import', () => {
  it('never goes back', () => {
    const step = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(fc.integer({ min: -48 * HOUR, max: 48 * HOUR })));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new ImportClock(START);
        let before = -Infinity;
        let hasTime = false;
        for (const [sender, offset] of steps) {
          const now = clock.take(sender, offset === null ? null : START + offset);
          if (hasTime) expect(now).toBeGreaterThanOrEqual(before);
          hasTime ||= offset !== null;
          before = now;
        }
      }),
    );
  });

  it('takes a little disorder as disorder, and a clock that is set back as the present', () => {
    const clock = new ImportClock(START);
    expect(clock.take('a', START + 5e6)).toBe(START + 5e6);
    expect(clock.take('a', START + 4e6)).toBe(START + 5e6);
    expect(clock.take('a', START - 30 * HOUR)).toBe(START + 5e6);
    expect(clock.take('a', START - 30 * HOUR + 7e6)).toBe(START + 12e6);
  });

  it('does not run away when two routers disagree by hours', () => {
    const clock = new ImportClock(START);
    for (let second = 0; second < 100; second++) {
      clock.take('ahead', START + 5 * HOUR + second * 1e6);
      clock.take('right', START + second * 1e6);
    }
    expect(clock.nearMicros - START).toBeLessThan(5 * HOUR + 200e6);
  });

  it('gives lines without a time the time before them', () => {
    const clock = new ImportClock(START);
    expect(clock.take('a', null)).toBe(START);
    clock.take('a', START + 9e6);
    expect(clock.take('b', null)).toBe(START + 9e6);
  });
});
