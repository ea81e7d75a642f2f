/** What a journal is opened with, and how it tells its user that it fills. */

export interface JournalOptions {
  directory: string;
  shardCount: number;
  /** What all segments together may take on disk. */
  maxBytes: number;
  /** A new segment is begun beyond this size; only whole segments are trimmed. At most an eighth of `maxBytes` is used. */
  segmentBytes: number;
  /** How often what was written is brought to the disk, ms; 0: within every `flush`. */
  syncIntervalMs: number;
  /** How long frames are kept after they were stored downstream, ms. */
  retainMs: number;
  maxFrameRecords: number;
  /** Size of a frame's payload in bytes; one record alone may be larger. */
  maxFrameBytes: number;
  /** Asked whenever a frame is cut. */
  tag: () => number;
  /** Monotonic clock, ms. */
  nowMs: () => number;
  /** Notes beyond this number go, oldest first. */
  maxNotes?: number;
}

/**
 * `open`: everything is accepted. `high`: nearly full, senders that can wait must. `full`: nothing more is accepted.
 * `failed`: the disk refuses (no space, read-only, broken); what was staged is kept and tried again.
 */
export type JournalPressure = 'open' | 'high' | 'full' | 'failed';

const HIGH_SHARE = 0.85;
const LOW_SHARE = 0.75;
const FULL_SHARE = 0.95;

/** The pressure at a share of `maxBytes`, given the one before: it falls back to `open` only well below `high`. */
export function pressureAt(share: number, before: JournalPressure): JournalPressure {
  if (share >= FULL_SHARE) return 'full';
  if (share >= HIGH_SHARE) return 'high';
  if (share < LOW_SHARE || before === 'failed') return 'open';
  return before === 'full' ? 'high' : before;
}
