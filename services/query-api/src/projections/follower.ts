/**
 * Follows one stream into Postgres. While one batch is being written the next is gathered. Nothing is locked: the
 * transaction that adds rows ends with the move of the position, and who comes second rolls back and stands by.
 */
import type { Bus, StreamMessage } from '@opmas/platform';
import { OrderedReader, StreamPutBack } from '@opmas/platform';
import type { Pool, PoolClient } from 'pg';
import type { Checkpoint } from '../domain/checkpoints.js';
import { withCheckpoint } from '../domain/checkpoints.js';
import type { Signals } from '../signals.js';
import type { Batch, Position, Projection } from './projection.js';
import type { Move } from './position-store.js';
import { advanceStatement, isOvertaken, loadPosition, movedPosition } from './position-store.js';
import { disagreement, messageName } from './stream-agreement.js';

export interface FollowerOptions {
  bus: Bus;
  pool: Pool;
  signals: Signals;
  /** Rows after which a batch is closed. */
  maxRows: number;
  /** A rival's position that has not moved for this long, with messages waiting, is taken over. */
  takeOverMs: number;
}

const MESSAGES_A_READ = 256;
const FIRST_WAIT_MS = 500;
const NEXT_WAIT_MS = 3;
const TICK_WAIT_MS = 50;
const MAX_GATHER_MS = 200;
/** A batch of ticks alone moves the position this often. */
const IDLE_MOVE_MS = 1000;
const STANDBY_POLL_MS = 250;
const RETRY_MS = 500;
const RECENT_KEPT = 600;
/** After a refused value so many batches hold one message each. */
const MESSAGES_SINGLY = 300;

type Role = 'starting' | 'active' | 'standby';

interface Gathered {
  batch: Batch;
  last: StreamMessage;
  messages: number;
}

/** Raised inside the follower when a stream no longer agrees with the position. */
class Disagreed extends Error {}

/** A batch holds a value that Postgres refuses. */
class DataRefused extends Error {}

/** SQLSTATE class 22 (data exception): trying again gives the same. */
function isDataError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('22');
}

export class Follower {
  readonly projection: Projection;
  readonly #options: FollowerOptions;
  #position: Position | null = null;
  /** Positions committed by this process lately, finer than the checkpoints. */
  #recent: Checkpoint[] = [];
  #pending = 0;
  #role: Role = 'starting';
  #timeMs: number | null = null;
  #reconnected = false;
  #writing = false;
  #singly = 0;
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();
  #waiting = new Set<() => void>();

  constructor(projection: Projection, options: FollowerOptions) {
    this.projection = projection;
    this.#options = options;
  }

  start(): void {
    const stopListening = this.#options.bus.onReconnect(() => (this.#reconnected = true));
    this.#loop = this.#run().finally(stopListening);
  }

