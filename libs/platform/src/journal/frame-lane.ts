/**
 * The frames of one shard in the journal: which is being gathered, which wait, which are stored downstream. Pure
 * book-keeping. A frame's ordinal is its place in the journal; its number, in its subject, is ordinal plus base. The
 * base is 0 unless the stream turned out to hold more than the journal (whose unsynced end a power cut can take).
 */
import type { FrameKind, Span } from './section.js';

/** A frame that was cut. Once somebody may have seen it, its content stands; its place may still change. */
export interface JournalFrame {
  readonly shard: number;
  readonly ordinal: number;
  /** From 1, without gaps, in the frame's subject. */
  number: number;
  /** A frame that lost all of its records is a tick. */
  kind: FrameKind;
  /** Records in it; 0 for a tick. */
  count: number;
  /** Records that were given up for newer ones. */
  shed: number;
  /** Bytes of the records' text, ids not counted. */
  bytes: number;
  /** What the journal's user had it cut under: a configuration sequence, say. */
  readonly tag: number;
  /** Where the cut itself is written; it repeats the spans. */
  cut: Span;
  /** Where its records are; null once it is cheaper to read them from the cut. */
  spans: Span[] | null;
  /** Where its records are when the cut does not tell: after damage, or where the frame was written anew. */
  keptSpans?: Span[] | null;
  /** The oldest segment that it needs. */
  firstSegment: number;
  /** False while the disk has refused its cut: it is not to be seen before. */
  isWritten: boolean;
  acked: boolean;
}

/** The frame that is being gathered. */
export interface OpenFrame {
  readonly ordinal: number;
  count: number;
  bytes: number;
  readonly spans: Span[];
  /** On the monotonic clock, ms. */
  readonly openedAtMs: number;
}

/** What a look at the subject's last number changed. */
export interface Reconciled {
  /** Stored after all, and not known to be. */
  acked: JournalFrame[];
  /** No longer stored: to be published again. */
  revived: JournalFrame[];
  /** By how much the numbers of frames that were never published moved. */
  rebasedBy: number;
  /** Frames that the stream lost and that the journal no longer holds. */
  missing: number;
}

const KEEP_SPANS_OF = 32;

export class FrameLane {
  readonly shard: number;
  /** Ordinal of the next frame that is opened. */
  nextOrdinal = 1;
  base = 0;
  /** Tag of the last cut. */
  tag = 0;
  open: OpenFrame | null = null;
  /** Records of this turn that are not yet written, and their size. */
  pendingText = '';
  pendingCount = 0;
  pendingBytes = 0;
  #frames: JournalFrame[] = [];
  /** Index of the first frame that is not stored downstream. */
  #next = 0;
  /** The highest number that was ever handed out to be published, by this process or one before. */
  #attempted = 0;
  /** The highest ordinal whose content somebody may have seen. */
  #seenOrdinal = 0;
  /** Up to this ordinal the journal says that frames may have been seen. */
  reservedOrdinal = 0;
  #unackedBytes = 0;

  constructor(shard: number) {
    this.shard = shard;
  }

  /** Bytes of frames that wait for their acknowledgement, the open one's among them. */
  get unpublishedBytes(): number {
    return this.#unackedBytes + (this.open?.bytes ?? 0);
  }

  get waiting(): number {
    return this.#frames.length - this.#next;
  }

  get isIdle(): boolean {
    return this.waiting === 0 && this.open === null;
  }

  get frames(): readonly JournalFrame[] {
    return this.#frames;
  }

  /** Size of the open frame as it will be published, at `overhead` bytes a record for its id. */
  gatheredBytes(overhead: number): number {
    const { open } = this;
    if (!open) return 0;
    return open.bytes + this.pendingBytes + (open.count + this.pendingCount) * overhead;
  }

  openFrame(nowMs: number): OpenFrame {
    this.open ??= { ordinal: this.nextOrdinal++, count: 0, bytes: 0, spans: [], openedAtMs: nowMs };
    return this.open;
  }

  /** Takes a cut frame in; frames come in the order of their ordinals. */
  push(frame: JournalFrame): void {
    this.#frames.push(frame);
    this.#unackedBytes += frame.bytes;
    this.tag = frame.tag;
    if (this.waiting > KEEP_SPANS_OF) frame.spans = null;
  }

