import { describe, expect, it } from '@jest/globals';
import { compress, isLoaded } from '@foxglove/wasm-zstd';
import fc from 'fast-check';
import { deflateSync, gzipSync } from 'node:zlib';
import type { ContentEncoding } from '../domain/content-encoding.js';
import { BodyTooLarge, BodyUnreadable } from './body-faults.js';
import { decompressed } from './request-body.js';

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(bytes: Buffer, encoding: ContentEncoding, maxBytes = 1e6, size = 1000): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of decompressed(cut(bytes, size), encoding, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

await isLoaded;
const pack: Record<Exclude<ContentEncoding, 'identity'>, (content: Buffer) => Buffer> = {
  gzip: (content) => gzipSync(content),
  deflate: (content) => deflateSync(content),
  zstd: (content) => compress(content),
};
const encodings = Object.keys(pack) as (keyof typeof pack)[];
const lines = Buffer.from(Array.from({ length: 3000 }, (_, i) => `<30>Nov 23 20:35:17 gw app: ${i * 7919}\n`).join(''));

describe.each(encodings)('a %s body', (encoding) => {
  const packed = pack[encoding](lines);

  it('is read however it arrives', async () => {
    for (const size of [1, 7, 4096, 1e6]) expect((await read(packed, encoding, 1e6, size)).equals(lines)).toBe(true);
    expect((await read(pack[encoding](Buffer.alloc(0)), encoding)).length).toBe(0);
  });

  it('that is cut anywhere is said to be cut short, never taken for whole', async () => {
    for (let length = 1; length < packed.length; length += 997) {
      await expect(read(packed.subarray(0, length), encoding)).rejects.toThrow(/body cannot be read: it is cut short/);
    }
    await expect(read(packed.subarray(0, -1), encoding)).rejects.toThrow(BodyUnreadable);
  });

  it('of just the limit is taken, one byte more is too large, and so is a bomb', async () => {
    expect((await read(packed, encoding, lines.length)).length).toBe(lines.length);
    await expect(read(packed, encoding, lines.length - 1)).rejects.toThrow(BodyTooLarge);
    const bomb = pack[encoding](Buffer.alloc(50_000_000));
    await expect(read(bomb, encoding, 100_000)).rejects.toThrow('more than 100000 bytes');
  });

  it('of any other bytes is refused, or read, and never hangs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.uint8Array({ maxLength: 30 }),
        async (at, flip, tail) => {
          const damaged = Buffer.concat([packed, tail]);
          damaged[at]! ^= flip;
          for (const bytes of [damaged, Buffer.from(tail)]) {
            await read(bytes, encoding).catch((error: unknown) => {
              if (!(error instanceof BodyUnreadable) && !(error instanceof BodyTooLarge)) throw error;
            });
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('bodies of several parts', () => {
  it.each(['gzip', 'zstd'] as const)('of %s are one, wherever the chunks end', async (encoding) => {
    const members = [lines, Buffer.from('<13>second\n'), Buffer.alloc(0), Buffer.from('<13>last')].map(pack[encoding]);
    const whole = Buffer.concat(members);
    for (const size of [1, members[0]!.length, 50, 1e6]) {
      const content = await read(whole, encoding, 1e6, size);
      expect(content.subarray(lines.length).toString()).toBe('<13>second\n<13>last');
    }
    await expect(read(whole, encoding, lines.length + 5)).rejects.toThrow(BodyTooLarge);
  });

  it('of zstd may have skippable frames between them', async () => {
    const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
    const whole = Buffer.concat([skippable, pack.zstd(lines), skippable]);
    expect((await read(whole, 'zstd', 1e6, 5)).equals(lines)).toBe(true);
    await expect(read(whole.subarray(0, -1), 'zstd')).rejects.toThrow('cut short');
  });
});

it('a zstd body of nothing but empty blocks, or frames, is refused', async () => {
  const frame = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  await expect(read(Buffer.concat([frame, Buffer.alloc(600_000)]), 'zstd', 1e6, 65_536)).rejects.toThrow('blocks');
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]);
  const many = Buffer.concat(Array<Buffer>(110_000).fill(skippable));
  await expect(read(many, 'zstd', 1e6, 65_536)).rejects.toThrow('blocks');
});

describe('a body without an encoding', () => {
  it('that begins like a compressed file is taken for one', async () => {
    for (const encoding of ['gzip', 'zstd'] as const)
      expect((await read(pack[encoding](lines), 'identity', 1e6, 1)).equals(lines)).toBe(true);
  });

  it('is read as it is, up to the limit', async () => {
    for (const text of ['', 'a', '<13>abc', '\x1f\x8b']) {
      expect((await read(Buffer.from(text, 'latin1'), 'identity')).toString('latin1')).toBe(text);
    }
    expect((await read(lines, 'identity', lines.length)).length).toBe(lines.length);
    await expect(read(lines, 'identity', lines.length - 1)).rejects.toThrow(BodyTooLarge);
  });
});
