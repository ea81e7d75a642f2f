/**
 * A file that only takes room. A journal that filled its disk and is opened again needs a little of it for its lock and
 * its first entry, before it can be drained and shrinks: then the ballast goes.
 */
import { rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MAX_BYTES = 1024 * 1024;
/** Part of the journal's bound. */
const SHARE = 64;
/** The disk must have so many times the ballast free before it is laid down. */
const FREE_TIMES = 8;

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT']);

/** True where an error says that the disk, or the user's part of it, is full. */
export function isNoSpace(error: unknown): boolean {
  return NO_SPACE.has((error as NodeJS.ErrnoException).code ?? '');
}

export class Ballast {
  readonly #directory: string;
  readonly #path: string;
  readonly #bytes: number;

  constructor(directory: string, maxJournalBytes: number) {
    this.#directory = directory;
    this.#path = join(directory, 'ballast');
    this.#bytes = Math.min(MAX_BYTES, Math.floor(maxJournalBytes / SHARE));
  }

  /** Lays it down where it is missing and the disk has plenty of room. */
  keep(): void {
    try {
      if (statSync(this.#path, { throwIfNoEntry: false })?.size === this.#bytes) return;
      const { bavail, bsize } = statfsSync(this.#directory);
      if (bavail * bsize > this.#bytes * FREE_TIMES) writeFileSync(this.#path, Buffer.alloc(this.#bytes));
    } catch {
      // A disk that refuses: the journal's own writes say so.
    }
  }

  /** Gives its room back; false where there was none to give. */
  release(): boolean {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    rmSync(this.#path, { force: true });
    return size > 0;
  }
}
