/**
 * Files that only take room, so that there is some when the disk is full. One goes when a journal is opened there: its lock
 * and first entry need a little, before it can be drained and shrinks. Another goes when a running journal meets the end of
 * the disk: what was taken from senders until then is still written, and a kill does not take it.
 */
import { randomFillSync } from 'node:crypto';
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNoSpace } from './disk-refusal.js';

const MEBIBYTE = 1024 * 1024;
/** The disk must have so many times the ballast free before it is laid down. */
const FREE_TIMES = 4;

export class Ballast {
  readonly #directory: string;
  readonly #path: string;
  readonly #bytes: number;

  private constructor(directory: string, name: string, bytes: number) {
    this.#directory = directory;
    this.#path = join(directory, name);
    this.#bytes = bytes;
  }

  /** For the start on a full disk. */
  static forStart(directory: string, maxJournalBytes: number): Ballast {
    return new Ballast(directory, 'ballast', Math.min(MEBIBYTE, Math.floor(maxJournalBytes / 64)));
  }

  /** For what is in hand when the disk fills up: a turn's reading. */
  static forLastEntries(directory: string, maxJournalBytes: number): Ballast {
    return new Ballast(directory, 'reserve', Math.min(4 * MEBIBYTE, Math.floor(maxJournalBytes / 32)));
  }

  /** Lays it down where it is missing and the disk has plenty of room; false where it is missing still. */
  keep(): boolean {
    try {
      if (statSync(this.#path, { throwIfNoEntry: false })?.size === this.#bytes) return true;
      const { bavail, bsize } = statfsSync(this.#directory);
      if (bavail * bsize <= this.#bytes * FREE_TIMES) return false;
      // Zeros would take no room on a file system that compresses.
      writeFileSync(this.#path, randomFillSync(Buffer.allocUnsafe(this.#bytes)));
      return true;
    } catch (error) {
      if (isNoSpace(error)) this.release();
      return false;
    }
  }

  /** Gives its room back; false where there was none to give. */
  release(): boolean {
    try {
      const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      rmSync(this.#path, { force: true });
      return size > 0;
    } catch {
      // A disk that refuses this as well: the journal's own writes say so.
      return false;
    }
  }
}
