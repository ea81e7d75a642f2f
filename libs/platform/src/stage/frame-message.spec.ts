import { HEADERS, parsePart } from '@opmas/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FrameMeta } from '../fold/index.js';
import { cutRecords, outputMessages } from './frame-message.js';

const decoder = new TextDecoder();

describe('cutRecords', () => {
  it('loses nothing, keeps the order, and keeps to the size, for any records', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ maxLength: 60 }).map((text) => JSON.stringify(text)),
          { minLength: 1 },
        ),
        (records) => {
          const cuts = cutRecords(records, 100);
          expect(cuts.map(({ data }) => decoder.decode(data)).join('')).toBe(`${records.join('\n')}\n`);
          for (const { part, data } of cuts) expect(data.length <= 100 || part?.first === part?.last).toBe(true);
        },
      ),
    );
  });

  it('leaves what fits in one payload, and an empty frame empty', () => {
    expect(cutRecords(['1', '2'])).toHaveLength(1);
    expect(cutRecords([])[0]).toMatchObject({ part: null, data: new Uint8Array() });
  });
});

describe('outputMessages', () => {
  it('claims the frame as done in its last part only', () => {
    const meta: FrameMeta = {
      shard: 1,
      sequence: 77,
      frameId: 'in-1-5',
      ingestor: 'in',
      number: 5,
      kind: 'frame',
      part: null,
      clockMs: 1000,
      configSequence: 3,
      ingestors: { in: 5 },
      lane: null,
    };
    const records = Array.from({ length: 3 }, () => `"${'x'.repeat(600_000)}"`);
    const messages = outputMessages(
      { subject: 'opmas.events.1', kind: 'frame', records },
      { meta, before: { in: 4 }, after: { in: 5 }, build: 'b', traceparent: '' },
    );
    expect(messages.map(({ headers }) => headers[HEADERS.ingestors])).toEqual(['in=4', 'in=4', 'in=5']);
    expect(messages.map(({ headers }) => parsePart(headers[HEADERS.part])?.first)).toEqual([0, 1, 2]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(3);
    expect(messages[0]?.headers[HEADERS.source]).toBe('77:in-1-5');
  });
});
