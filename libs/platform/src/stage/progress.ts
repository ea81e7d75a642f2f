/**
 * How far a shard has come, per ingestor: the number of its last frame that is done, and for a frame that was cut into
 * parts, the number before it plus a fraction for the part. Sequences of a stream can be used again after a power cut;
 * these numbers cannot.
 */
import type { FramePart, IngestorNumbers } from '@opmas/contracts';

/** Ingestor → progress. */
export type Progress = IngestorNumbers;

const RECORDS_A_FRAME = 1e6;

/** The progress that a frame, or a part of it, stands for. */
export function progressOf(frameNumber: number, part: FramePart | null): number {
  if (part === null || part.last >= part.count - 1) return frameNumber;
  return frameNumber - 1 + (part.last + 1) / RECORDS_A_FRAME;
}

export function isDone(progress: Progress, ingestor: string, value: number): boolean {
  return (progress[ingestor] ?? 0) >= value;
}

/** True where `ahead` has everything that `behind` has. */
export function covers(ahead: Progress, behind: Progress): boolean {
  return Object.entries(behind).every(([ingestor, value]) => isDone(ahead, ingestor, value));
}

/** Frames that were never seen between the progress so far and a frame; 0 for an ingestor seen for the first time. */
export function missedFrames(progress: Progress, ingestor: string, frameNumber: number): number {
  const before = progress[ingestor];
  return before === undefined ? 0 : Math.max(0, frameNumber - Math.ceil(before) - 1);
}
