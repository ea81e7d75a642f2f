/**
 * An append-only, bounded, checksummed journal of records on disk, and the frames that are cut from it. Records are
 * gathered per shard; a frame's content is settled in the journal before anybody sees it, so that a process that was
 * killed publishes the same frames under the same numbers again. Everything is written in the turn of the event loop
 * that calls `flush`; the disk is synced by interval, or within `flush`.
 */
import { mkdirSync, statfsSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { Ballast } from './ballast.js';
import { diskRefusal, isNoSpace, isSameRefusal } from './disk-refusal.js';
import { EntryStage } from './entry-stage.js';
import type { FrameLane, JournalFrame, Reconciled } from './frame-lane.js';
import { ID_OVERHEAD_BYTES, stampIds } from './frame-text.js';
import { JournalLock } from './lock.js';
import { pressureAt } from './options.js';
import type { JournalOptions, JournalPressure } from './options.js';
import { recover } from './recovery.js';
import type { RecoveryReport } from './recovery.js';
import { readSections } from './section.js';
import type { Checkpoint, FrameKind, Span } from './section.js';
import { SegmentStore } from './segment-store.js';
import { Shedder } from './shedding.js';
import type { Expendable, ShedCounts } from './shedding.js';

const MIN_SEGMENT_AGE_MS = 60_000;
const SEGMENTS_AT_LEAST = 8;
/** Frames of a shard that are reserved to be handed out by one small write. */
const RESERVED_AT_ONCE = 16;
const NAME_LENGTH = 8;
const NAME_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

function newName(): string {
  return Array.from({ length: NAME_LENGTH }, () => NAME_ALPHABET.charAt(randomInt(NAME_ALPHABET.length))).join('');
}

export class Journal {
  /** Made with the journal, kept in it: 8 characters of a-z and 0-9. */
  readonly name: string;
  readonly recovery: RecoveryReport;
  /** Called when a frame was cut, or the first record of one was added. */
  onWork: (shard: number) => void = () => undefined;
  onPressure: (pressure: JournalPressure, detail: string) => void = () => undefined;
  readonly #options: JournalOptions;
  readonly #lock: JournalLock;
  readonly #store: SegmentStore;
  readonly #ballast: Ballast;
  readonly #reserve: Ballast;
  readonly #lanes: FrameLane[];
  readonly #notes: Map<string, string>;
  readonly #stage: EntryStage;
  readonly #shedder: Shedder;
  #clock: number;
  #pressure: JournalPressure = 'open';
  #pressureDetail = '';
  #isSyncFailing = false;
  /** The disk was full: nothing is taken before there is room for a reserve again. */
  #isReserveSpent = false;
  #syncing: Promise<void> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];
  #closed = false;

  private constructor(options: JournalOptions, lock: JournalLock, ballast: Ballast) {
    this.#options = options;
    this.#lock = lock;
    this.#ballast = ballast;
    this.#reserve = Ballast.forLastEntries(options.directory, options.maxBytes);
    this.#store = SegmentStore.open(options.directory, options.nowMs());
    const state = recover(this.#store, options.shardCount);
    this.name = state.name ?? newName();
    this.recovery = state.report;
    this.#lanes = state.lanes;
    this.#notes = state.notes;
    this.#clock = state.clock;
    this.#stage = new EntryStage({
      store: this.#store,
      lanes: this.#lanes,
      segmentBytes: Math.min(options.segmentBytes, options.maxBytes / SEGMENTS_AT_LEAST),
      segmentAgeMs: Math.max(options.retainMs, MIN_SEGMENT_AGE_MS),
      checkpoint: () => this.#standing(),
      clock: () => this.#clock,
      nowMs: options.nowMs,
    });
    this.#shedder = new Shedder({
      store: this.#store,
      lanes: this.#lanes,
      stage: this.#stage,
      textOf: (frame) => this.#text(frame),
      cutOpen: (lane) => this.#cutOpen(lane, options.tag()),
    });
    try {
      this.#begin(state.isReservationKnown);
    } catch (error) {
      this.#store.close();
      throw error;
    }
  }

  /** Ends the frames that an earlier process gathered, and shows that the disk can be written. */
  #begin(isReservationKnown: boolean): void {
    const { nowMs } = this.#options;
    if (this.#store.count === 0) this.#store.create(nowMs());
    this.#stage.begin();
    for (const lane of this.#lanes) {
      for (const frame of lane.frames) this.#store.hold(frame.firstSegment, 1, nowMs());
      if (lane.open) {
        this.#store.hold(lane.open.spans[0]!.segment, 1, nowMs());
        this.#cutOpen(lane, lane.tag);
      }
      lane.markRecovered(isReservationKnown);
    }
    this.#stage.write();
    if (this.#options.syncIntervalMs === 0) this.#store.syncNow();
    this.#ballast.keep();
    this.#isReserveSpent = !this.#reserve.keep();
    if (this.#isReserveSpent) this.#setPressure('failed', 'the disk is full: hardly any space is left on it');
    else this.#weigh();
  }

  /**
   * Locks and opens the journal of a directory, making both where they are not there. Throws `JournalLocked` where
   * another process has it, and the system's error where the directory cannot be used.
   */
  static open(options: JournalOptions): Journal {
    mkdirSync(options.directory, { recursive: true });
    const ballast = Ballast.forStart(options.directory, options.maxBytes);
    try {
      return Journal.#openLocked(options, ballast);
    } catch (error) {
      if (!isNoSpace(error) || !ballast.release()) throw error;
      return Journal.#openLocked(options, ballast);
    }
  }

  static #openLocked(options: JournalOptions, ballast: Ballast): Journal {
    const lock = JournalLock.acquire(options.directory);
    try {
      const journal = new Journal(options, lock, ballast);
      journal.#startTimers();
      return journal;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** The largest clock that records were added with, in this life or an earlier one. */
  get clock(): number {
    return this.#clock;
  }

  get pressure(): JournalPressure {
    return this.#pressure;
  }

  /** How full the journal is, or how the disk refuses. */
  get pressureDetail(): string {
    return this.#pressureDetail;
  }

  get shardCount(): number {
    return this.#lanes.length;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#store.totalBytes;
  }

  /** Bytes that are free on the journal's disk for this process; 0 where the disk does not tell. */
  get diskFreeBytes(): number {
    try {
      const { bavail, bsize } = statfsSync(this.#options.directory);
      return bavail * bsize;
    } catch {
      return 0;
    }
  }

  /** Bytes of records that are not stored downstream. */
  get unpublishedBytes(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.unpublishedBytes, 0);
  }

  /** Bytes of records that are staged in this turn. */
  get pendingBytes(): number {
    return this.#stage.pendingBytes;
  }

  /**
   * Stages a record: the rest of a JSON object after its id, ended by `}` and LF, and its size in UTF-8. `clock` never
   * goes back. Answers with the ordinal of its frame. Nothing is on disk before `flush`.
   */
  add(shard: number, text: string, bytes: number, clock: number): number {
    const lane = this.#lanes[shard]!;
    const size = bytes + ID_OVERHEAD_BYTES;
    if (lane.open && lane.gatheredBytes(ID_OVERHEAD_BYTES) + size > this.#options.maxFrameBytes) {
      this.#cutOpen(lane, this.#options.tag());
    }
    const open = lane.open ?? lane.openFrame(this.#options.nowMs());
    this.#stage.add(lane, text, bytes);
    if (clock > this.#clock) this.#clock = clock;
    if (open.count + lane.pendingCount >= this.#options.maxFrameRecords) this.#cutOpen(lane, this.#options.tag());
    else if (open.count + lane.pendingCount === 1) this.onWork(shard);
    return open.ordinal;
  }

  /** Ends the frame that a shard gathers, or makes a tick where it gathers none. Call `flush` before it is published. */
  cut(shard: number, kind: FrameKind): void {
    const lane = this.#lanes[shard]!;
    if (lane.open) this.#cutOpen(lane, this.#options.tag());
    else if (kind === 'tick') {
      this.#stage.tick(lane, this.#options.tag());
      this.onWork(shard);
    }
  }

  /** Keeps a small fact under a key, durable together with the records that were staged in this turn. */
  note(key: string, value: string): void {
    this.#stage.note(key, value);
    this.#notes.delete(key);
    this.#notes.set(key, value);
    const surplus = this.#notes.size - (this.#options.maxNotes ?? 10_000);
    for (const oldest of [...this.#notes.keys()].slice(0, Math.max(0, surplus))) this.#notes.delete(oldest);
  }

  noted(key: string): string | undefined {
    return this.#notes.get(key);
  }

  /** Writes what is staged. False where the disk refuses: it stays staged, and the pressure is `failed`. */
  flush(): boolean {
    try {
      this.#write();
    } catch (error) {
      this.#failed(error);
      return false;
    }
    if (this.#isReserveSpent) this.#isReserveSpent = !this.#reserve.keep();
    this.#accepted();
    return true;
  }

  #write(): void {
    try {
      this.#stage.write();
    } catch (error) {
      if (!isNoSpace(error) || !this.#reserve.release()) throw error;
      this.#isReserveSpent = true;
      this.#failed(error);
      this.#stage.write();
    }
    if (this.#options.syncIntervalMs === 0) this.#store.syncNow();
  }

  /**
   * Gives up the oldest records that may go, as far as nobody has seen them, so that there is room for newer ones. What is
   * given up is told to `account` before it is written: a note that is made there is durable together with the loss.
   * Answers the number of records, 0 where nothing can be had now. Everything staged is written as well.
   */
  makeRoom(expendable: Expendable, account: (lost: ShedCounts) => void): number {
    if (!this.flush()) return 0;
    const lost = this.#shedder.shed(expendable);
    if (lost) account(lost);
    this.flush();
    if (!lost) return 0;
    void this.sync();
    return [...lost.values()].reduce((sum, count) => sum + count, 0);
  }

  /** True where every staged record and cut is written. */
  get isWritten(): boolean {
    return this.#stage.isEmpty;
  }

  /** What a shard gathers: number of records, and since when; null where it gathers none. */
  gathering(shard: number): { count: number; openedAtMs: number } | null {
    const lane = this.#lanes[shard]!;
    return lane.open ? { count: lane.open.count + lane.pendingCount, openedAtMs: lane.open.openedAtMs } : null;
  }

  /**
   * The first frame of a shard that is not stored downstream, where it is written. From then on its number and content
   * stand for good.
   */
  take(shard: number): JournalFrame | null {
    const lane = this.#lanes[shard]!;
    const frame = lane.take();
    if (frame && frame.ordinal > lane.reservedOrdinal) {
      this.#stage.reserve(lane, frame.ordinal + RESERVED_AT_ONCE - 1);
      this.flush();
    }
    return frame;
  }

  isIdle(shard: number): boolean {
    return this.#lanes[shard]!.isIdle;
  }

  /** Frames of a shard that wait to be stored downstream, the open one not among them. */
  waiting(shard: number): number {
    return this.#lanes[shard]!.waiting;
  }

  /** The payload of a frame: NDJSON, each record with its id. Throws where the disk no longer holds it. */
  payload(frame: JournalFrame): Buffer {
    return stampIds(this.#text(frame), frame.count, `${this.frameId(frame)}-`);
  }

  #text(frame: JournalFrame): Buffer {
    const text = Buffer.allocUnsafe(frame.bytes);
    let at = 0;
    for (const span of frame.spans ?? frame.keptSpans ?? this.#spansOf(frame)) {
      this.#store.read(span, text, at);
      at += span.length;
    }
    return text;
  }

  frameId(frame: JournalFrame): string {
    return `${this.name}-${frame.shard}-${frame.number}`;
  }

  /** The frame is stored downstream. */
  ack(frame: JournalFrame): void {
    if (frame.acked) return;
    this.#lanes[frame.shard]!.ack(frame);
    if (frame.acked) this.#store.hold(frame.firstSegment, -1, this.#options.nowMs());
  }

  /** True once the frame of this ordinal, and all before it, are stored downstream. */
  isStored(shard: number, ordinal: number): boolean {
    return this.#lanes[shard]!.isStored(ordinal);
  }

  /**
   * Goes on after the last number that a shard's subject holds (0 for none): passes what is stored, brings back what
   * is no longer, and moves the numbers of frames that nobody saw behind those that the stream already has.
   */
  reconcile(shard: number, lastNumber: number): Reconciled {
    const lane = this.#lanes[shard]!;
    const result = lane.reconcile(lastNumber);
    const now = this.#options.nowMs();
    for (const frame of result.revived) this.#store.hold(frame.firstSegment, 1, now);
    for (const frame of result.acked) this.#store.hold(frame.firstSegment, -1, now);
    if (result.rebasedBy > 0) {
      this.#stage.base(lane);
      this.flush();
    }
    return result;
  }

  /** Removes segments all of whose frames have been stored for long enough; answers with their number. */
  trim(): number {
    let removed = 0;
    for (const segment of this.#store.all) {
      if (this.#store.isLeaving(segment)) continue;
      const isDue = segment.unstored === 0 && this.#options.nowMs() - segment.lastStoredAtMs >= this.#options.retainMs;
      if (!isDue || segment === this.#store.active || this.#store.active.size === 0) break;
      try {
        this.#store.remove(segment);
      } catch {
        // A read-only disk: it goes when the disk is writable again.
        break;
      }
      for (const lane of this.#lanes) lane.forget(segment.number);
      removed++;
    }
    if (removed > 0 && this.#pressure !== 'failed') this.#weigh();
    return removed;
  }

  /** Brings everything written so far to the disk. */
  sync(): Promise<void> {
    const run = async (): Promise<void> => {
      try {
        await this.#store.sync();
        if (this.#isSyncFailing) {
          this.#isSyncFailing = false;
          if (this.isWritten) this.#accepted();
        }
      } catch (error) {
        this.#isSyncFailing = true;
        this.#failed(error);
      }
    };
    this.#syncing = this.#syncing.then(run);
    return this.#syncing;
  }

  /** Writes, syncs and unlocks. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.flush();
    await this.sync();
    this.#store.close();
    this.#lock.release();
  }

  #startTimers(): void {
    const every = (ms: number, run: () => void): void => {
      const timer = setInterval(run, ms);
      timer.unref();
      this.#timers.push(timer);
    };
    const { syncIntervalMs, retainMs } = this.#options;
    if (syncIntervalMs > 0) every(syncIntervalMs, () => void this.sync());
    every(Math.min(1000, Math.max(50, retainMs / 4)), () => {
      this.trim();
      if (this.#pressure === 'failed') this.flush();
      else {
        this.#ballast.keep();
        this.#reserve.keep();
      }
    });
    every(5000, () => this.#lock.touch());
  }

  #standing(): Checkpoint {
    return {
      name: this.name,
      clock: this.#clock,
      shards: this.#lanes.map(({ nextOrdinal, base, tag, open, reservedOrdinal }) => ({
        nextOrdinal: open ? open.ordinal : nextOrdinal,
        base,
        tag,
        reserved: reservedOrdinal,
      })),
      notes: [...this.#notes],
    };
  }

  #cutOpen(lane: FrameLane, tag: number): void {
    this.#stage.cutOpen(lane, tag);
    this.onWork(lane.shard);
  }

  #spansOf(frame: JournalFrame): Span[] {
    const bytes = Buffer.allocUnsafe(frame.cut.length);
    this.#store.read(frame.cut, bytes, 0);
    for (const section of readSections(bytes)) {
      if (section.kind === 'cut' && section.ordinal === frame.ordinal) return section.spans;
    }
    throw new Error(`the journal no longer holds frame ${this.frameId(frame)}`);
  }

  #accepted(): void {
    if (!this.#isSyncFailing && !this.#isReserveSpent) this.#weigh();
  }

  #failed(error: unknown): void {
    this.#setPressure('failed', diskRefusal(error));
  }

  #weigh(): void {
    const { maxBytes } = this.#options;
    const { totalBytes } = this.#store;
    const share = (totalBytes + this.#stage.pendingBytes) / maxBytes;
    this.#setPressure(pressureAt(share, this.#pressure), `${totalBytes} of ${maxBytes} bytes`);
  }

  #setPressure(pressure: JournalPressure, detail: string): void {
    const isOther =
      pressure !== this.#pressure || (pressure === 'failed' && !isSameRefusal(detail, this.#pressureDetail));
    this.#pressureDetail = detail;
    if (!isOther) return;
    this.#pressure = pressure;
    this.onPressure(pressure, detail);
  }
}
