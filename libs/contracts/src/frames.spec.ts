import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeNdjson,
  encodeNdjson,
  formatIngestors,
  formatPart,
  formatSource,
  ndjsonLines,
  parseFrameId,
  parseIngestors,
  parsePart,
  parseSource,
} from './frames.js';
import { rawFrameId } from './ids.js';

const anything = (value: unknown): unknown => value;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the frame codec', () => {
  const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 20 });

  it('gives back what it was given', () => {
    fc.assert(
      fc.property(records, (frame) => {
        const decoded = decodeNdjson(encodeNdjson(frame), anything);
        expect(decoded.map((line) => line.ok && JSON.stringify(line.value))).toEqual(
          frame.map((line) => JSON.stringify(line)),
        );
      }),
    );
  });

  it('takes a record that is JSON text already as it stands', () => {
    expect(new TextDecoder().decode(encodeNdjson(['{"a":1}', { b: 2 }]))).toBe('{"a":1}\n{"b":2}\n');
    expect(encodeNdjson([])).toHaveLength(0);
  });

  it('never throws away a good record because of a bad neighbour', () => {
    const garbage = fc.string({ maxLength: 30 }).filter((text) => {
      if (/[\r\n]/.test(text) || text === '') return false;
      try {
        JSON.parse(text);
        return false;
      } catch {
        return true;
      }
    });
    const line = fc.oneof(
      fc.integer().map((value) => ({ good: true, text: JSON.stringify({ value }) })),
      garbage.map((text) => ({ good: false, text })),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const decoded = decodeNdjson(bytes(lines.map(({ text }) => `${text}\n`).join('')), anything);
        expect(decoded.map((entry) => ({ good: entry.ok, index: entry.index }))).toEqual(
          lines.map(({ good }, index) => ({ good, index })),
        );
        expect(decoded.filter((entry) => !entry.ok).map((entry) => entry.line)).toEqual(
          lines.filter(({ good }) => !good).map(({ text }) => text),
        );
      }),
    );
  });

  it('names why a line was refused, by its JSON or by the check', () => {
    const positive = (value: unknown): number => {
      if (typeof value !== 'number' || value < 0) throw new Error('not positive');
      return value;
    };
    expect(decodeNdjson(bytes('1\n-1\n{\n2'), positive)).toMatchObject([
      { ok: true, index: 0, value: 1 },
      { ok: false, index: 1, line: '-1', reason: 'not positive' },
      { ok: false, index: 2, line: '{' },
      { ok: true, index: 3, value: 2 },
    ]);
  });

  it('passes over empty lines, and never throws on any bytes', () => {
    expect(ndjsonLines(bytes('\n{}\n\r\n\n[]'))).toEqual(['{}', '[]']);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (payload) => Array.isArray(decodeNdjson(payload, anything))),
    );
  });
});

describe('headers', () => {
  it('carry positions, parts and numbers there and back', () => {
    expect(parseSource(formatSource({ sequence: 12, frameId: 'a-b-3-17' }))).toEqual({
      sequence: 12,
      frameId: 'a-b-3-17',
    });
    expect(parsePart(formatPart({ first: 0, last: 9, count: 40 }))).toEqual({ first: 0, last: 9, count: 40 });
    expect(formatIngestors({ b: 2, a: 1 })).toBe('a=1,b=2');
    expect(parseIngestors('a=1,b=2')).toEqual({ a: 1, b: 2 });
    expect(parseFrameId(rawFrameId('site-a-7', 3, 17))).toEqual({ ingestor: 'site-a-7', shard: 3, number: 17 });
  });

  it.each([undefined, '', 'x', '1', ':a', '1-2', 'a-b'])('answer null for %j', (text) => {
    expect([parseSource(text), parsePart(text), parseFrameId(text ?? '')]).toEqual([null, null, null]);
    expect(parseIngestors(text)).toEqual({});
  });
});
