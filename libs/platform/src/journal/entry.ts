/**
 * One entry of a journal segment: magic, length and CRC-32 of a payload. An entry is what one turn of the event loop
 * appended; it is whole on disk, or it is not there.
 */
import { crc32 } from 'node:zlib';

/** `OPJE`, little endian: what a scan looks for after damage. */
const ENTRY_MAGIC = 0x454a504f;
const MAGIC_BYTES = Buffer.from('OPJE', 'latin1');

/** magic, payload length, CRC-32 of the payload; each 32 bits, little endian. */
export const ENTRY_HEADER_BYTES = 12;

/** No entry's payload is larger; a length beyond it is damage. */
export const MAX_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** Writes the header of an entry whose payload stands at `ENTRY_HEADER_BYTES`; answers with the entry's whole size in bytes. */
export function sealEntry(buffer: Buffer, payloadBytes: number): number {
  const end = ENTRY_HEADER_BYTES + payloadBytes;
  buffer.writeUInt32LE(ENTRY_MAGIC, 0);
  buffer.writeUInt32LE(payloadBytes, 4);
  buffer.writeUInt32LE(crc32(buffer.subarray(ENTRY_HEADER_BYTES, end)), 8);
  return end;
}

/** End of the whole and undamaged entry at `offset`, or null where there is none. */
function entryEnd(segment: Buffer, offset: number): number | null {
  const payloadStart = offset + ENTRY_HEADER_BYTES;
  if (payloadStart > segment.length || segment.readUInt32LE(offset) !== ENTRY_MAGIC) return null;
  const length = segment.readUInt32LE(offset + 4);
  const end = payloadStart + length;
  if (length === 0 || length > MAX_PAYLOAD_BYTES || end > segment.length) return null;
  return crc32(segment.subarray(payloadStart, end)) === segment.readUInt32LE(offset + 8) ? end : null;
}

function nextEntry(segment: Buffer, from: number): number | null {
  for (let at = segment.indexOf(MAGIC_BYTES, from); at >= 0; at = segment.indexOf(MAGIC_BYTES, at + 1)) {
    if (entryEnd(segment, at) !== null) return at;
  }
  return null;
}

/** What a scan of a segment's bytes found. */
export interface SegmentScan {
  /** Byte ranges of the payloads, in order. */
  payloads: { start: number; end: number }[];
  /** Where the last whole entry ends: a torn tail begins here. */
  end: number;
  /** Bytes between whole entries that are no entry. */
  damagedBytes: number;
}

/** Finds every whole entry from `start` on; what lies between two of them is damage, what follows the last is a torn tail. */
export function scanEntries(segment: Buffer, start: number): SegmentScan {
  const scan: SegmentScan = { payloads: [], end: start, damagedBytes: 0 };
  let at = start;
  while (at < segment.length) {
    const end = entryEnd(segment, at);
    if (end === null) {
      const next = nextEntry(segment, at + 1);
      if (next === null) break;
      scan.damagedBytes += next - at;
      at = next;
    } else {
      scan.payloads.push({ start: at + ENTRY_HEADER_BYTES, end });
      at = end;
      scan.end = end;
    }
  }
  return scan;
}
