/**
 * What is staged for the journal's next entry: records by shard, cuts, notes. A frame's place is settled when it is
 * staged; everything that is staged reaches the disk as one entry, or nothing of it does.
 */
import { ENTRY_HEADER_BYTES, sealEntry } from './entry.js';
import type { FrameLane, JournalFrame } from './frame-lane.js';
import { SectionWriter } from './section.js';
import type { Checkpoint, FrameKind, Span } from './section.js';
import type { SegmentStore } from './segment-store.js';

export interface EntryStageParts {
  store: SegmentStore;
  lanes: readonly FrameLane[];
  segmentBytes: number;
  /** A segment is left behind at this age also where it is not full, ms. */
  segmentAgeMs: number;
  /** The journal's standing, for the head of a segment. */
  checkpoint: () => Checkpoint;
  /** The largest clock that records were added with. */
  clock: () => number;
  nowMs: () => number;
}

/** A frame's content as it is written anew. */
export interface RewrittenFrame {
  kind: FrameKind;
  count: number;
  shed: number;
  text: Buffer;
}

export class EntryStage {
  readonly #parts: EntryStageParts;
  readonly #writer = new SectionWriter(ENTRY_HEADER_BYTES);
  readonly #dirty: FrameLane[] = [];
  readonly #unwritten: JournalFrame[] = [];
  #pendingBytes = 0;

  constructor(parts: EntryStageParts) {
    this.#parts = parts;
  }

  /** Bytes of records that are staged. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get isEmpty(): boolean {
    return this.#writer.payloadBytes === 0 && this.#dirty.length === 0;
  }

  /** Adds a record to the frame that a shard gathers. */
  add(lane: FrameLane, text: string, bytes: number): void {
    if (lane.pendingCount === 0) this.#dirty.push(lane);
    lane.pendingText += text;
    lane.pendingCount++;
    lane.pendingBytes += bytes;
    this.#pendingBytes += bytes;
  }

  /** Ends the frame that a shard gathers. */
  cutOpen(lane: FrameLane, tag: number): void {
    this.#stageLane(lane);
    const open = lane.open!;
    lane.open = null;
    this.begin();
    const { ordinal, count, bytes, spans } = open;
    this.#cut(lane, { ordinal, kind: 'frame', count, bytes, spans }, tag);
  }

  tick(lane: FrameLane, tag: number): void {
    this.begin();
    this.#cut(lane, { ordinal: lane.nextOrdinal++, kind: 'tick', count: 0, bytes: 0, spans: [] }, tag);
  }

  note(key: string, value: string): void {
    this.begin();
    this.#writer.note(key, value);
  }

  /** The present base of a lane holds for the frames that were not handed out. */
  base(lane: FrameLane): void {
    this.begin();
    this.#writer.base(lane.shard, lane.unattemptedOrdinal, lane.base);
  }

  reserve(lane: FrameLane, upToOrdinal: number): void {
    this.begin();
    lane.reservedOrdinal = upToOrdinal;
    this.#writer.reserved(lane.shard, upToOrdinal);
  }

  /** Writes a frame anew, whole, so that the segments that held it can go. */
  recut(lane: FrameLane, frame: JournalFrame, content: RewrittenFrame): void {
    this.begin();
    const { store, nowMs } = this.#parts;
    const { active } = store;
    const from = this.#writer.position;
    const { shard, ordinal, number, tag } = frame;
    const { kind, count, shed, text } = content;
    const written = this.#writer.recut({ shard, ordinal, number, tag, frameKind: kind, count, shed }, text);
    const cut = { segment: active.number, offset: active.size + from, length: this.#writer.position - from };
    if (!frame.acked) {
      store.hold(frame.firstSegment, -1, nowMs());
      store.hold(active.number, 1, nowMs());
    }
    lane.rewrite(frame, { kind, count, shed, bytes: text.length }, cut);
    frame.spans = null;
    frame.keptSpans = [{ segment: active.number, offset: active.size + written.offset, length: written.length }];
  }

  /** Writes what is staged behind the last entry. Throws the system's error where the disk refuses; all stays staged. */
  write(): void {
    for (const lane of this.#dirty) this.#stageLane(lane);
    this.#dirty.length = 0;
    if (this.#writer.payloadBytes === 0) return;
    const { buffer, payloadBytes } = this.#writer;
    this.#parts.store.append(buffer, sealEntry(buffer, payloadBytes));
    this.#writer.reset();
    this.#pendingBytes = 0;
    for (const frame of this.#unwritten) frame.isWritten = true;
    this.#unwritten.length = 0;
  }

  /** Makes ready for a section: a new segment where the active one is full, and a checkpoint at its head. */
  begin(): void {
    if (this.#writer.payloadBytes > 0) return;
    const { store, segmentBytes, segmentAgeMs, nowMs } = this.#parts;
    // By age too: a quiet journal's frames would otherwise be held, on disk and in memory, until the segment is full.
    const isOld = nowMs() - store.active.openedAtMs >= segmentAgeMs;
    if (store.active.size >= segmentBytes || (isOld && store.active.size > 0)) {
      try {
        store.create(nowMs());
      } catch {
        // No room for another file: the entry goes to the old segment, or fails there and says so.
      }
    }
    if (store.active.size === 0) this.#writer.checkpoint(this.#parts.checkpoint());
  }

  #stageLane(lane: FrameLane): void {
    const { open } = lane;
    if (!open || lane.pendingCount === 0) return;
    this.begin();
    const { store, clock, nowMs } = this.#parts;
    const written = this.#writer.records({ shard: lane.shard, ordinal: open.ordinal }, clock(), {
      count: lane.pendingCount,
      text: lane.pendingText,
      bytes: lane.pendingBytes,
    });
    const { active } = store;
    if (open.spans.length === 0) store.hold(active.number, 1, nowMs());
    open.spans.push({ segment: active.number, offset: active.size + written.offset, length: written.length });
    open.count += lane.pendingCount;
    open.bytes += written.length;
    lane.pendingText = '';
    lane.pendingCount = 0;
    lane.pendingBytes = 0;
  }

  #cut(
    lane: FrameLane,
    content: { ordinal: number; kind: FrameKind; count: number; bytes: number; spans: Span[] },
    tag: number,
  ): void {
    const { store, nowMs } = this.#parts;
    const { active } = store;
    const offset = active.size + this.#writer.position;
    this.#writer.cut({ ...content, shard: lane.shard, tag, frameKind: content.kind });
    const cut = { segment: active.number, offset, length: active.size + this.#writer.position - offset };
    const firstSegment = content.spans[0]?.segment ?? active.number;
    if (content.kind === 'tick') store.hold(firstSegment, 1, nowMs());
    const frame: JournalFrame = {
      ...content,
      shard: lane.shard,
      number: content.ordinal + lane.base,
      shed: 0,
      tag,
      cut,
      firstSegment,
      isWritten: false,
      acked: false,
    };
    this.#unwritten.push(frame);
    lane.push(frame);
  }
}
