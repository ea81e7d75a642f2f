/** Positions that a projection has passed, so that it finds its way back when a stream was put back. */
import type { StreamPosition } from '@opmas/contracts';

/** A position and when it was noted, ms on the process's clock. */
export interface Checkpoint extends StreamPosition {
  atMs: number;
}

export const CHECKPOINT_EVERY_MS = 5000;
export const CHECKPOINTS_KEPT = 120;

/** The ring with a new position, where the newest is old enough; else the ring itself. Oldest first. */
export function withCheckpoint(
  ring: readonly Checkpoint[],
  position: StreamPosition,
  nowMs: number,
): readonly Checkpoint[] {
  const newest = ring.at(-1);
  if (newest && nowMs - newest.atMs < CHECKPOINT_EVERY_MS && nowMs >= newest.atMs) return ring;
  return [...ring.slice(1 - CHECKPOINTS_KEPT), { ...position, atMs: nowMs }];
}

/** How a noted position and the stream compare; `trimmed`: the stream's limits discarded it. */
export type Agreement = 'agrees' | 'trimmed' | 'disagrees';

/**
 * Where to go back to: null when every position agrees, else the newest one before the first that disagrees (a stream
 * that was put back keeps its beginning); sequence 0, the stream's start, where none does.
 */
export function resumeAt(
  positions: readonly { position: StreamPosition; agreement: Agreement }[],
): StreamPosition | null {
  const sorted = [...positions].sort((a, b) => a.position.sequence - b.position.sequence);
  const wrong = sorted.findIndex(({ agreement }) => agreement === 'disagrees');
  if (wrong < 0) return null;
  for (let i = wrong - 1; i >= 0; i--) {
    const { position } = sorted[i]!;
    if (position.sequence < sorted[wrong]!.position.sequence) {
      return { sequence: position.sequence, frameId: position.frameId };
    }
  }
  return { sequence: 0, frameId: '' };
}
