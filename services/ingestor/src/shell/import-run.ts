/**
 * One import, from its lines to their acknowledgement. Under a key the journal notes, with every slice of lines, how far
 * it came: whoever sends the same body under the same key again, after whatever crash, gets the same answer, and no
 * line is stored twice.
 */
import { isAscii } from 'node:buffer';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Journal } from '@opmas/platform';
import { LINE, MAX_LINE_BYTES } from '../domain/stream-framing.js';
import type { ImportBody, ImportItem } from './import-body.js';
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

/** Under half of what makes the intake write by itself: a slice and its note are one entry, also with the largest line last. */
const SLICE_BYTES = 400 * 1024;
const SLICE_LINES = 2000;

function noted(journal: Journal, noteKey: string | null): Progress | null {
  const text = noteKey === null ? undefined : journal.noted(noteKey);
  return text === undefined ? null : (JSON.parse(text) as Progress);
}

function addItem(intake: Intake, peer: Peer, item: ImportItem): Place {
  if (!Buffer.isBuffer(item)) return intake.text(peer, item.line, item.host);
  const isLong = item.length > MAX_LINE_BYTES;
  return intake.line(
    peer,
    item,
    0,
    isLong ? MAX_LINE_BYTES : item.length,
    isLong ? LINE.truncated : LINE.whole,
    isAscii(item),
  );
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

/** Brings a body into the journal and waits for JetStream. `key` is the sender's, null for none. */
export async function runImport(
  parts: ImportRunParts,
  peer: Peer,
  body: ImportBody,
  key: string | null,
): Promise<ImportOutcome> {
  const { journal, intake, timeoutMs } = parts;
  const deadline = performance.now() + timeoutMs;
  const left = (): number => Math.max(0, deadline - performance.now());
  const noteKey = key === null ? null : `import:${key}`;
  const progress = noted(journal, noteKey) ?? { digest: body.digest, lines: 0, frames: 0, last: [] };
  if (progress.digest !== body.digest) return { kind: 'other body' };
  while (progress.lines < body.items.length) {
    while (!intake.accepts && left() > 0) await delay(50);
    if (!intake.accepts) return { kind: 'not taken', accepted: progress.lines };
    intake.endTurn();
    addSlice(parts, peer, body.items, progress);
    if (noteKey !== null) journal.note(noteKey, JSON.stringify(progress));
    intake.endTurn();
    await nextTurn();
  }
  for (const [shard, ordinal] of progress.last) {
    if (!(await parts.whenStored(shard, ordinal, left())))
      return { kind: 'not acknowledged', accepted: progress.lines };
  }
  return { kind: 'stored', accepted: progress.lines, frames: progress.frames };
}
