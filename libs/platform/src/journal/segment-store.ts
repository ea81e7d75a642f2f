/** The segment files of a journal: numbered, appended to at the newest, removed from the oldest on. */
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Span } from './section.js';

const fdatasyncAsync = promisify(fdatasync);

/** The form of the entries is part of the name. */
const NAME = /^(\d{10})\.v1\.journal$/;

export interface Segment {
  readonly number: number;
  readonly path: string;
  readonly fd: number;
  size: number;
  /** Monotonic clock, ms: when this process opened or made it. */
  readonly openedAtMs: number;
  /** Frames that begin here and are not stored downstream. */
  unstored: number;
  /** Monotonic clock, ms: when the last of its frames was stored, or the segment was opened. */
  lastStoredAtMs: number;
  /** Giving records of it up would free too little: it holds hardly any that may go. */
  isLean: boolean;
}

export class SegmentStore {
  readonly #directory: string;
  readonly #segments = new Map<number, Segment>();
  #active: Segment | null = null;
  readonly #unsynced = new Set<Segment>();
  /** Nothing in them is needed once what was written last is on the disk. */
  readonly #leaving = new Set<Segment>();
  #bytes = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens what is there. */
  static open(directory: string, nowMs: number): SegmentStore {
    const store = new SegmentStore(directory);
    const names = readdirSync(directory).filter((name) => NAME.test(name));
    for (const name of names.sort())
      store.#add(Number(NAME.exec(name)![1]), openSync(join(directory, name), 'r+'), nowMs);
    return store;
  }

  #add(number: number, fd: number, nowMs: number): Segment {
    const path = this.#path(number);
    const segment: Segment = {
      number,
      path,
      fd,
      size: fstatSync(fd).size,
      openedAtMs: nowMs,
      unstored: 0,
      lastStoredAtMs: nowMs,
      isLean: false,
    };
    this.#segments.set(number, segment);
    this.#active = segment;
    this.#bytes += segment.size;
    return segment;
  }

  #path(number: number): string {
    return join(this.#directory, `${String(number).padStart(10, '0')}.v1.journal`);
  }

  /** The newest, which is appended to. */
  get active(): Segment {
    if (!this.#active) throw new Error('the journal has no segment');
    return this.#active;
  }

  /** Oldest first. */
  get all(): Segment[] {
    return [...this.#segments.values()];
  }

  get count(): number {
    return this.#segments.size;
  }

  /** Bytes of all segments, less those that go at the next sync. */
  get totalBytes(): number {
    return this.#bytes;
  }

  get(number: number): Segment | undefined {
    return this.#segments.get(number);
  }

  /** Begins a new segment. */
  create(nowMs: number): Segment {
    const number = (this.#active?.number ?? 0) + 1;
    const segment = this.#add(number, openSync(this.#path(number), 'wx+'), nowMs);
    this.syncDirectory();
    return segment;
  }

  syncDirectory(): void {
    const fd = openSync(this.#directory, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  /** Writes an entry behind the active segment's last; a write that failed half way is written over by the next. */
  append(entry: Buffer, bytes: number): void {
    const segment = this.active;
    this.#unsynced.add(segment);
    for (let done = 0; done < bytes;) done += writeSync(segment.fd, entry, done, bytes - done, segment.size + done);
    segment.size += bytes;
    this.#bytes += bytes;
  }

  /** Fills `target` at `at` with a stretch of a segment; throws where it is not there. */
  read(span: Span, target: Buffer, at: number): void {
    const segment = this.#segments.get(span.segment);
    if (!segment) throw new Error(`journal segment ${span.segment} is gone`);
    for (let done = 0; done < span.length;) {
      const read = readSync(segment.fd, target, at + done, span.length - done, span.offset + done);
      if (read === 0) throw new Error(`journal segment ${span.segment} ends before ${span.offset + span.length}`);
      done += read;
    }
  }

  readWhole(segment: Segment): Buffer {
    return readFileSync(segment.path);
  }

  truncate(segment: Segment, size: number): void {
    ftruncateSync(segment.fd, size);
    this.#bytes -= segment.size - size;
    segment.size = size;
    this.#unsynced.add(segment);
  }

  /** Throws the system's error, and keeps the segment, where the disk does not let it go. */
  remove(segment: Segment): void {
    rmSync(segment.path, { force: true });
    this.#segments.delete(segment.number);
    this.#unsynced.delete(segment);
    if (!this.#leaving.delete(segment)) this.#bytes -= segment.size;
    closeSync(segment.fd);
  }

  /** Removes a segment as soon as all that is written now is on the disk. */
  leave(segment: Segment): void {
    if (this.#leaving.has(segment)) return;
    this.#leaving.add(segment);
    this.#bytes -= segment.size;
  }

  isLeaving(segment: Segment): boolean {
    return this.#leaving.has(segment);
  }

  /** A frame that begins in a segment and is not stored downstream came (1) or went (-1). */
  hold(segmentNumber: number, change: 1 | -1, nowMs: number): void {
    const segment = this.#segments.get(segmentNumber);
    if (!segment) return;
    segment.unstored += change;
    segment.lastStoredAtMs = nowMs;
  }

  /** Brings what was appended so far to the disk, in this turn. */
  syncNow(): void {
    for (const segment of [...this.#unsynced].sort((a, b) => a.number - b.number)) {
      fdatasyncSync(segment.fd);
      this.#unsynced.delete(segment);
    }
    for (const segment of [...this.#leaving]) this.remove(segment);
  }

  /** Brings what was appended so far to the disk, oldest segment first. */
  async sync(): Promise<void> {
    const leaving = [...this.#leaving];
    for (const segment of [...this.#unsynced].sort((a, b) => a.number - b.number)) {
      this.#unsynced.delete(segment);
      try {
        await fdatasyncAsync(segment.fd);
      } catch (error) {
        // Removed and closed meanwhile: nothing left to bring to the disk.
        if ((error as NodeJS.ErrnoException).code === 'EBADF' && !this.#segments.has(segment.number)) continue;
        this.#unsynced.add(segment);
        throw error;
      }
    }
    for (const segment of leaving) if (this.#leaving.has(segment)) this.remove(segment);
  }

  close(): void {
    for (const segment of this.#segments.values()) {
      try {
        if (this.#unsynced.has(segment)) fsyncSync(segment.fd);
      } catch {
        // The last sync said so, and what is not on the disk now will not be.
      }
      closeSync(segment.fd);
    }
    this.#segments.clear();
    this.#unsynced.clear();
    this.#leaving.clear();
  }
}
