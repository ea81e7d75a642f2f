/**
 * One import, from its lines to their acknowledgement. Under a note the journal remembers, with every slice of lines, how
 * far it came: whoever sends the same content under the same note again, after whatever crash, gets the same answer, and
 * no line is stored twice.
 */
import { isAscii } from 'node:buffer';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Journal } from '@opmas/platform';
import { LINE, MAX_LINE_BYTES } from '../domain/stream-framing.js';
import type { ImportContent, ImportItem } from './import-body.js';
import type { Intake, Peer, Place } from './intake.js';

/** How far an import came. */
interface Progress {
  digest: string;
  lines: number;
  frames: number;
  /** Last frame of each shard that holds lines of it. */
  last: [shard: number, ordinal: number][];
}

export type ImportOutcome =
  | { kind: 'stored'; accepted: number; frames: number }
  | { kind: 'other body' }
  | { kind: 'not taken'; accepted: number }
  | { kind: 'not acknowledged'; accepted: number };

export interface ImportRunParts {
  journal: Journal;
  intake: Intake;
  whenStored: (shard: number, ordinal: number, timeoutMs: number) => Promise<boolean>;
  timeoutMs: number;
}

/** Where the journal remembers an import. */
export interface ImportNote {
  key: string;
  /** Whether the note of another content gives way; else that is an outcome of its own. */
  isReused: boolean;
}

/** Under half of what makes the intake write by itself: a slice and its note are one entry, also with the largest line last. */
const SLICE_BYTES = 400 * 1024;
const SLICE_LINES = 2000;

function noted(journal: Journal, note: ImportNote | null, digest: string): Progress | null {
  const text = note === null ? undefined : journal.noted(note.key);
  if (note === null || text === undefined) return null;
  const progress = JSON.parse(text) as Progress;
  return note.isReused && progress.digest !== digest ? null : progress;
}

function addItem(intake: Intake, peer: Peer, item: ImportItem): Place {
  if ('line' in item) return intake.text(peer, item.line, item.host);
  const { bytes, host } = Buffer.isBuffer(item) ? { bytes: item, host: null } : item;
  const isLong = bytes.length > MAX_LINE_BYTES;
  const end = isLong ? MAX_LINE_BYTES : bytes.length;
  const flags = isLong ? LINE.truncated : LINE.whole;
  if (host !== null) return intake.lineOf(peer, host, bytes, 0, end, flags);
  return intake.line(peer, bytes, 0, end, flags, isAscii(bytes));
}

/** Adds the next lines, at most a slice of them. */
function addSlice(parts: ImportRunParts, peer: Peer, items: readonly ImportItem[], progress: Progress): void {
  const { journal, intake } = parts;
  const last = new Map(progress.last);
  for (
    let added = 0;
    progress.lines < items.length && added < SLICE_LINES && journal.pendingBytes < SLICE_BYTES;
    added++
  ) {
    const { shard, ordinal } = addItem(intake, peer, items[progress.lines]!);
    if (last.get(shard) !== ordinal) {
      last.set(shard, ordinal);
      progress.frames++;
    }
    progress.lines++;
  }
  progress.last = [...last];
}

/** Brings a content into the journal and waits for JetStream; `note` is null where nobody will ask for it again. */
export async function runImport(
  parts: ImportRunParts,
  peer: Peer,
  content: ImportContent,
  note: ImportNote | null,
): Promise<ImportOutcome> {
  const { journal, intake, timeoutMs } = parts;
  const deadline = performance.now() + timeoutMs;
  const left = (): number => Math.max(0, deadline - performance.now());
  const { items, digest } = content;
  const progress = noted(journal, note, digest) ?? { digest, lines: 0, frames: 0, last: [] };
  if (progress.digest !== digest) return { kind: 'other body' };
  while (progress.lines < items.length) {
    while (!intake.accepts && left() > 0) await delay(50);
    if (!intake.accepts) return { kind: 'not taken', accepted: progress.lines };
    intake.endTurn();
    addSlice(parts, peer, items, progress);
    if (note !== null) journal.note(note.key, JSON.stringify(progress));
    intake.endTurn();
    await nextTurn();
  }
  for (const [shard, ordinal] of progress.last) {
    if (!(await parts.whenStored(shard, ordinal, left())))
      return { kind: 'not acknowledged', accepted: progress.lines };
  }
  return { kind: 'stored', accepted: progress.lines, frames: progress.frames };
}
