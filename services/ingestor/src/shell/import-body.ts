/** Reads the content of an import as it arrives: lines of text or JSON records, unreadable ones by their number. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { importRecord, parseImportLine } from '../domain/import-body.js';
import type { ImportFormat, ImportLine, ParsedImportLine } from '../domain/import-body.js';
import type { OtlpLine } from '../domain/otlp-line.js';

/** A line as it came; one that a record brought as text; or one with the host that its record names. */
export type ImportItem = Buffer | ImportLine | Pick<OtlpLine, 'bytes' | 'host'>;

export interface UnreadableLine {
  /** From 1; of an array the element. */
  line: number;
  detail: string;
}

/** What an import brings into the journal. */
export interface ImportContent {
  items: ImportItem[];
  /** SHA-256 of the content's bytes, decompressed; hexadecimal. */
  digest: string;
}

export interface ImportBody extends ImportContent {
  unreadable: UnreadableLine[];
  unreadableCount: number;
}

const LF = 0x0a;
const CR = 0x0d;
const MAX_NAMED = 100;
/** Editors put it at the beginning of a file; it belongs to no line. */
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

class BodyReader {
  readonly body: ImportBody = { items: [], unreadable: [], unreadableCount: 0, digest: '' };
  readonly #format: ImportFormat;
  #number = 0;

  constructor(format: ImportFormat) {
    this.#format = format;
  }

  line(bytes: Buffer): void {
    this.#number++;
    const isMarked = this.#number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
    const line = bytes.subarray(isMarked ? 3 : 0, bytes.at(-1) === CR ? -1 : undefined);
    if (line.length === 0) return;
    if (this.#format === 'plain') this.body.items.push(line);
    else if (!isUtf8(line)) this.#unreadable('no UTF-8');
    else this.#record(parseImportLine(line.toString('utf8')));
  }

  /** A whole JSON text: an array of records, or one. */
  json(bytes: Buffer): void {
    const content = bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
    let value: unknown;
    try {
      if (!isUtf8(content)) throw new Error('no UTF-8');
      value = JSON.parse(content.toString('utf8'));
    } catch (error) {
      this.#number = 1;
      this.#unreadable(`expected an array of JSON objects: ${(error as Error).message}`);
      return;
    }
    for (const element of Array.isArray(value) ? value : [value]) {
      this.#number++;
      this.#record(importRecord(element));
    }
  }

  #record(parsed: ParsedImportLine): void {
    if (parsed.ok) this.body.items.push(parsed.value);
    else this.#unreadable(parsed.reason);
  }

  #unreadable(detail: string): void {
    if (++this.body.unreadableCount <= MAX_NAMED) this.body.unreadable.push({ line: this.#number, detail });
  }
}

/** Reads to the end; passes on whatever ends the chunks early. */
export async function readImportBody(chunks: AsyncIterable<Buffer>, format: ImportFormat): Promise<ImportBody> {
  const reader = new BodyReader(format);
  const hash = createHash('sha256');
  let unfinished: Buffer[] = [];
  for await (const chunk of chunks) {
    hash.update(chunk);
    let from = 0;
    for (let lf = lineEnd(chunk, from, format); lf >= 0; lf = lineEnd(chunk, from, format)) {
      const piece = chunk.subarray(from, lf);
      reader.line(unfinished.length > 0 ? Buffer.concat([...unfinished, piece]) : piece);
      unfinished = [];
      from = lf + 1;
    }
    if (from < chunk.length) unfinished.push(chunk.subarray(from));
  }
  const last = Buffer.concat(unfinished);
  if (format === 'json') reader.json(last);
  else if (last.length > 0) reader.line(last);
  reader.body.digest = hash.digest('hex');
  return reader.body;
}

const lineEnd = (chunk: Buffer, from: number, format: ImportFormat): number =>
  format === 'json' ? -1 : chunk.indexOf(LF, from);
