/**
 * Zstandard bodies (RFC 8878), frame by frame. What a frame claims is checked before it is decoded: that it is whole, and
 * that it leaves room. libzstd, as WebAssembly, decodes it and verifies its checksum; Node has its own from 22.15 on only.
 */
import { decompress, isLoaded } from '@foxglove/wasm-zstd';
import { BodyTooLarge, BodyUnreadable } from './body-faults.js';

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAX_BLOCK_BYTES = 128 * 1024;
const RLE_BLOCK = 1;
const COMPRESSED_BLOCK = 2;
const RESERVED_BLOCK = 3;
/** Of blocks and frames together: a body of nothing but empty ones must not keep the process busy. */
const MAX_PIECES = 100_000;
/** The memory of the module ends somewhere; no limit of a body is near. */
const MAX_FRAME_BYTES = 512 * 1024 * 1024;

const unreadable = (detail: string): BodyUnreadable => new BodyUnreadable('zstd', detail);

/** Takes exactly so many bytes off a stream of chunks. */
class ByteSource {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes taken so far. */
  position = 0;
  #pieces = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  countPiece(): void {
    if (++this.#pieces > MAX_PIECES)
      throw unreadable(`it has more than ${MAX_PIECES} blocks: compress it with larger ones`);
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return true;
      this.#rest = next.value;
    }
    return false;
  }

  async take(count: number): Promise<Buffer> {
    if (this.#rest.length < count) {
      const parts = [this.#rest];
      let size = this.#rest.length;
      while (size < count) {
        const next = await this.#chunks.next();
        if (next.done === true) throw unreadable(`it is cut short behind byte ${this.position + size}`);
        parts.push(next.value);
        size += next.value.length;
      }
      this.#rest = Buffer.concat(parts);
    }
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    this.position += count;
    return taken;
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      if (await this.isAtEnd()) throw unreadable(`it is cut short behind byte ${this.position}`);
      const step = Math.min(left, this.#rest.length);
      await this.take(step);
      left -= step;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/** A whole frame, and the most that its blocks can stand for. */
interface Frame {
  bytes: Buffer;
  /** Size of its content where the header says so. */
  contentBytes: number | null;
  mostBytes: number;
}

interface FrameHeader {
  parts: Buffer[];
  contentBytes: number | null;
  hasChecksum: boolean;
}

/** RFC 8878, 3.1.1.1. */
async function readHeader(source: ByteSource, magic: Buffer): Promise<FrameHeader> {
  const descriptor = await source.take(1);
  const flags = descriptor[0]!;
  const isSingleSegment = (flags & 0x20) !== 0;
  const sizeFlag = flags >> 6;
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
  const rest = await source.take(Number(!isSingleSegment) + dictionaryBytes + sizeBytes);
  const size = rest.subarray(rest.length - sizeBytes);
  const dictionary = rest.subarray(rest.length - sizeBytes - dictionaryBytes, rest.length - sizeBytes);
  if (dictionary.some((byte) => byte !== 0)) throw unreadable('it needs a dictionary: compress it without one');
  return {
    parts: [magic, descriptor, rest],
    contentBytes: sizeBytes === 0 ? null : contentSize(size),
    hasChecksum: (flags & 0x04) !== 0,
  };
}

function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}

/** Reads to the frame's end (RFC 8878, 3.1.1.2); `decode` sees what is wrong within a block. */
async function readFrame(source: ByteSource, magic: Buffer, room: Room): Promise<Frame> {
  const { parts, contentBytes, hasChecksum } = await readHeader(source, magic);
  if (contentBytes !== null && contentBytes > room.left) throw new BodyTooLarge(room.max);
  let mostBytes = 0;
  for (let isLast = false; !isLast;) {
    source.countPiece();
    const header = await source.take(3);
    const value = header.readUIntLE(0, 3);
    const type = (value >> 1) & 3;
    const size = value >> 3;
    isLast = (value & 1) === 1;
    if (type === RESERVED_BLOCK || size > MAX_BLOCK_BYTES)
      throw unreadable(`there is no valid block at byte ${source.position - 3}`);
    mostBytes += type === COMPRESSED_BLOCK ? MAX_BLOCK_BYTES : size;
    parts.push(header, await source.take(type === RLE_BLOCK ? 1 : size));
  }
  if (hasChecksum) parts.push(await source.take(4));
  return { bytes: Buffer.concat(parts), contentBytes, mostBytes };
}

interface Room {
  /** What may still come out. */
  left: number;
  max: number;
}

function decode(frame: Frame, position: number, room: Room): Buffer {
  const most = frame.contentBytes ?? frame.mostBytes;
  // One byte more than there is room for: what fills it is too large. Never none, which the module has no memory for.
  const capacity = Math.max(1, Math.min(most, room.left + 1, MAX_FRAME_BYTES));
  let content: Buffer;
  try {
    content = decompress(frame.bytes, capacity);
  } catch {
    if (capacity < most) throw new BodyTooLarge(room.max);
    throw unreadable(`the frame before byte ${position} is corrupt`);
  }
  room.left -= content.length;
  if (room.left < 0) throw new BodyTooLarge(room.max);
  return content;
}

/** The content of any number of frames. Throws `BodyTooLarge` beyond `maxBytes` of it, and `BodyUnreadable`. */
export async function* zstdDecompressed(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  await isLoaded;
  const source = new ByteSource(chunks);
  const room: Room = { left: maxBytes, max: maxBytes };
  try {
    while (!(await source.isAtEnd())) {
      source.countPiece();
      const magic = await source.take(4);
      const number = magic.readUInt32LE();
      if (number === MAGIC) yield decode(await readFrame(source, magic, room), source.position, room);
      else if ((number & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC)
        await source.skip((await source.take(4)).readUInt32LE());
      else throw unreadable(`there is no zstd frame at byte ${source.position - 4}`);
    }
  } finally {
    await source.close();
  }
}
