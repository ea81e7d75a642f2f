import { describe, expect, it } from '@jest/globals';
import { clockOf, exactOf, fromInputValue, inputValueOf, relativeOf, shortInstantOf } from './instants.js';

const AT = '2026-11-23T20:05:07.004018Z';
const MS = Date.parse(AT);

describe('instants as people read them', () => {
  it('shows clock and exact time in UTC to the last digit', () => {
    expect(clockOf(AT, 'utc')).toBe('20:05:07.004');
    expect(shortInstantOf(AT, 'utc')).toBe('23 Nov 20:05');
    expect(exactOf(AT, 'utc')).toBe('2026-11-23 20:05:07.004018 UTC');
    expect(exactOf('soon', 'utc')).toBe('soon');
  });

  it('says how long ago', () => {
    const ago = (seconds: number) => relativeOf(AT, MS + seconds * 1000);
    expect([ago(2), ago(59), ago(61), ago(7300), ago(90_000), ago(86_400 * 70)]).toEqual([
      'just now',
      '59s ago',
      '1m ago',
      '2h ago',
      '1d ago',
      '2mo ago',
    ]);
    expect(relativeOf(AT, MS - 600_000)).toBe('in 10m');
  });

  it('fills an input and reads it back in either zone', () => {
    const whole = Math.floor(MS / 1000) * 1000;
    for (const zone of ['utc', 'local'] as const) expect(fromInputValue(inputValueOf(MS, zone), zone)).toBe(whole);
    expect(inputValueOf(MS, 'utc')).toBe('2026-11-23T20:05:07');
  });
});
