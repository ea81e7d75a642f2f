import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSpan, rangeOf, resolveRange, searchOf, spanLabel, zoomOut } from './time-range.js';

const NOW = Date.parse('2026-11-23T20:00:00Z');

describe('time ranges in the URL', () => {
  it('reads a span, and falls back on the default where it is none', () => {
    expect(rangeOf({ range: '15m' })).toEqual({ kind: 'relative', span: '15m' });
    expect(rangeOf({})).toEqual({ kind: 'relative', span: '1h' });
    for (const range of ['0m', '15', 'm', '1y', '-5m', '999999m'])
      expect(rangeOf({ range })).toEqual({ kind: 'relative', span: '1h' });
  });

  it('takes two instants before a span, unless they are not in order', () => {
    const from = '2026-11-23T10:00:00.000Z';
    const to = '2026-11-23T11:00:00.000Z';
    expect(rangeOf({ range: '15m', from, to })).toEqual({
      kind: 'absolute',
      fromMs: Date.parse(from),
      toMs: Date.parse(to),
    });
    expect(rangeOf({ range: '15m', from: to, to: from })).toEqual({ kind: 'relative', span: '15m' });
    expect(rangeOf({ from: 'yesterday', to })).toEqual({ kind: 'relative', span: '1h' });
  });

  it('comes back from the URL as it went there', () => {
    const absolute = fc
      .tuple(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 1e10 }))
      .map(([fromMs, length]) => ({ kind: 'absolute' as const, fromMs, toMs: fromMs + length }));
    fc.assert(fc.property(absolute, (range) => expect(rangeOf(searchOf(range))).toEqual(range)));
    expect(rangeOf(searchOf({ kind: 'relative', span: '6h' }))).toEqual({ kind: 'relative', span: '6h' });
  });

  it('ends a relative range now', () => {
    expect(resolveRange({ kind: 'relative', span: '2d' }, NOW)).toEqual({ fromMs: NOW - 172_800_000, toMs: NOW });
  });

  it('zooms out to twice the length, not into the future', () => {
    const range = { kind: 'absolute' as const, fromMs: NOW - 60_000, toMs: NOW };
    expect(zoomOut(range, NOW)).toEqual({ kind: 'absolute', fromMs: NOW - 120_000, toMs: NOW });
    const past = { kind: 'absolute' as const, fromMs: NOW - 3_600_000, toMs: NOW - 3_000_000 };
    expect(zoomOut(past, NOW)).toEqual({ kind: 'absolute', fromMs: NOW - 3_900_000, toMs: NOW - 2_700_000 });
  });

  it('names spans', () => {
    expect([spanLabel('1h'), spanLabel('15m'), spanLabel('x')]).toEqual(['Last hour', 'Last 15 minutes', 'x']);
    expect(parseSpan(' 90s ')).toBe(90_000);
  });
});
