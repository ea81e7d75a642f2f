import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LINE, SyslogStreamDecoder } from './stream-framing.js';
import type { FramingCounts } from './stream-framing.js';

interface Decoded {
  lines: [text: string, flags: number][];
  counts: FramingCounts;
}

function decode(chunks: Buffer[], maxBytes?: number): Decoded {
  const lines: [string, number][] = [];
  const decoder = new SyslogStreamDecoder((bytes, start, end, flags) => {
    lines.push([bytes.toString('latin1', start, end), flags]);
  }, maxBytes);
  for (const chunk of chunks) {
    decoder.push(chunk);
    const { counts } = decoder;
    expect(counts.keptBytes + counts.framingBytes + counts.discardedBytes + decoder.heldBytes).toBe(counts.bytes);
  }
  decoder.end();
  return { lines, counts: decoder.counts };
}

const linesOf = (text: string, maxBytes?: number): [string, number][] =>
  decode([Buffer.from(text, 'latin1')], maxBytes).lines;
const textsOf = (text: string, maxBytes?: number): string[] => linesOf(text, maxBytes).map(([line]) => line);
const counted = (message: string): string => `${message.length} ${message}`;

describe('frames of a stream', () => {
  it('end at LF, CRLF or NUL, whichever comes first', () => {
    expect(textsOf('<13>one\n<13>two\r\n<13>three\0<13>four\n\n\0\r\n5 five\n')).toEqual([
      '<13>one',
      '<13>two',
      '<13>three',
      '<13>four',
      '5 five',
    ]);
  });

  it('are counted, and mixed with the others on one connection', () => {
    const text = `${counted('<13>one\ntwo')}${counted('<14>three')}<15>four\n${counted('<16>five\n')}\n<17>six\0`;
    expect(textsOf(text)).toEqual(['<13>one\ntwo', '<14>three', '<15>four', '<16>five', '<17>six']);
  });

  it('of text that begins with digits are lines', () => {
    expect(textsOf('12 monkeys\n2026-11-23T20:35:17Z host x: y\n0 <13>zero\n12345678 <13>long\n')).toEqual([
      '12 monkeys',
      '2026-11-23T20:35:17Z host x: y',
      '0 <13>zero',
      '12345678 <13>long',
    ]);
  });

  it('that the connection ends are kept and marked', () => {
    expect(linesOf('<13>whole\n<13>par')).toEqual([
      ['<13>whole', LINE.whole],
      ['<13>par', LINE.partial],
    ]);
    expect(linesOf('40 <13>counted, but not all of')).toEqual([['<13>counted, but not all of', LINE.partial]]);
  });
});

describe('a wrong octet count', () => {
  it('that is too large ends at the next frame behind a delimiter', () => {
    const { lines, counts } = decode([Buffer.from(`99 <13>one\n<13>two\n${counted('<13>three')}`)]);
    expect(lines.map(([line]) => line)).toEqual(['<13>one', '<13>two', '<13>three']);
    expect(counts.wrongCounts).toBe(1);
  });

  it('that is too large ends at the next count, without a delimiter', () => {
    const { lines, counts } = decode([Buffer.from(`14 <13>one${counted('<13>two')}${counted('<13>three')}`)]);
    expect(lines.map(([line]) => line)).toEqual(['<13>one', '<13>two', '<13>three']);
    expect(counts.wrongCounts).toBe(1);
  });

  it('that ends within the next count garbles no frame beyond it', () => {
    const { lines, counts } = decode([Buffer.from(`9 <13>one${counted('<13>two')}${counted('<13>three')}`)]);
    expect(lines.map(([line]) => line)).toEqual(['<13>one7 ', '<13>two', '<13>three']);
    expect(counts.wrongCounts).toBe(1);
  });

  it('that is too small leaves a line of its own, up to the next frame', () => {
    const { lines, counts } = decode([Buffer.from(`9 <13>one, longer${counted('<13>two')}<13>three\n`)]);
    expect(lines.map(([line]) => line)).toEqual(['<13>one, ', 'longer', '<13>two', '<13>three']);
    expect(counts.wrongCounts).toBe(1);
  });

  it('of megabytes swallows nothing', () => {
    const text = `9999999 <13>one\n${'<14>line\n'.repeat(20_000)}`;
    expect(textsOf(text).length).toBe(20_001);
  });

  it('of megabytes with a long message swallows no frame behind it', () => {
    const { lines, counts } = decode([Buffer.from(`9999999 <13>${'x'.repeat(5000)}\n<14>next\n`)], 1000);
    expect(lines.map(([line, flags]) => [line.length, flags])).toEqual([
      [1000, LINE.truncated],
      [8, LINE.whole],
    ]);
    expect(counts.discardedBytes).toBe(4004);
  });
});

