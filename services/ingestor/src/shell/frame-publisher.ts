/**
 * From the journal to JetStream: one loop a shard, one frame in flight a subject. After a start, after every reconnect
 * and whenever the subject holds something else than was thought, its last number is read, and the journal goes on after
 * it. What waits meanwhile is gathered into larger frames.
 */
import { HEADERS, NDJSON } from '@opmas/contracts';
import { FencedOut, traceparentOf } from '@opmas/platform';
import type { Journal, JournalFrame, StoredMessage } from '@opmas/platform';
import { tickPeriodMs } from '../domain/ticking.js';
import type { Signals } from '../signals.js';

/** What the publisher needs of a subject that it writes alone; a `FencedSubject` is one. */
export interface WrittenSubject {
  readonly last: StoredMessage | null;
  reload(): Promise<StoredMessage | null>;
  publish(id: string, headers: Record<string, string>, data: Uint8Array): Promise<number>;
}

/** What the publisher needs to know of the stream's room; a `RawRoom` tells it. */
export interface PublishRoom {
  /** False while frames must wait in the journal. */
  readonly isOpen: boolean;
  onOpen: () => void;
  look(): void;
  begin(payloadBytes: number): void;
  end(payloadBytes: number, sequence: number | null): void;
}

export interface FramePublisherParts {
  journal: Journal;
  room: PublishRoom;
  shardCount: number;
  openSubject: (shard: number) => Promise<WrittenSubject>;
  subjectName: (shard: number) => string;
  /** Calls after every reconnect; answers a function that ends it. */
  onReconnect: (listener: () => void) => () => void;
  isDown: () => boolean;
  build: string;
  frameMs: number;
  nowMs: () => number;
  lastReceivedMs: () => number | null;
  signals: Signals;
}

const RETRY_MS = 500;
/** A loop may wait for a server that does not answer; what it waits for is in the journal. */
const STOP_LIMIT_MS = 2000;
const TICK_CHECK_MS = 100;

interface ShardState {
  wake: (() => void) | null;
  /** Reconnects seen when the subject was last read. */
  generation: number;
  lastFrameMs: number;
  waiters: { ordinal: number; stored: () => void }[];
}

export class FramePublisher {
  readonly #parts: FramePublisherParts;
  readonly #shards: ShardState[];
  #generation = 0;
  #mayPublish = false;
  #stopped = false;
  #running: Promise<unknown> = Promise.resolve();
  #ticking: NodeJS.Timeout | null = null;
  #stopListening: (() => void) | null = null;
  readonly #failing = new Set<number>();

