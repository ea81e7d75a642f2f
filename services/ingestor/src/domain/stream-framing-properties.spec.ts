import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LINE, MAX_LINE_BYTES, SyslogStreamDecoder } from './stream-framing.js';
import type { FramingCounts } from './stream-framing.js';

interface Decoded {
  lines: string[];
  flags: number[];
  counts: FramingCounts;
}

function decode(bytes: Buffer, chunkBytes = bytes.length, maxBytes = MAX_LINE_BYTES): Decoded {
  const lines: string[] = [];
  const flags: number[] = [];
  const decoder = new SyslogStreamDecoder((line, start, end, flag) => {
    lines.push(line.toString('latin1', start, end));
    flags.push(flag);
  }, maxBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) decoder.push(bytes.subarray(at, at + chunkBytes));
  decoder.end();
  return { lines, flags, counts: decoder.counts };
}

const decodeText = (text: string, chunkBytes?: number): Decoded => decode(Buffer.from(text, 'latin1'), chunkBytes);
const counted = (message: string, count: number | string = message.length): string => `${count} ${message}`;

/** Text as messages have it, with what looks like frames in it; no delimiters. */
const word = fc.constantFrom(
  ...['text', '<34>', '<34', '12 <34', '7', '12 ', ' 9 <1 ', '<', '> <', '0', ': ', 'gr\u00fc\u00df', '[1]', '<1000>'],
);
const text = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(''));
const priority = fc.nat(191).map((value) => `<${value}>`);
const message = fc.tuple(priority, text).map((parts) => parts.join(''));
/** Behind a counted message a line ends where a count and a priority stand, because its own count may have been wrong. */
const line = message.filter((all) => !/\d <\d+>/.test(all));
/** What a counted message may hold besides: other frames' beginnings behind delimiters, and whole frames. */
const manyLined = fc
  .tuple(
    message,
    fc.array(
      fc.oneof(
        text,
        fc.constantFrom('\n', '\0', '\r\n', '\n<34>', '\n7 ', '\n12 <13>', '\0<1>', ' 5 <34>x', '\n12345', '\n\n'),
      ),
      { maxLength: 5 },
    ),
  )
  .map(([first, more]) => [first, ...more, '.'].join(''));

interface Sent {
  wire: string;
  message: string;
}
const byDelimiter = fc
  .tuple(line, fc.constantFrom('\n', '\r\n', '\0', '\n\n'))
  .map(([sent, end]): Sent => ({ wire: sent + end, message: sent }));
const byCount = manyLined.map((line): Sent => ({ wire: counted(line), message: line }));
const byCountAndDelimiter = fc
  .tuple(manyLined, fc.constantFrom('\n', '\r\n', '\0'))
  .map(([line, end]): Sent => ({ wire: counted(line + end) + end, message: line }));

