/** Journals for specs: made on a clock of the spec's, killed by copying what is on disk, removed at the end. */
import { accessSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Journal } from '../journal/journal.js';
import type { JournalOptions } from '../journal/options.js';

/** In memory where the system has such a folder: these specs open thousands of journals, and each one syncs. */
const ROOT = isThere('/dev/shm') ? '/dev/shm' : tmpdir();

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

const directories: string[] = [];
const open = new Set<Journal>();

/** The monotonic clock of every journal that `openJournal` opens. */
export const clock = { nowMs: 0 };

export function freshDirectory(): string {
  const directory = mkdtempSync(join(ROOT, 'opmas-journal-'));
  directories.push(directory);
  return directory;
}

/** Two shards, frames of three records at most, nothing synced or trimmed by itself. */
export function openJournal(directory: string, overrides: Partial<JournalOptions> = {}): Journal {
  const journal = Journal.open({
    directory,
    shardCount: 2,
    maxBytes: 1024 * 1024,
    segmentBytes: 128 * 1024,
    syncIntervalMs: 100_000,
    retainMs: 180_000,
    maxFrameRecords: 3,
    maxFrameBytes: 4096,
    tag: () => 7,
    nowMs: () => clock.nowMs,
    ...overrides,
  });
  open.add(journal);
  return journal;
}

export async function close(journal: Journal): Promise<void> {
  open.delete(journal);
  await journal.close();
}

/** Closes all journals, removes all directories, sets the clock to 0. */
export async function removeJournals(): Promise<void> {
  for (const journal of open) await journal.close();
  open.clear();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  clock.nowMs = 0;
}

/** What a process killed at this moment leaves behind. */
export function killedCopy(directory: string): string {
  const copy = freshDirectory();
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.journal')) copyFileSync(join(directory, name), join(copy, name));
  }
  return copy;
}

/** Adds a record whose `raw` is the value; answers the ordinal of its frame. */
export function add(journal: Journal, shard: number, value: string, recordClock = 1): number {
  const text = `"raw":${JSON.stringify(value)}}\n`;
  return journal.add(shard, text, Buffer.byteLength(text), recordClock);
}

export interface DrainedFrame {
  id: string;
  text: string;
  tag: number;
  kind: string;
}

/** Every frame that waits, taken and acknowledged in order. */
export function drain(journal: Journal, shard = 0): DrainedFrame[] {
  const frames = [];
  for (let frame = journal.take(shard); frame; frame = journal.take(shard)) {
    frames.push({
      id: journal.frameId(frame),
      text: journal.payload(frame).toString(),
      tag: frame.tag,
      kind: frame.kind,
    });
    journal.ack(frame);
  }
  return frames;
}

/** The values of `add` that frames hold, in order. */
export const valuesOf = (frames: readonly { text: string }[]): string[] =>
  frames.flatMap(({ text }) =>
    [...text.matchAll(/"raw":("(?:[^"\\]|\\.)*")/g)].map((match) => JSON.parse(match[1]!) as string),
  );

export const segmentFiles = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.journal'))
    .sort()
    .map((name) => join(directory, name));