  constructor(parts: FramePublisherParts) {
    this.#parts = parts;
    this.#shards = Array.from({ length: parts.journal.shardCount }, () => ({
      wake: null,
      generation: -1,
      lastFrameMs: -Infinity,
      waiters: [],
    }));
  }

  start(): void {
    const { journal, room, onReconnect } = this.#parts;
    journal.onWork = (shard) => this.#wake(shard);
    room.onOpen = () => this.#shards.forEach((_, shard) => this.#wake(shard));
    room.look();
    this.#stopListening = onReconnect(() => {
      this.#generation++;
      room.look();
      this.#shards.forEach((_, shard) => this.#wake(shard));
    });
    this.#ticking = setInterval(() => this.#tick(), TICK_CHECK_MS);
    this.#running = Promise.all(this.#shards.map((_, shard) => this.#run(shard)));
  }

  /** Lets frames out: the rule set is there. */
  release(): void {
    this.#mayPublish = true;
    this.#shards.forEach((_, shard) => this.#wake(shard));
  }

  /** Resolves once the frame of this ordinal, and all before it, are stored downstream; false when `timeoutMs` passed first. */
  whenStored(shard: number, ordinal: number, timeoutMs: number): Promise<boolean> {
    if (this.#parts.journal.isStored(shard, ordinal)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const { waiters } = this.#shards[shard]!;
      const waiter = { ordinal, stored: () => done(true) };
      const timer = setTimeout(() => done(false), timeoutMs);
      const done = (isStored: boolean): void => {
        clearTimeout(timer);
        const at = waiters.indexOf(waiter);
        if (at >= 0) waiters.splice(at, 1);
        resolve(isStored);
      };
      waiters.push(waiter);
    });
  }

  /** Publishes what is left for at most `drainMs`, then stops. */
  async stop(drainMs: number): Promise<void> {
    if (this.#ticking) clearInterval(this.#ticking);
    const { journal, nowMs } = this.#parts;
    const deadline = nowMs() + drainMs;
    const isEmpty = (): boolean => this.#shards.every((_, shard) => journal.isIdle(shard));
    this.#shards.forEach((_, shard) => journal.cut(shard, 'frame'));
    while (!isEmpty() && this.#mayPublish && nowMs() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    this.#parts.signals.drained(isEmpty());
    this.#stopped = true;
    this.#stopListening?.();
    this.#shards.forEach((_, shard) => this.#wake(shard));
    await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref())]);
  }

  #wake(shard: number): void {
    this.#shards[shard]!.wake?.();
  }

  /** Until something happens to the shard, or the time has passed. */
  #sleep(shard: number, ms: number | null): Promise<void> {
    const state = this.#shards[shard]!;
    return new Promise((resolve) => {
      const timer = ms === null ? null : setTimeout(done, ms);
      state.wake = done;
      function done(): void {
        if (timer) clearTimeout(timer);
        state.wake = null;
        resolve();
      }
    });
  }

  async #run(shard: number): Promise<void> {
    let subject: WrittenSubject | null = null;
    while (!this.#stopped) {
      try {
        const generation = this.#generation;
        if (subject) await subject.reload();
        else subject = await this.#parts.openSubject(shard);
        this.#reconcile(shard, subject);
        this.#shards[shard]!.generation = generation;
        this.#works(shard);
        await this.#publishWhileAlone(shard, subject);
      } catch (error) {
        this.#fails(shard, error);
        if (!this.#stopped) await this.#sleep(shard, RETRY_MS);
      }
    }
  }

  #works(shard: number): void {
    if (this.#failing.delete(shard) && this.#failing.size === 0) this.#parts.signals.publishing(true);
  }

  #fails(shard: number, error: unknown): void {
    if (this.#failing.has(shard)) return;
    this.#failing.add(shard);
    this.#parts.signals.unavailable(shard, error);
    this.#parts.signals.publishing(false, `frames wait in the journal: ${(error as Error).message}`);
  }

  #reconcile(shard: number, subject: WrittenSubject): void {
    const lastNumber = Number(subject.last?.header(HEADERS.number) ?? 0);
    const { revived, rebasedBy, missing, acked } = this.#parts.journal.reconcile(shard, lastNumber);
    this.#parts.signals.reconciled(shard, { revived: revived.length, rebasedBy, missing, lastNumber });
    for (const frame of acked) this.#parts.signals.published(frame.kind, frame.count);
    this.#stored(shard);
  }

  /** Publishes frame after frame; ends where the subject must be read again, throws where there is no acknowledgement. */
  async #publishWhileAlone(shard: number, subject: WrittenSubject): Promise<void> {
    const state = this.#shards[shard]!;
    while (!this.#stopped && state.generation === this.#generation) {
      const frame = this.#nextFrame(shard);
      if (typeof frame === 'object') {
        try {
          await this.#publish(shard, subject, frame);
        } catch (error) {
          if (!(error instanceof FencedOut)) throw error;
          this.#parts.signals.fencedOut(shard);
          return;
        }
        this.#parts.journal.ack(frame);
        this.#parts.signals.published(frame.kind, frame.count);
        this.#works(shard);
        this.#stored(shard);
      } else {
        await this.#sleep(shard, frame === 'idle' ? null : frame);
      }
    }
  }

  async #publish(shard: number, subject: WrittenSubject, frame: JournalFrame): Promise<void> {
    const { room, subjectName } = this.#parts;
    const payload = this.#payload(frame);
    let sequence: number | null = null;
    room.begin(payload.length);
    try {
      sequence = await subject.publish(`${subjectName(shard)}:${frame.number}`, this.#headers(frame), payload);
    } finally {
      room.end(payload.length, sequence);
    }
  }

  /** The next frame, written to the journal; or how many ms to wait for it, or `idle` until something happens. */
  #nextFrame(shard: number): JournalFrame | number | 'idle' {
    const { journal, room, nowMs, frameMs } = this.#parts;
    if (!this.#mayPublish || !room.isOpen) return 'idle';
    if (journal.waiting(shard) === 0) {
      const gathering = journal.gathering(shard);
      if (!gathering) return 'idle';
      const ageMs = nowMs() - gathering.openedAtMs;
      if (ageMs < frameMs) return Math.max(1, frameMs - ageMs);
      journal.cut(shard, 'frame');
    }
    if (!journal.isWritten) journal.flush();
    const frame = journal.take(shard);
    // Frames that the disk has not taken wait until it does; those before them go out, and make room.
    if (!frame) return RETRY_MS;
    this.#shards[shard]!.lastFrameMs = nowMs();
    return frame;
  }

  #headers(frame: JournalFrame): Record<string, string> {
    const frameId = this.#parts.journal.frameId(frame);
    return {
      [HEADERS.contentType]: NDJSON,
      [HEADERS.frameId]: frameId,
      [HEADERS.number]: String(frame.number),
      [HEADERS.count]: String(frame.count),
      [HEADERS.kind]: frame.kind,
      [HEADERS.config]: String(frame.tag),
      [HEADERS.build]: this.#parts.build,
      [HEADERS.traceparent]: traceparentOf(frameId),
    };
  }

  #payload(frame: JournalFrame): Uint8Array {
    try {
      return this.#parts.journal.payload(frame);
    } catch (error) {
      // The disk lost it after the journal was opened. Its number must still be used, or nothing behind it goes out.
      this.#parts.signals.unreadableFrame(this.#parts.journal.frameId(frame), frame.count, error);
      return new Uint8Array(0);
    }
  }

  #stored(shard: number): void {
    const { waiters } = this.#shards[shard]!;
    if (waiters.length === 0) return;
    for (const waiter of [...waiters]) if (this.#parts.journal.isStored(shard, waiter.ordinal)) waiter.stored();
  }

  /** Ticks for the shards that got no frame for a while and have none on its way. */
  #tick(): void {
    const { journal, room, nowMs, shardCount, isDown } = this.#parts;
    if (!this.#mayPublish || !room.isOpen || isDown() || journal.pressure === 'failed') return;
    const now = nowMs();
    const periodMs = tickPeriodMs(now, this.#parts.lastReceivedMs());
    for (let shard = 0; shard < shardCount; shard++) {
      const state = this.#shards[shard]!;
      if (state.generation < 0 || now - state.lastFrameMs < periodMs || !journal.isIdle(shard)) continue;
      state.lastFrameMs = now;
      journal.cut(shard, 'tick');
    }
    if (!journal.isWritten) journal.flush();
  }
}
