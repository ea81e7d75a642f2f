/** A request's body, decompressed as it arrives; never more than a limit of it, so that no bomb fills the memory. */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createInflate } from 'node:zlib';
import { MAGIC_BYTES, encodingByMagic } from '../domain/content-encoding.js';
import type { ContentEncoding } from '../domain/content-encoding.js';
import { BodyTooLarge, BodyUnreadable } from './body-faults.js';
import { zstdDecompressed } from './zstd-body.js';

/** Compressed bodies of just the limit may be a little larger than their content. */
const OVERHEAD_BYTES = 64 * 1024;

/** Chunks of a request; who stops reading can still answer. */
export function requestChunks(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

/** Tells of each chunk how many bytes it has. */
export async function* counted(chunks: AsyncIterable<Buffer>, add: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    add(chunk.length);
    yield chunk;
  }
}

/**
 * The content of a body. A body that comes as `identity` and begins like a gzip or zstd file is taken for one. Throws
 * `BodyTooLarge` beyond `maxBytes` of content, `BodyUnreadable`, and what ends the chunks early.
 */
export async function* decompressed(
  chunks: AsyncIterable<Buffer>,
  encoding: ContentEncoding,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const source = atMost(chunks, maxBytes + (encoding === 'identity' ? 0 : OVERHEAD_BYTES), maxBytes);
  if (encoding !== 'identity') {
    yield* decoded(source, encoding, maxBytes);
    return;
  }
  const { start, rest } = await peeked(source);
  yield* decoded(rest, encodingByMagic(start), maxBytes);
}

function decoded(source: AsyncIterable<Buffer>, encoding: ContentEncoding, maxBytes: number): AsyncIterable<Buffer> {
  if (encoding === 'identity') return source;
  if (encoding === 'zstd') return zstdDecompressed(source, maxBytes);
  return atMost(inflated(source, encoding), maxBytes, maxBytes);
}

async function* atMost(chunks: AsyncIterable<Buffer>, limit: number, named: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > limit) throw new BodyTooLarge(named);
    yield chunk;
  }
}

/** The first bytes of a stream, and the stream with them. */
async function peeked(source: AsyncGenerator<Buffer>): Promise<{ start: Buffer; rest: AsyncIterable<Buffer> }> {
  let start: Buffer = Buffer.alloc(0);
  while (start.length < MAGIC_BYTES) {
    const next = await source.next();
    if (next.done === true) break;
    start = start.length === 0 ? next.value : Buffer.concat([start, next.value]);
  }
  async function* whole(): AsyncGenerator<Buffer> {
    if (start.length > 0) yield start;
    yield* source;
  }
  return { start, rest: whole() };
}

/** gzip of any number of members, or zlib's format. */
async function* inflated(source: AsyncIterable<Buffer>, encoding: 'gzip' | 'deflate'): AsyncGenerator<Buffer> {
  const inflate = encoding === 'gzip' ? createGunzip() : createInflate();
  const fed = pipeline(Readable.from(source, { objectMode: false }), inflate);
  // Whatever ends the feeding ends the reading below.
  fed.catch(() => undefined);
  try {
    for await (const chunk of inflate) yield chunk as Buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('Z_') !== true) throw error;
    throw new BodyUnreadable(encoding, code === 'Z_BUF_ERROR' ? 'it is cut short' : `it is corrupt (${message})`);
  } finally {
    inflate.destroy();
  }
}
