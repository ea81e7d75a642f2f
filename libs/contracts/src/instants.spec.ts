import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatInstant, parseInstant } from './instants.js';
import { instantSchema } from './raw-record.js';

describe('instants', () => {
  it('survive writing and reading, to the microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), (micros) => {
        const text = formatInstant(micros);
        expect(instantSchema.safeParse(text).success).toBe(true);
        expect(parseInstant(text)).toBe(micros);
      }),
    );
  });

  it('are written in the order of their text', () => {
    const [a, b] = [formatInstant(1_795_428_015_999_999), formatInstant(1_795_428_016_000_000)];
    expect(a < b).toBe(true);
    expect([a, b]).toEqual(['2026-11-23T10:00:15.999999Z', '2026-11-23T10:00:16.000000Z']);
  });

  it.each([
    ['2026-11-23T11:00:15.5+01:00', 1_795_428_015_500_000],
    ['2026-11-23T10:00:15Z', 1_795_428_015_000_000],
    ['2026-11-23T10:00:15.1234567Z', 1_795_428_015_123_456],
  ])('reads %s', (text, micros) => {
    expect(parseInstant(text)).toBe(micros);
  });

  it.each(['', '2026-11-23', '2026-11-23T10:00:15', '2026-13-23T10:00:15Z', '2026-11-23T25:00:15Z', 'now'])(
    'refuses %j',
    (text) => expect(parseInstant(text)).toBeNull(),
  );
});