describe('a line beyond the limit', () => {
  it('is cut, and the rest of it is counted', () => {
    const { lines, counts } = decode([Buffer.from(`<13>${'x'.repeat(2000)}\n<13>next\n`)], 1000);
    expect(lines.map(([line, flags]) => [line.length, flags])).toEqual([
      [1000, LINE.truncated],
      [8, LINE.whole],
    ]);
    expect(counts).toMatchObject({ truncated: 1, discardedBytes: 1004, framingBytes: 2 });
  });

  it('of just the limit is whole, with CRLF too', () => {
    expect(
      linesOf(`${'x'.repeat(1000)}\r\n${'y'.repeat(1000)}\0${counted(`<1>${'z'.repeat(997)}`)}`, 1000).map(
        ([, flags]) => flags,
      ),
    ).toEqual([0, 0, 0]);
  });

  it('is cut in counted frames too, and the next is found', () => {
    expect(
      linesOf(`${counted(`<13>${'x'.repeat(70_000)}`)}${counted('<14>next')}`).map(([line, flags]) => [
        line.length,
        flags,
      ]),
    ).toEqual([
      [65_536, LINE.truncated],
      [8, LINE.whole],
    ]);
  });
});

describe('any bytes', () => {
  const token = fc.oneof(
    fc.constantFrom(
      '\n',
      '\r\n',
      '\0',
      '\r',
      '<',
      '<1',
      '<13>',
      ' ',
      '1',
      '12 ',
      '7 <',
      '9 <13>',
      '30 <13>a',
      '200 <1>',
      '0',
      'text',
      '\n<13>',
      '\n5 <1>',
      '9999 <1>',
      '007 <1>',
      '51 <1>',
      '123456789 <13>',
      ' <13>',
      '\n12 ',
      '20 <13>a\n<14>b 3 <1>x',
    ),
    fc.string({ maxLength: 30 }).map((text) => `<13>${text}\n`),
    fc.string({ maxLength: 30 }).map((text) => counted(`<13>${text}`)),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.integer({ min: 1, max: 90 }).map((count) => 'x'.repeat(count)),
  );
  const stream = fc.array(token, { maxLength: 30 }).map((tokens) => Buffer.from(tokens.join(''), 'latin1'));

  it('give the same frames however they are cut into chunks', () => {
    fc.assert(
      fc.property(
        stream,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        (bytes, sizes) => {
          const chunks: Buffer[] = [];
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length]!;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(decode(chunks, 50)).toEqual(decode([bytes], 50));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('are all accounted for at the end', () => {
    fc.assert(
      fc.property(stream, (bytes) => {
        const { lines, counts } = decode([bytes], 50);
        expect(counts.keptBytes).toBe(lines.reduce((sum, [line]) => sum + line.length, 0));
        expect(counts.keptBytes + counts.framingBytes + counts.discardedBytes).toBe(bytes.length);
        expect(counts.lines).toBe(lines.length);
      }),
      { numRuns: 1000 },
    );
  });
});