  /**
   * All that was recovered counts as handed out: an earlier process may have published it. Its content stands only as
   * far as the journal says (`reservedOrdinal`); all of it where the journal is too old to say.
   */
  markRecovered(isReservationKnown: boolean): void {
    const last = this.#frames.at(-1);
    this.#attempted = Math.max(this.#attempted, last?.number ?? 0, this.base + this.nextOrdinal - 1);
    this.#seenOrdinal = isReservationKnown ? this.reservedOrdinal : this.nextOrdinal - 1;
    this.reservedOrdinal = Math.max(this.reservedOrdinal, this.#seenOrdinal);
  }

  /** The first frame that waits and is written, now counted as handed out. */
  take(): JournalFrame | null {
    const frame = this.#frames[this.#next] ?? null;
    if (!frame?.isWritten) return null;
    this.#attempted = Math.max(this.#attempted, frame.number);
    this.#seenOrdinal = Math.max(this.#seenOrdinal, frame.ordinal);
    return frame;
  }

  /** True where somebody may have seen the frame's content. */
  isSeen(frame: JournalFrame): boolean {
    return frame.ordinal <= this.#seenOrdinal;
  }

  /** Frames whose records or cut are in a segment. */
  framesIn(segment: number): JournalFrame[] {
    return this.#frames.filter((frame) => frame.firstSegment <= segment && frame.cut.segment >= segment);
  }

  /** A frame was written anew, with `count` records of `bytes`. */
  rewrite(frame: JournalFrame, content: Pick<JournalFrame, 'kind' | 'count' | 'bytes' | 'shed'>, cut: Span): void {
    if (!frame.acked) this.#unackedBytes += content.bytes - frame.bytes;
    Object.assign(frame, content);
    frame.cut = cut;
    frame.firstSegment = cut.segment;
  }

  /** Takes a recovered frame in at its place, instead of what an older cut said. */
  restore(frame: JournalFrame): void {
    let at = this.#frames.length;
    while (at > 0 && this.#frames[at - 1]!.ordinal >= frame.ordinal) at--;
    const old = this.#frames[at];
    const isReplaced = old?.ordinal === frame.ordinal;
    if (isReplaced) this.#unackedBytes -= old.bytes;
    this.#frames.splice(at, isReplaced ? 1 : 0, frame);
    this.#unackedBytes += frame.bytes;
    this.nextOrdinal = Math.max(this.nextOrdinal, frame.ordinal + 1);
  }

  ack(frame: JournalFrame): void {
    if (frame.acked || this.#frames[this.#next] !== frame) return;
    this.#settle(frame);
  }

  #settle(frame: JournalFrame): void {
    frame.acked = true;
    frame.spans = null;
    this.#unackedBytes -= frame.bytes;
    this.#next++;
  }

  /** True once the frame of this ordinal, and all before it, are stored downstream. */
  isStored(ordinal: number): boolean {
    const first = this.#frames[this.#next];
    return (first ? first.ordinal : (this.open?.ordinal ?? this.nextOrdinal)) > ordinal;
  }

  /** Compares with the last number that the subject holds, 0 for an empty one. */
  reconcile(lastNumber: number): Reconciled {
    const result: Reconciled = { acked: [], revived: [], rebasedBy: 0, missing: 0 };
    if (lastNumber > this.#attempted) {
      result.rebasedBy = lastNumber - this.#attempted;
      this.#rebase(this.#attempted, result.rebasedBy);
      this.#attempted = lastNumber;
    }
    while (this.#next > 0 && this.#frames[this.#next - 1]!.number > lastNumber) {
      const frame = this.#frames[--this.#next]!;
      frame.acked = false;
      this.#unackedBytes += frame.bytes;
      result.revived.unshift(frame);
    }
    while (this.#next < this.#frames.length && this.#frames[this.#next]!.number <= lastNumber) {
      const frame = this.#frames[this.#next]!;
      this.#settle(frame);
      result.acked.push(frame);
    }
    const expected = this.#frames[this.#next]?.number ?? Math.max(this.#attempted, lastNumber) + 1;
    result.missing = Math.max(0, expected - lastNumber - 1);
    return result;
  }

  /** Ordinal from which on the present base holds for frames that were not handed out. */
  get unattemptedOrdinal(): number {
    const frame = this.#frames.find((candidate) => candidate.number > this.#attempted);
    return frame?.ordinal ?? this.open?.ordinal ?? this.nextOrdinal;
  }

  #rebase(attempted: number, delta: number): void {
    this.base += delta;
    for (const frame of this.#frames) if (frame.number > attempted) frame.number += delta;
  }

  /** Sets the base from an ordinal on, as the journal says. */
  setBase(fromOrdinal: number, base: number): void {
    this.base = base;
    for (const frame of this.#frames) if (frame.ordinal >= fromOrdinal) frame.number = frame.ordinal + base;
  }

  /** Forgets the frames up to the last one that needs a segment that is gone; all of them are stored downstream. */
  forget(segment: number): void {
    let gone = this.#next;
    while (gone > 0 && this.#frames[gone - 1]!.firstSegment > segment) gone--;
    if (gone > 0) {
      this.#frames.splice(0, gone);
      this.#next -= gone;
    }
  }
}
