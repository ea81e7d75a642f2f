/** Reads the body of an import as it arrives: lines of text or of NDJSON, unreadable ones by their number. */
import { createHash } from 'node:crypto';
import { parseImportLine } from '../domain/import-body.js';
import type { ImportFormat, ImportLine } from '../domain/import-body.js';

/** A line as it came, or one that NDJSON brought as text. */
export type ImportItem = Buffer | ImportLine;

export interface UnreadableLine {
  /** From 1. */
  line: number;
  detail: string;
}

export interface ImportBody {
  items: ImportItem[];
  unreadable: UnreadableLine[];
  unreadableCount: number;
  /** SHA-256 of the body's bytes, hexadecimal. */
  digest: string;
}

/** The body is larger than is allowed. */
export class BodyTooLarge extends Error {
  constructor(maxBytes: number) {
    super(`the body is larger than ${maxBytes} bytes: send it in parts`);
    this.name = 'BodyTooLarge';
  }
}

const LF = 0x0a;
const CR = 0x0d;
const MAX_NAMED = 100;

class BodyReader {
  readonly body: ImportBody = { items: [], unreadable: [], unreadableCount: 0, digest: '' };
  readonly #format: ImportFormat;
  #number = 0;

  constructor(format: ImportFormat) {
    this.#format = format;
  }

  line(bytes: Buffer): void {
    this.#number++;
    const line = bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
    if (line.length === 0) return;
    if (this.#format === 'plain') {
      this.body.items.push(line);
      return;
    }
    const parsed = parseImportLine(line.toString('utf8'));
    if (parsed.ok) this.body.items.push(parsed.value);
    else if (++this.body.unreadableCount <= MAX_NAMED)
      this.body.unreadable.push({ line: this.#number, detail: parsed.reason });
  }
}

/** Reads to the end; throws `BodyTooLarge`, and whatever ends the stream early. */
export async function readImportBody(
  chunks: AsyncIterable<Buffer>,
  format: ImportFormat,
  maxBytes: number,
): Promise<ImportBody> {
  const reader = new BodyReader(format);
  const hash = createHash('sha256');
  let unfinished: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge(maxBytes);
    hash.update(chunk);
    let from = 0;
    for (let lf = chunk.indexOf(LF); lf >= 0; lf = chunk.indexOf(LF, from)) {
      const piece = chunk.subarray(from, lf);
      reader.line(unfinished.length > 0 ? Buffer.concat([...unfinished, piece]) : piece);
      unfinished = [];
      from = lf + 1;
    }
    if (from < chunk.length) unfinished.push(chunk.subarray(from));
  }
  if (unfinished.length > 0) reader.line(Buffer.concat(unfinished));
  reader.body.digest = hash.digest('hex');
  return reader.body;
}
