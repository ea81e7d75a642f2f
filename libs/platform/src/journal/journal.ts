/**
 * An append-only, bounded, checksummed journal of records on disk, and the frames that are cut from it. Records are
 * gathered per shard; a frame's content is settled in the journal before anybody sees it, so that a process that was
 * killed publishes the same frames under the same numbers again. Everything is written in the turn of the event loop
 * that calls `flush`; the disk is synced by interval.
 */
import { mkdirSync } from 'node:fs';
import { randomInt } from 'node:crypto';
import { ENTRY_HEADER_BYTES, sealEntry } from './entry.js';
import type { FrameLane, JournalFrame, Reconciled } from './frame-lane.js';
import { ID_OVERHEAD_BYTES, stampIds } from './frame-text.js';
import { JournalLock } from './lock.js';
import { recover } from './recovery.js';
import type { RecoveryReport } from './recovery.js';
import { SectionWriter, readSections } from './section.js';
import type { FrameKind, Span } from './section.js';
import { SegmentStore } from './segment-store.js';

export interface JournalOptions {
  directory: string;
  shardCount: number;
  /** What all segments together may take on disk. */
  maxBytes: number;
  /** A new segment is begun beyond this size; only whole segments are trimmed. */
  segmentBytes: number;
  /** How often what was written is brought to the disk, ms. */
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
const MIN_SEGMENT_AGE_MS = 60_000;
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
  readonly #lanes: FrameLane[];
  readonly #notes: Map<string, string>;
  readonly #writer = new SectionWriter(ENTRY_HEADER_BYTES);
  readonly #dirty: FrameLane[] = [];
  #pendingBytes = 0;
  #clock: number;
  #pressure: JournalPressure = 'open';
  #failure = '';
  #syncing: Promise<void> = Promise.resolve();
  #timers: NodeJS.Timeout[] = [];
  #closed = false;

