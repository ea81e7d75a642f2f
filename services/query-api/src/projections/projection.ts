/** What a projection is: batches of messages that become rows, and the way back when a stream was put back. */
import type { StreamPosition } from '@opmas/contracts';
import type { StoredMessage } from '@opmas/platform';
import type { PoolClient } from 'pg';
import type { Checkpoint } from '../domain/checkpoints.js';
import type { FrameNumbers } from '../domain/frame-numbers.js';

/** A row of `projection_positions`. */
export interface Position extends StreamPosition {
  version: number;
  numbers: FrameNumbers;
  checkpoints: readonly Checkpoint[];
}

/** Messages gathered for one transaction. */
export interface Batch {
  /** Rows that the messages so far bring. */
  readonly rows: number;
  /** Frames that are missing before some message of the batch. */
  readonly lost: number;
  /** Numbers after the batch. */
  readonly numbers: FrameNumbers;
  add(message: StoredMessage): void;
  /** Before the transaction: what cannot be in it (partitions). */
  prepare(client: PoolClient): Promise<void>;
  /**
   * Inside the transaction, after the position was read: writes what takes no row lock, and answers the statements that
   * run on the server together with the move of the position and COMMIT.
   */
  write(client: PoolClient): Promise<string>;
  /** After COMMIT. */
  committed(): void;
}

export interface Projection {
  /** Names the position. */
  readonly name: string;
  readonly stream: string;
  open(numbers: FrameNumbers): Batch;
  /** Inside the transaction that moves the position back to `sequence`: drops what was derived beyond it. */
  undo(client: PoolClient, sequence: number): Promise<string>;
}
