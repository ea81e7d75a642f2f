/**
 * What a stage of the pipeline is, without any I/O: a fold over the frames of one shard. Everything here is pure, so
 * that `domain/` may use it, and so that the same fold runs live, in a replay, in a test and in the command line.
 */
import type { ConfigFact, FramePart, IngestorNumbers } from '@opmas/contracts';

/** Where a frame stands, and what it brings along. */
export interface FrameMeta {
  shard: number;
  /** Sequence in its stream; 0 outside a stream (command line, tests). */
  sequence: number;
  /** `<ingestor>-<shard>-<number>`. */
  frameId: string;
  ingestor: string;
  number: number;
  kind: 'frame' | 'tick';
  part: FramePart | null;
  /** The shard's clock at this frame, ms since the epoch; never goes back. */
  clockMs: number;
  /** OPMAS_CONFIG up to and including this sequence has been applied before the frame is processed. */
  configSequence: number;
  ingestors: IngestorNumbers;
  lane: string | null;
}

/** A frame as a fold gets it: NDJSON lines, not yet parsed, so that a fold may pass over a line by its first fields. */
export interface InputFrame {
  meta: FrameMeta;
  lines: readonly string[];
}

/** What a fold publishes for one input frame: JSON texts, one a record. The shell adds headers and cuts what is too big. */
export interface OutputFrame {
  subject: string;
  kind: 'frame' | 'tick';
  records: string[];
}

/** A record that could not be processed; its neighbours were. */
export interface DeadLetter {
  /** Index of the line in the input frame. */
  index: number;
  reason: string;
  line: string;
}

export interface FoldResult {
  outputs: OutputFrame[];
  deadLetters: DeadLetter[];
  /** Items that this frame shows for the first time; written to OPMAS_CONFIG with expected sequence 0 before any output. */
  discovered: ConfigFact[];
}

/**
 * A stage: `(state, frame) → (state, outputs)`. `process` may change `state` in place; it must depend on nothing but its
 * arguments, and must not throw for any content of a frame.
 */
export interface ShardFold<State> {
  /** Names leases, snapshots and metrics: `parser`, `agents`. */
  stage: string;
  /** Changes whenever the snapshot's form does; a snapshot of another version is passed over. */
  snapshotVersion: string;
  initialState(shard: number): State;
  /** Called for every fact of OPMAS_CONFIG, in order, before the first frame that it rules. */
  applyConfig(state: State, fact: ConfigFact, sequence: number): void;
  process(state: State, frame: InputFrame): FoldResult;
  /** The state as texts, each well under a message's size. */
  snapshot(state: State): Iterable<string>;
  /** The inverse of `snapshot`; throws where the texts are not of this version. */
  restore(shard: number, chunks: Iterable<string>): State;
}