  private constructor(options: JournalOptions, lock: JournalLock) {
    this.#options = options;
    this.#lock = lock;
    this.#store = SegmentStore.open(options.directory, options.nowMs());
    const state = recover(this.#store, options.shardCount);
    this.name = state.name ?? newName();
    this.recovery = state.report;
    this.#lanes = state.lanes;
    this.#notes = state.notes;
    this.#clock = state.clock;
    if (this.#store.count === 0) this.#store.create(options.nowMs());
    this.#stage();
    for (const lane of this.#lanes) {
      if (lane.open) this.#cutOpen(lane, lane.tag);
      lane.markRecovered();
      for (const frame of lane.frames) this.#hold(frame.firstSegment, 1);
    }
    if (!this.flush()) throw new Error(`the journal in ${options.directory} cannot be written: ${this.#failure}`);
  }

  /**
   * Locks and opens the journal of a directory, making both where they are not there. Throws `JournalLocked` where
   * another process has it, and the system's error where the directory cannot be used.
   */
  static open(options: JournalOptions): Journal {
    mkdirSync(options.directory, { recursive: true });
    const lock = JournalLock.acquire(options.directory);
    try {
      const journal = new Journal(options, lock);
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

  /** What the disk said last, '' while it accepts. */
  get failure(): string {
    return this.#failure;
  }

  get shardCount(): number {
    return this.#lanes.length;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#store.totalBytes;
  }

  /** Bytes of records that are not stored downstream. */
  get unpublishedBytes(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.unpublishedBytes, 0);
  }

  /** Bytes of records that are staged in this turn. */
  get pendingBytes(): number {
    return this.#pendingBytes;
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
    if (lane.pendingCount === 0) this.#dirty.push(lane);
    lane.pendingText += text;
    lane.pendingCount++;
    lane.pendingBytes += bytes;
    this.#pendingBytes += bytes;
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
      this.#stage();
      this.#write(
        lane,
        { ordinal: lane.nextOrdinal++, kind: 'tick', count: 0, bytes: 0, spans: [] },
        this.#options.tag(),
      );
    }
  }

  /** Keeps a small fact under a key, durable together with the records that were staged in this turn. */
  note(key: string, value: string): void {
    this.#stage();
    this.#writer.note(key, value);
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
    this.#stageRecords();
    if (this.#writer.payloadBytes > 0) {
      try {
        this.#store.append(this.#writer.buffer, sealEntry(this.#writer.buffer, this.#writer.payloadBytes));
        this.#writer.reset();
        this.#pendingBytes = 0;
      } catch (error) {
        this.#failed(error);
        return false;
      }
    }
    this.#failure = '';
    this.#weigh();
    return true;
  }

  /** True where every staged record and cut is written. */
  get isWritten(): boolean {
    return this.#writer.payloadBytes === 0 && this.#dirty.length === 0;
  }

  /** What a shard gathers: number of records, and since when; null where it gathers none. */
  gathering(shard: number): { count: number; openedAtMs: number } | null {
    const lane = this.#lanes[shard]!;
    return lane.open ? { count: lane.open.count + lane.pendingCount, openedAtMs: lane.open.openedAtMs } : null;
  }

  /** The first frame of a shard that is not stored downstream. From then on its number and content stand for good. */
  take(shard: number): JournalFrame | null {
    return this.#lanes[shard]!.take();
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
    const spans = frame.spans ?? frame.keptSpans ?? this.#spansOf(frame);
    const text = Buffer.allocUnsafe(frame.bytes);
    let at = 0;
    for (const span of spans) {
      this.#store.read(span, text, at);
      at += span.length;
    }
    return stampIds(text, frame.count, `${this.frameId(frame)}-`);
  }

  frameId(frame: JournalFrame): string {
    return `${this.name}-${frame.shard}-${frame.number}`;
  }

  /** The frame is stored downstream. */
  ack(frame: JournalFrame): void {
    if (frame.acked) return;
    this.#lanes[frame.shard]!.ack(frame);
    if (frame.acked) this.#hold(frame.firstSegment, -1);
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
    for (const frame of result.revived) this.#hold(frame.firstSegment, 1);
    for (const frame of result.acked) this.#hold(frame.firstSegment, -1);
    if (result.rebasedBy > 0) {
      this.#stage();
      this.#writer.base(shard, lane.unattemptedOrdinal, lane.base);
      this.flush();
    }
    return result;
  }

  /** Removes segments all of whose frames have been stored for long enough; answers with their number. */
  trim(): number {
    let removed = 0;
    for (const segment of this.#store.all) {
      const isDue = segment.unstored === 0 && this.#options.nowMs() - segment.lastStoredAtMs >= this.#options.retainMs;
      if (!isDue || segment === this.#store.active || this.#store.active.size === 0) break;
      this.#store.remove(segment);
      for (const lane of this.#lanes) lane.forget(segment.number);
      removed++;
    }
    if (removed > 0) this.#weigh();
    return removed;
  }

  /** Brings everything written so far to the disk. */
  sync(): Promise<void> {
    const run = async (): Promise<void> => {
      try {
        await this.#store.sync();
      } catch (error) {
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
    every(this.#options.syncIntervalMs, () => void this.sync());
    every(Math.min(1000, Math.max(50, this.#options.retainMs / 4)), () => {
      if (this.#pressure === 'failed') this.flush();
      this.trim();
    });
    every(5000, () => this.#lock.touch());
  }

  /** Makes ready for a section: a new segment where the active one is full, and a checkpoint at its head. */
  #stage(): void {
    if (this.#writer.payloadBytes > 0) return;
    const { active } = this.#store;
    // By age too: a quiet journal's frames would otherwise be held, on disk and in memory, until the segment is full.
    const isOld = this.#options.nowMs() - active.openedAtMs >= Math.max(this.#options.retainMs, MIN_SEGMENT_AGE_MS);
    if (active.size >= this.#options.segmentBytes || (isOld && active.size > 0)) {
      try {
        this.#store.create(this.#options.nowMs());
      } catch (error) {
        // No room for another file: the entry goes to the old segment, or fails there and says so.
        this.#failure = String(error);
      }
    }
    if (this.#store.active.size > 0) return;
    this.#writer.checkpoint({
      name: this.name,
      clock: this.#clock,
      shards: this.#lanes.map(({ nextOrdinal, base, tag, open }) => ({
        nextOrdinal: open ? open.ordinal : nextOrdinal,
        base,
        tag,
      })),
      notes: [...this.#notes],
    });
  }

  #stageRecords(): void {
    for (const lane of this.#dirty) this.#stageLane(lane);
    this.#dirty.length = 0;
  }

  #stageLane(lane: FrameLane): void {
    const { open } = lane;
    if (!open || lane.pendingCount === 0) return;
    this.#stage();
    const written = this.#writer.records({ shard: lane.shard, ordinal: open.ordinal }, this.#clock, {
      count: lane.pendingCount,
      text: lane.pendingText,
      bytes: lane.pendingBytes,
    });
    const { active } = this.#store;
    if (open.spans.length === 0) this.#hold(active.number, 1);
    open.spans.push({ segment: active.number, offset: active.size + written.offset, length: written.length });
    open.count += lane.pendingCount;
    open.bytes += written.length;
    lane.pendingText = '';
    lane.pendingCount = 0;
    lane.pendingBytes = 0;
  }

  #cutOpen(lane: FrameLane, tag: number): void {
    this.#stageLane(lane);
    const open = lane.open!;
    lane.open = null;
    this.#stage();
    this.#write(
      lane,
      { ordinal: open.ordinal, kind: 'frame', count: open.count, bytes: open.bytes, spans: open.spans },
      tag,
    );
  }

  #write(
    lane: FrameLane,
    content: { ordinal: number; kind: FrameKind; count: number; bytes: number; spans: Span[] },
    tag: number,
  ): void {
    const { active } = this.#store;
    const offset = active.size + this.#writer.position;
    this.#writer.cut({ ...content, shard: lane.shard, tag, frameKind: content.kind });
    const cut = { segment: active.number, offset, length: active.size + this.#writer.position - offset };
    const firstSegment = content.spans[0]?.segment ?? active.number;
    if (content.kind === 'tick') this.#hold(firstSegment, 1);
    lane.push({
      ...content,
      shard: lane.shard,
      number: content.ordinal + lane.base,
      tag,
      cut,
      firstSegment,
      acked: false,
    });
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

  #hold(segmentNumber: number, change: 1 | -1): void {
    const segment = this.#store.get(segmentNumber);
    if (!segment) return;
    segment.unstored += change;
    segment.lastStoredAtMs = this.#options.nowMs();
  }

  #failed(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : String(error);
    this.#setPressure('failed', this.#failure);
  }

  #weigh(): void {
    const share = (this.#store.totalBytes + this.#pendingBytes) / this.#options.maxBytes;
    const detail = `${this.#store.totalBytes} of ${this.#options.maxBytes} bytes`;
    if (share >= FULL_SHARE) this.#setPressure('full', detail);
    else if (share >= HIGH_SHARE) this.#setPressure('high', detail);
    else if (this.#pressure === 'failed' || share < LOW_SHARE) this.#setPressure('open', detail);
    else if (this.#pressure === 'full') this.#setPressure('high', detail);
  }

  #setPressure(pressure: JournalPressure, detail: string): void {
    if (pressure === this.#pressure) return;
    this.#pressure = pressure;
    this.onPressure(pressure, detail);
  }
}