  /** Ends after the batch that is being written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  /** `timeMs` is the server's time stamp of the last message that was written, null before the first. */
  info(): { sequence: number; pending: number; role: Role; timeMs: number | null } {
    return { sequence: this.#position?.sequence ?? 0, pending: this.#pending, role: this.#role, timeMs: this.#timeMs };
  }

  /** True once the projection (here or in another replica) has reached a sequence; false when `timeoutMs` passed first. */
  async reached(sequence: number, timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while ((this.#position?.sequence ?? 0) < sequence) {
      const left = deadline - performance.now();
      if (left <= 0 || this.#stopped) return false;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
    return true;
  }

  #setPosition(position: Position): void {
    this.#position = position;
    for (const wake of [...this.#waiting]) wake();
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#follow(await this.#agreedPosition());
      } catch (error) {
        if (this.#stopped) return;
        if (isOvertaken(error)) await this.#standBy();
        else if (error instanceof StreamPutBack || error instanceof Disagreed) this.#reconnected = true;
        else await this.#failed(error);
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#options.signals.projectionFailed(this.projection.name, error);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }

  /** The stored position, put back first where the stream does not hold it any more. */
  async #agreedPosition(): Promise<Position> {
    const { bus, pool, signals } = this.#options;
    const { name, stream } = this.projection;
    this.#reconnected = false;
    const position = await loadPosition(pool, name, stream);
    const target = await disagreement(bus, stream, [...position.checkpoints, position, ...this.#recent]);
    if (target === null) {
      this.#setPosition(position);
      return position;
    }
    signals.streamPutBack(name, position, target);
    this.#recent = this.#recent.filter((recent) => recent.sequence <= target.sequence);
    const move: Move = {
      to: target,
      numbers: position.numbers,
      checkpoints: position.checkpoints.filter((checkpoint) => checkpoint.sequence <= target.sequence),
      rows: 0,
      lost: 0,
    };
    await this.#transaction(async (client) => {
      await client.query(advanceStatement(name, position, move));
      return this.projection.undo(client, target.sequence);
    });
    this.#setPosition(movedPosition(position, move));
    return this.#agreedPosition();
  }

  /** Reads on from a position until something goes wrong. */
  async #follow(start: Position): Promise<void> {
    const { bus, signals } = this.#options;
    const reader = new OrderedReader(bus, {
      stream: this.projection.stream,
      startSequence: start.sequence + 1,
      batch: MESSAGES_A_READ,
    });
    let numbers = start.numbers;
    let writing: Promise<void> = Promise.resolve();
    try {
      while (!this.#stopped) {
        const gathered = await this.#gather(reader, numbers);
        await writing;
        if (this.#reconnected) throw new Disagreed();
        this.#pending = reader.info().pending;
        if (gathered === null) continue;
        numbers = gathered.batch.numbers;
        if (gathered.batch.lost > 0) await this.#confirmLoss(gathered.batch.lost);
        this.#writing = true;
        writing = this.#write(gathered).finally(() => (this.#writing = false));
        writing.catch(() => undefined);
      }
      await writing;
    } finally {
      await Promise.allSettled([writing, reader.close()]);
      signals.projectionPaused(this.projection.name);
    }
  }

  /** Messages until enough, or until none waits and nothing is being written. */
  async #gather(reader: OrderedReader, numbers: Position['numbers']): Promise<Gathered | null> {
    const batch = this.projection.open(numbers);
    const atOnce = this.#singly > 0 ? 1 : MESSAGES_A_READ;
    let last: StreamMessage | undefined;
    let messages = 0;
    let began = 0;
    while (!this.#stopped && !this.#reconnected && batch.rows < this.#options.maxRows) {
      const waitMs = !last ? FIRST_WAIT_MS : batch.rows === 0 ? TICK_WAIT_MS : NEXT_WAIT_MS;
      const read = await reader.next(atOnce, waitMs);
      if (read.length > 0) {
        if (!last) began = performance.now();
        for (const message of read) batch.add(message);
        messages += read.length;
        last = read.at(-1);
        if (this.#singly > 0) break;
        continue;
      }
      if (!last) return null;
      const elapsed = performance.now() - began;
      if (this.#writing ? elapsed > MAX_GATHER_MS : batch.rows > 0 || elapsed > IDLE_MOVE_MS) break;
    }
    return last ? { batch, last, messages } : null;
  }

  /** A gap in the numbers is a loss only where the stream still holds all that was read before it. */
  async #confirmLoss(frames: number): Promise<void> {
    const { bus, signals } = this.#options;
    const position = this.#position!;
    const target = await disagreement(bus, this.projection.stream, [
      ...position.checkpoints,
      position,
      ...this.#recent,
    ]);
    if (target !== null) throw new Disagreed();
    signals.framesLost(this.projection.name, frames);
  }

  async #write({ batch, last, messages }: Gathered): Promise<void> {
    const { signals } = this.#options;
    const { name } = this.projection;
    const from = this.#position!;
    const to = { sequence: last.sequence, frameId: messageName(last) };
    const now = Date.now();
    const ring = withCheckpoint(from.checkpoints, to, now);
    const checkpoints = ring === from.checkpoints ? null : ring;
    const move: Move = { to, numbers: batch.numbers, checkpoints, rows: batch.rows, lost: batch.lost };
    const began = performance.now();
    try {
      await this.#transaction(
        async (client) => `${advanceStatement(name, from, move)} ${await batch.write(client)}`,
        (client) => batch.prepare(client),
      );
    } catch (error) {
      if (!isDataError(error)) throw error;
      await this.#refused(error, from, move, messages);
      return;
    }
    this.#singly = Math.max(0, this.#singly - 1);
    this.#moved(from, move, now);
    this.#role = 'active';
    this.#timeMs = last.timeMs;
    signals.batchWritten(name, batch.rows, (performance.now() - began) / 1000, now - last.timeMs);
    batch.committed();
  }

  #moved(from: Position, move: Move, now: number): void {
    this.#setPosition(movedPosition(from, move));
    this.#recent = [...this.#recent.slice(1 - RECENT_KEPT), { ...move.to, atMs: now }];
  }

  /** Postgres refuses a value: write message by message, and pass over the one that it refuses; the stream keeps it. */
  async #refused(error: unknown, from: Position, move: Move, messages: number): Promise<void> {
    if (messages > 1) {
      this.#singly = MESSAGES_SINGLY;
      throw new DataRefused('writing message by message', { cause: error });
    }
    const skip: Move = { ...move, rows: 0 };
    await this.#transaction(() => Promise.resolve(advanceStatement(this.projection.name, from, skip)));
    this.#moved(from, skip, Date.now());
    this.#options.signals.messageRefused(this.projection.name, move.to.sequence, error);
  }

  /** `work` answers the last statements; they and COMMIT reach the server as one message. */
  async #transaction(
    work: (client: PoolClient) => Promise<string>,
    before?: (client: PoolClient) => Promise<void>,
  ): Promise<void> {
    const client = await this.#options.pool.connect();
    let broken: Error | undefined;
    try {
      await before?.(client);
      await client.query('BEGIN');
      await client.query(`${await work(client)} COMMIT`);
    } catch (error) {
      await client.query('ROLLBACK').catch((rollback: unknown) => (broken = rollback as Error));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  /** Another replica writes: watch its position, and take over when it stands still while messages wait. */
  async #standBy(): Promise<void> {
    const { bus, pool, signals, takeOverMs } = this.#options;
    if (this.#role !== 'standby') signals.standingBy(this.projection.name);
    this.#role = 'standby';
    let seen = -1;
    let since = performance.now();
    while (!this.#stopped) {
      const position = await loadPosition(pool, this.projection.name, this.projection.stream);
      this.#setPosition(position);
      if (position.version !== seen) {
        seen = position.version;
        since = performance.now();
      } else if (performance.now() - since > takeOverMs) {
        const { state } = await bus.jsm.streams.info(this.projection.stream);
        this.#pending = Math.max(0, state.last_seq - position.sequence);
        if (state.last_seq !== position.sequence) return;
        since = performance.now();
      }
      await new Promise((resolve) => setTimeout(resolve, STANDBY_POLL_MS));
    }
  }
}
