import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketMicros, histogramOf } from './histogram.js';
import { formatCursor, pageOf, parseCursor } from './pages.js';
import { readFact } from './read-fact.js';

describe('cursors', () => {
  it('come back as they went', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (at, id) =>
        expect(parseCursor(formatCursor({ at, id }))).toEqual({ at, id }),
      ),
    );
  });

  it('are null for anything else', () => {
    for (const text of ['', 'x', Buffer.from('[1,2]').toString('base64url'), Buffer.from('{}').toString('base64url')])
      expect(parseCursor(text)).toBeNull();
  });

  it('stand on a page that is not the last', () => {
    const keyOf = (n: number) => ({ at: String(n), id: 'x' });
    expect(pageOf([3, 2, 1], 2, keyOf)).toEqual({ items: [3, 2], nextCursor: formatCursor({ at: '2', id: 'x' }) });
    expect(pageOf([3, 2], 2, keyOf)).toEqual({ items: [3, 2], nextCursor: null });
  });
});

describe('histograms', () => {
  const minutes = (n: number) => n * 60e6;

  it('have every bucket of the range, and whole minutes', () => {
    const range = { from: minutes(10), to: minutes(70) };
    expect(bucketMicros(range, 60)).toBe(minutes(1));
    expect(bucketMicros(range, 7)).toBe(minutes(9));
    const { buckets, bucketSeconds, approximate } = histogramOf(
      [
        { startsAt: minutes(20), severity: -1, count: 3 },
        { startsAt: minutes(20), severity: 4, count: 2 },
      ],
      range,
      minutes(10),
      true,
    );
    expect({ bucketSeconds, approximate, n: buckets.length }).toEqual({ bucketSeconds: 600, approximate: false, n: 6 });
    expect(buckets[1]).toEqual({ at: '1970-01-01T00:20:00.000000Z', total: 5, bySeverity: { none: 3, 4: 2 } });
  });

  it('say when they are not exact', () => {
    expect(histogramOf([], { from: 1, to: minutes(1) }, minutes(1), true).approximate).toBe(true);
    expect(histogramOf([], { from: 0, to: minutes(1) }, minutes(1), false).approximate).toBe(true);
  });
});

describe('readFact', () => {
  const place = { subject: 'opmas.actions.dev1.a1', sequence: 7, line: 0 };

  it('knows what a fact is about by its subject, whatever it holds', () => {
    expect(readFact('rubbish', place)).toMatchObject({
      kind: 'action',
      itemId: 'a1',
      type: 'unknown',
      happenedAt: null,
    });
    expect(
      readFact(
        { id: 'x', subject: 'f1', type: 't', time: '2026-11-23T20:35:17.123456Z' },
        { ...place, subject: 'opmas.findings.wifi.3' },
      ),
    ).toMatchObject({
      factId: 'x',
      kind: 'finding',
      itemId: 'f1',
      happenedAt: '2026-11-23T20:35:17.123456Z',
    });
    expect(readFact(null, { ...place, subject: 'opmas.config.user.ann' })).toMatchObject({
      kind: 'user',
      itemId: 'ann',
    });
  });

  it('gives facts without an id different ones by their place', () => {
    expect(readFact({}, place).factId).not.toBe(readFact({}, { ...place, line: 1 }).factId);
  });
});
