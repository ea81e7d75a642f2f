import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_LINE_BYTES, byteLines } from './byte-lines.js';

async function linesOf(chunks: Buffer[]): Promise<Buffer[]> {
  const lines: Buffer[] = [];
  for await (const batch of byteLines(asStream(chunks))) lines.push(...batch.map((line) => Buffer.from(line)));
  return lines;
}

async function* asStream(chunks: Buffer[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

describe('lines of bytes', () => {
  it('are the same wherever the chunks are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 7 }),
        async (parts, size) => {
          const lines = parts.map((part) => Buffer.from(part.filter((byte) => byte !== 0x0a && byte !== 0x0d)));
          const bytes = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
          expect(await linesOf(chunks)).toEqual(lines);
        },
      ),
    );
  });

  it('may end with CR LF, or with nothing', async () => {
    expect(await linesOf([Buffer.from('a\r\nb\n\nc')])).toEqual(['a', 'b', '', 'c'].map((text) => Buffer.from(text)));
  });

  it('are cut where they would fill the memory', async () => {
    const lines = await linesOf([Buffer.alloc(MAX_LINE_BYTES, 'x'), Buffer.alloc(1000, 'y'), Buffer.from('\nz\n')]);
    expect(lines.map((line) => line.length)).toEqual([MAX_LINE_BYTES, 1000, 1]);
  });
});
