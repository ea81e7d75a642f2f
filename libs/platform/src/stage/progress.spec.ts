import { describe, expect, it } from '@jest/globals';
import { covers, isDone, missedFrames, progressOf } from './progress.js';

describe('progress', () => {
  it('grows with the number, and within a frame with its parts', () => {
    const parts = [
      { first: 0, last: 9, count: 30 },
      { first: 10, last: 19, count: 30 },
      { first: 20, last: 29, count: 30 },
    ];
    const steps = [progressOf(11, null), ...parts.map((part) => progressOf(12, part)), progressOf(13, null)];
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    expect(new Set(steps).size).toBe(steps.length);
    expect(progressOf(12, parts[2]!)).toBe(12);
  });

  it('knows what is done, per ingestor', () => {
    expect(isDone({ a: 4 }, 'a', 4)).toBe(true);
    expect(isDone({ a: 4 }, 'a', 5)).toBe(false);
    expect(isDone({ a: 4 }, 'b', 1)).toBe(false);
    expect(covers({ a: 4, b: 2 }, { a: 4 })).toBe(true);
    expect(covers({ a: 4 }, { a: 4, b: 2 })).toBe(false);
  });

  it('counts frames that never came, not those before the first', () => {
    expect(missedFrames({ a: 4 }, 'a', 5)).toBe(0);
    expect(missedFrames({ a: 4 }, 'a', 8)).toBe(3);
    expect(missedFrames({ a: 3.00001 }, 'a', 4)).toBe(0);
    expect(missedFrames({}, 'a', 8)).toBe(0);
  });
});
