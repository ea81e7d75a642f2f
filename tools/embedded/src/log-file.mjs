/**
 * A process's log file. The process writes to it directly (append mode), so that it can still write when its supervisor
 * is gone; the file is cut by copy and truncate, which may lose the lines of that instant.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname } from 'node:path';

const KEPT = 3;
const TAIL_BYTES = 16 * 1024;

export class LogFile {
  #path;
  #maxBytes;

  /**
   * @param {string} path
   * @param {{ maxBytes?: number }} [options] the size at which the file is moved to `.1`; 10 MiB
   */
  constructor(path, options = {}) {
    this.#path = path;
    this.#maxBytes = options.maxBytes ?? 10 * 1024 * 1024;
  }

  get path() {
    return this.#path;
  }

  /** A descriptor in append mode, to hand to a child; the caller closes its own copy. */
  open() {
    mkdirSync(dirname(this.#path), { recursive: true });
    return openSync(this.#path, 'a', 0o640);
  }

  /** Bytes written so far to the present file. */
  get size() {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Moves the file on to `.1`, `.2`, `.3` once it is too large. */
  rotate() {
    if (this.size < this.#maxBytes) return;
    for (let n = KEPT - 1; n >= 1; n -= 1) {
      if (existsSync(`${this.#path}.${n}`)) renameSync(`${this.#path}.${n}`, `${this.#path}.${n + 1}`);
    }
    copyFileSync(this.#path, `${this.#path}.1`);
    truncateSync(this.#path, 0);
  }

  /**
   * Whole lines from a byte offset on.
   * @param {number} [from]
   * @param {number} [maxBytes] so much of the end; 16 KiB
   * @returns {string[]}
   */
  linesSince(from = 0, maxBytes = TAIL_BYTES) {
    if (!existsSync(this.#path)) return [];
    const descriptor = openSync(this.#path, 'r');
    try {
      const size = fstatSync(descriptor).size;
      const begin = Math.max(from <= size ? from : 0, size - maxBytes);
      const bytes = Buffer.alloc(size - begin);
      readSync(descriptor, bytes, 0, bytes.length, begin);
      return bytes.toString('utf8').split('\n').filter(Boolean);
    } finally {
      closeSync(descriptor);
    }
  }

  /**
   * The last lines, JSON records shortened to what a person reads.
   * @param {number} [count]
   * @param {number} [from] byte offset before which nothing is read
   */
  tail(count = 6, from = 0) {
    return this.linesSince(from).slice(-count).map(readable);
  }
}

/**
 * A pino record as `level message (cause)`; any other line as it is.
 * @param {string} line
 */
export function readable(line) {
  try {
    const record = JSON.parse(line);
    if (typeof record !== 'object' || record === null || typeof record.msg !== 'string') return line;
    const cause = record.err?.message ?? record.reason;
    const detail = cause && cause !== record.msg ? ` (${cause})` : '';
    return `${record.level ?? ''} ${record.msg}${detail}`.trim();
  } catch {
    return line;
  }
}
