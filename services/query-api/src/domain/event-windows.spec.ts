import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CountedMinute } from './event-windows.js';
import { MINUTE_MICROS, nextWindow } from './event-windows.js';

const minute = (n: number, matching: number, total = matching): CountedMinute => ({
  startsAt: n * MINUTE_MICROS,
  matching,
  total,
});

describe('nextWindow', () => {
  it('spans as many minutes as hold enough', () => {
    const minutes = [minute(100, 5), minute(90, 30), minute(10, 30)];
    expect(nextWindow(minutes, { from: 0, to: 200 * MINUTE_MICROS }, 20, 1)).toEqual({
      from: 90 * MINUTE_MICROS,
      to: 101 * MINUTE_MICROS,
    });
  });

  it('cuts a busy minute into small windows', () => {
    const window = nextWindow([minute(100, 3_600_000)], { from: 0, to: 101 * MINUTE_MICROS }, 51, 1)!;
    expect(window.to).toBe(101 * MINUTE_MICROS);
    expect(window.to - window.from).toBeLessThan(20_000);
    const wider = nextWindow([minute(100, 3_600_000)], { from: 0, to: window.from }, 51, 8)!;
    expect(wider.to).toBe(window.from);
    expect(wider.to - wider.from).toBeGreaterThan(window.to - window.from);
  });

  it('is null where nothing matches below', () => {
    expect(nextWindow([minute(100, 5)], { from: 0, to: 100 * MINUTE_MICROS }, 5, 1)).toBeNull();
    expect(nextWindow([minute(100, 5)], { from: 101 * MINUTE_MICROS, to: 200 * MINUTE_MICROS }, 5, 1)).toBeNull();
  });

  it('reaches every matching minute, downwards and without overlap', () => {
    const minutesOf = fc
      .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 2_000_000 })), {
        selector: ([n]) => n,
        minLength: 1,
      })
      .map((list) =>
        list.map(([n, count]) => minute(n, Math.ceil(count / 3), count)).sort((a, b) => b.startsAt - a.startsAt),
      );
    fc.assert(
      fc.property(minutesOf, fc.integer({ min: 1, max: 1000 }), (minutes, need) => {
        let to = 70 * MINUTE_MICROS;
        let growth = 1;
        let covered = 0;
        for (;;) {
          const window = nextWindow(minutes, { from: 0, to }, need, growth);
          if (window === null) break;
          expect(window.to).toBeLessThanOrEqual(to);
          expect(window.from).toBeLessThan(window.to);
          covered += minutes.reduce(
            (sum, { startsAt }) =>
              sum + Math.max(0, Math.min(window.to, startsAt + MINUTE_MICROS) - Math.max(window.from, startsAt)),
            0,
          );
          to = window.from;
          growth = Math.min(growth * 2, 1024);
        }
        expect(covered).toBe(minutes.length * MINUTE_MICROS);
      }),
    );
  });
});
