/** FILE or standard input as log lines. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CommandError, EXIT, reasonOf } from '../exit.js';
import { byteLines } from './byte-lines.js';

/** `lines`: each line is a log line. A number: that column (from 1) of tab-separated values. `auto`: see `openLines`. */
export type InputFormat = 'auto' | 'lines' | number;

/** Reads `auto`, `lines` or `tsv:3`; throws a CommandError for anything else. */
export function parseFormat(text: string): InputFormat {
  if (text === 'auto' || text === 'lines') return text;
  const match = /^tsv:([1-9]\d{0,2})$/.exec(text);
  if (match) return Number(match[1]);
  throw new CommandError(`--format ${text}: expected auto, lines or tsv:N (N = column, from 1)`, EXIT.usage);
}

export interface LineSource {
  name: string;
  /** Bytes in all; null where the end is unknown (a pipe). */
  totalBytes: number | null;
  /** Bytes read so far. */
  readBytes: () => number;
  /** Batches of lines; empty lines are passed over. Throws a CommandError that names the input. */
  batches: () => AsyncGenerator<Buffer[]>;
}

/**
 * Opens `path`, or standard input for `-` and for no path. With `auto`, an input whose first line is a tab-separated
 * header with a column called `line` is read by that column, anything else line by line.
 */
export async function openLines(path: string | undefined, format: InputFormat): Promise<LineSource> {
  const isStdin = path === undefined || path === '-';
  const name = isStdin ? 'standard input' : path;
  if (isStdin && process.stdin.isTTY) {
    process.stderr.write('opmas: reading lines from the terminal, end with Ctrl-D\n');
  }
  let totalBytes: number | null = null;
  if (!isStdin) totalBytes = await sizeOf(path);
  let read = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    const stream = isStdin ? process.stdin : createReadStream(path, { highWaterMark: 256 * 1024 });
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      read += bytes.length;
      yield bytes;
    }
  }
  async function* batches(): AsyncGenerator<Buffer[]> {
    try {
      yield* pickColumn(byteLines(counted()), format);
    } catch (error) {
      if (error instanceof CommandError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
      throw new CommandError(`cannot read ${name}: ${reasonOf(error)}`, EXIT.usage, { cause: error });
    }
  }
  return { name, totalBytes, readBytes: () => read, batches };
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new CommandError(`cannot read ${path}: it is a directory`, EXIT.usage);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`cannot read ${path}: ${reasonOf(error)}`, EXIT.usage, { cause: error });
  }
}

async function* pickColumn(batches: AsyncGenerator<Buffer[]>, format: InputFormat): AsyncGenerator<Buffer[]> {
  let column = typeof format === 'number' ? format - 1 : null;
  let isFirst = format === 'auto' || column !== null;
  for await (const batch of batches) {
    let lines = batch;
    if (isFirst && lines[0]) {
      isFirst = false;
      const header = lines[0].toString('latin1').split('\t');
      const named = header.indexOf('line');
      if (named >= 0 && header.length > 1) {
        column ??= named;
        lines = lines.slice(1);
      }
    }
    const picked = column;
    if (picked !== null) lines = lines.map((line) => cellOf(line, picked));
    lines = lines.filter((line) => line.length > 0);
    if (lines.length > 0) yield lines;
  }
}

const TAB = 0x09;

/** The cell of a column; empty where the row is shorter. */
function cellOf(row: Buffer, column: number): Buffer {
  let start = 0;
  for (let skipped = 0; skipped < column; skipped++) {
    const tab = row.indexOf(TAB, start);
    if (tab < 0) return Buffer.alloc(0);
    start = tab + 1;
  }
  const end = row.indexOf(TAB, start);
  return row.subarray(start, end < 0 ? row.length : end);
}