describe('frames of whichever kind, one behind the other', () => {
  it('are each found, with all that their messages hold', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(byDelimiter, byCount, byCountAndDelimiter), { maxLength: 12 }),
        fc.integer({ min: 1, max: 60 }),
        (frames, chunkBytes) => {
          const { lines, flags, counts } = decodeText(frames.map(({ wire }) => wire).join(''), chunkBytes);
          expect(lines).toEqual(frames.map((frame) => frame.message));
          expect(counts).toMatchObject({ wrongCounts: 0, truncated: 0, partial: 0, discardedBytes: 0 });
          expect(flags).toEqual(frames.map(() => LINE.whole));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a wrong count among right ones', () => {
  /** No digits or spaces at their ends, so that a message tells its place. */
  const right = fc.array(
    fc.tuple(fc.nat(191), fc.integer({ min: 1, max: 40 })).map(([value, size]) => `<${value}>${'m'.repeat(size)}`),
    { minLength: 4, maxLength: 12 },
  );

  it.each(['', '\n'])('costs no other message, with %j behind each', (end) => {
    fc.assert(
      fc.property(
        right,
        fc.nat(),
        fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constantFrom(4000, 65_536, 65_537, 9_999_999)),
        fc.integer({ min: 1, max: 99 }),
        (messages, pick, count, chunkBytes) => {
          const index = 1 + (pick % (messages.length - 2));
          const wire = messages.map((line, i) => counted(line, i === index ? count : line.length) + end);
          const before = wire.slice(0, index).join('').length;
          const stop = before + `${count} `.length + count;
          // Where another frame begins, or the stream ends, nobody can tell that the count is wrong.
          const sent = wire.join('');
          if (/^\n?(\d+ )?<\d|^\n?$/.test(sent.slice(stop)) && stop <= sent.length) return;
          const { lines, counts } = decodeText(sent, chunkBytes);
          expect(counts.wrongCounts).toBeGreaterThan(0);
          expect(counts.discardedBytes).toBe(0);
          const others = messages.filter((_, i) => i !== index && i !== index + 1);
          expect(lines.filter((line) => others.includes(line)).length).toBeGreaterThanOrEqual(others.length);
          // The message itself, and the one behind it, are there to the last letter, if in pieces.
          const letters = (all: readonly string[]): string => all.join('').replace(/[^m]/g, '');
          expect(letters(lines)).toBe(letters(messages));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    '0',
    '007',
    '00000000007',
    '99999999',
    '123456789012345678901234567890',
    '-5',
    '1x',
    '0x10',
    '+9',
    ' 9',
    '.',
  ])('costs no other message where it is %j', (count) => {
    const messages = ['<13>one', '<14>three', '<15>four and more'];
    for (const start of ['', counted('<12>zero'), '<12>zero\n']) {
      const behind = messages.map((line) => counted(line)).join('');
      for (const chunkBytes of [1, 3, 1000]) {
        const { lines } = decodeText(`${start}${counted('<16>faulty', count)}${behind}`, chunkBytes);
        // Behind a line that a delimiter ended, only what begins with a digit may be a count.
        if (start.endsWith('\n') && !/^\d/.test(count)) continue;
        expect([start, lines.slice(-3)]).toEqual([start, messages]);
        expect(lines.join('')).toContain('<16>faulty');
      }
    }
  });

  it('of millions, in a stream without any delimiter, swallows nothing', () => {
    const frame = counted('<13>a message like all the others');
    const { lines, counts } = decodeText(`${counted('<14>first', 9_999_999)}${frame.repeat(50_000)}`, 65_536);
    expect([lines.length, counts.wrongCounts, counts.discardedBytes]).toEqual([50_001, 1, 0]);
  });

  it('beyond the range of integers is text', () => {
    for (const count of [2 ** 53, 2 ** 64, '9'.repeat(400)]) {
      const { lines } = decodeText(`${count} <13>one\n${counted('<14>two')}`);
      expect(lines).toEqual([`${count} <13>one`, '<14>two']);
    }
  });
});

describe('a message that could be two', () => {
  const ambiguous = counted('<13>one\n<34>two');

  it('waits for what follows it, and no longer than it is told to', () => {
    const lines: string[] = [];
    const decoder = new SyslogStreamDecoder((bytes, start, end) => lines.push(bytes.toString('latin1', start, end)));
    decoder.push(Buffer.from(ambiguous));
    expect([decoder.isUndecided, lines]).toEqual([true, []]);
    decoder.settle();
    expect([decoder.isUndecided, lines, decoder.heldBytes]).toEqual([false, ['<13>one\n<34>two'], 0]);
    decoder.push(Buffer.from(`${counted('<14>next')}${counted('<13>one\n<15>three', 500)}`));
    expect([decoder.isUndecided, lines.slice(1)]).toEqual([true, ['<14>next']]);
    decoder.settle();
    decoder.push(Buffer.from('!\n'));
    expect([decoder.isUndecided, lines.slice(2)]).toEqual([false, ['<13>one', '<15>three!']]);
  });

  it('does not wait where nothing in it is ambiguous', () => {
    const decoder = new SyslogStreamDecoder(() => undefined);
    for (const line of ['<13>port 22', '<13>two\nlines', '<13>ends\n', '<13>a < b', '<13>5 <x', '<13>\n{\n}']) {
      decoder.push(Buffer.from(counted(line)));
      expect([line, decoder.heldBytes, decoder.isUndecided]).toEqual([line, 0, false]);
    }
  });
});

describe('the work for bytes that mean harm', () => {
  const SIZE = 80_000;
  const filled = (pattern: string): Buffer => Buffer.alloc(SIZE, pattern, 'latin1');
  const patterns = [
    ...['9', '\n', '\0', '<', '1 <', '1 <1', '1 <1>', ' ', '0', '\r', '\r\n', 'x', '<1>\n<1>', '12345678 <1>', '\0\n'],
    ...[
      '9 <1>',
      '60000 <1>',
      '65536 <1>',
      '65537 <1>',
      '9999999 <1>',
      '9999999 <1>\n',
      '60000 <1>\n',
      '60000 <1>\n<1>',
    ],
    ...['60000 <1>x\n7 ', '9 <1>x\n<', '\n<', '\n1', '\n1234567', '5 <1>5 <2>', '1 <1\n'],
  ];

  /** Bytes searched and copied for each byte received. */
  function workPerByte(bytes: Buffer, chunkBytes: number): number {
    const decoder = new SyslogStreamDecoder(() => undefined);
    for (let at = 0; at < bytes.length; at += chunkBytes) decoder.push(bytes.subarray(at, at + chunkBytes));
    decoder.end();
    const { keptBytes, framingBytes, discardedBytes } = decoder.counts;
    expect(keptBytes + framingBytes + discardedBytes).toBe(bytes.length);
    return decoder.work / bytes.length;
  }

  it.each(['', '60000 <1>', '9999999 <1>'])('is linear, behind %j', (head) => {
    for (const pattern of patterns) {
      const bytes = Buffer.concat([Buffer.from(head), filled(pattern)]);
      for (const chunkBytes of [bytes.length, 1000])
        expect([pattern, chunkBytes, Math.max(10, workPerByte(bytes, chunkBytes))]).toEqual([pattern, chunkBytes, 10]);
    }
  });

  it.each(['60000 <1>', '9999999 <1>', '60000 <1>x\n<1>', '<1>', '1 <', '12345678 <1>'])(
    'is linear in single bytes too: %j and what never ends',
    (head) => {
      const bytes = Buffer.concat([Buffer.from(head), Buffer.alloc(SIZE, 'y')]);
      expect(workPerByte(bytes, 1)).toBeLessThan(20);
    },
  );

  it('holds no more of a connection than a line, a header and what tells the next apart', () => {
    for (const pattern of [...patterns, '60000 <1>\n<1>yyyyyyyyyyyyyyyyy']) {
      const decoder = new SyslogStreamDecoder(() => undefined);
      const bytes = filled(pattern);
      let most = 0;
      for (let at = 0; at < bytes.length; at += 777) {
        decoder.push(bytes.subarray(at, at + 777));
        most = Math.max(most, decoder.heldBytes);
      }
      expect(most).toBeLessThanOrEqual(MAX_LINE_BYTES + 32);
    }
  });
});
