/** Reads a journal back: every whole entry, in order, into lanes, notes and clock. A torn tail is cut off and said. */
import { FrameLane } from './frame-lane.js';
import type { JournalFrame } from './frame-lane.js';
import { ENTRY_HEADER_BYTES, scanEntries } from './entry.js';
import { readSections } from './section.js';
import type { Checkpoint, CutSection, RecordsSection, RecutSection, Section, Span } from './section.js';
import type { Segment, SegmentStore } from './segment-store.js';

/** What was found when the journal was opened. */
export interface RecoveryReport {
  segments: number;
  entries: number;
  frames: number;
  records: number;
  /** Bytes of an entry that was being written when the process or the machine stopped. */
  tornBytes: number;
  /** Bytes that were whole once and are no longer readable. */
  damagedBytes: number;
  /** Records that a cut names and that damage took. */
  lostRecords: number;
}

/** What a journal holds. */
export interface RecoveredState {
  name: string | null;
  clock: number;
  lanes: FrameLane[];
  notes: Map<string, string>;
  /** True where the journal says which frames may have been handed out: one of an earlier build does not. */
  isReservationKnown: boolean;
  report: RecoveryReport;
}

const SECTION_HEADER_BYTES = 8;

class Recovery {
  readonly state: RecoveredState;
  readonly #oldestSegment: number;
  /** Records that a frame's cut names and that are not there, by the frame; one that was written anew has lost none. */
  readonly #lost = new Map<string, number>();

  constructor(shardCount: number, oldestSegment: number) {
    this.#oldestSegment = oldestSegment;
    this.state = {
      name: null,
      clock: 0,
      lanes: Array.from({ length: shardCount }, (_, shard) => new FrameLane(shard)),
      notes: new Map(),
      isReservationKnown: false,
      report: { segments: 0, entries: 0, frames: 0, records: 0, tornBytes: 0, damagedBytes: 0, lostRecords: 0 },
    };
  }

  lane(shard: number): FrameLane {
    const { lanes } = this.state;
    while (lanes.length <= shard) lanes.push(new FrameLane(lanes.length));
    return lanes[shard]!;
  }

  /** `entryOffset` is where the section's entry begins in its segment, `cut` where the section itself stands. */
  take(section: Section, segment: number, entryOffset: number, place: Span): void {
    switch (section.kind) {
      case 'records':
        this.#records(section, segment, entryOffset);
        break;
      case 'cut':
        this.#cut(section, place);
        break;
      case 'recut':
        this.#recut(section, place);
        break;
      case 'reserved':
        this.#reserve(section.shard, section.upToOrdinal);
        break;
      case 'base':
        this.lane(section.shard).setBase(section.fromOrdinal, section.base);
        break;
      case 'checkpoint':
        this.#checkpoint(section.checkpoint);
        break;
      case 'note':
        this.#note(section.key, section.value);
        break;
    }
  }

  #checkpoint(checkpoint: Checkpoint): void {
    this.state.name ??= checkpoint.name;
    this.state.clock = Math.max(this.state.clock, checkpoint.clock);
    checkpoint.shards.forEach((standing, shard) => {
      const lane = this.lane(shard);
      lane.nextOrdinal = Math.max(lane.nextOrdinal, standing.nextOrdinal);
      lane.base = standing.base;
      lane.tag = Math.max(lane.tag, standing.tag);
      this.state.isReservationKnown = standing.reserved !== undefined;
      this.#reserve(shard, standing.reserved ?? 0);
    });
    for (const [key, value] of checkpoint.notes) this.#note(key, value);
  }

  #reserve(shard: number, upToOrdinal: number): void {
    const lane = this.lane(shard);
    lane.reservedOrdinal = Math.max(lane.reservedOrdinal, upToOrdinal);
  }

  #note(key: string, value: string): void {
    this.state.notes.delete(key);
    this.state.notes.set(key, value);
  }

  #records(section: RecordsSection, segment: number, entryOffset: number): void {
    const lane = this.lane(section.shard);
    // Another ordinal without a cut between them: damage took the cut, and the frame ends where its records do.
    if (lane.open && lane.open.ordinal !== section.ordinal) this.#endWithoutCut(lane);
    lane.open ??= { ordinal: section.ordinal, count: 0, bytes: 0, spans: [], openedAtMs: 0 };
    lane.open.count += section.count;
    lane.open.bytes += section.length;
    lane.open.spans.push({
      segment,
      offset: entryOffset + ENTRY_HEADER_BYTES + section.offset,
      length: section.length,
    });
    lane.nextOrdinal = Math.max(lane.nextOrdinal, section.ordinal + 1);
    this.state.clock = Math.max(this.state.clock, section.clock);
  }

  #endWithoutCut(lane: FrameLane): void {
    const open = lane.open!;
    lane.open = null;
    const place = open.spans[0]!;
    this.#push(
      lane,
      { ordinal: open.ordinal, frameKind: 'frame', tag: lane.tag, count: open.count, bytes: open.bytes },
      place,
      open.spans,
    );
  }

  #cut(section: CutSection, place: Span): void {
    const lane = this.lane(section.shard);
    const open = lane.open?.ordinal === section.ordinal ? lane.open : null;
    if (lane.open && !open) this.#endWithoutCut(lane);
    lane.open = null;
    lane.nextOrdinal = Math.max(lane.nextOrdinal, section.ordinal + 1);
    lane.tag = section.tag;
    // Its beginning was trimmed, hence it is stored downstream since long.
    if (section.spans.some((span) => span.segment < this.#oldestSegment)) return;
    const found = open?.count ?? 0;
    if (section.count > found) this.#lost.set(`${section.shard} ${section.ordinal}`, section.count - found);
    if (found === 0 && section.count > 0) return;
    const bytes = open?.bytes ?? 0;
    this.#push(lane, { ...section, count: found, bytes }, place, found === section.count ? null : open!.spans);
  }

  /** The frame's whole content; what older sections say of it no longer counts. */
  #recut(section: RecutSection, place: Span): void {
    const lane = this.lane(section.shard);
    if (lane.open?.ordinal === section.ordinal) lane.open = null;
    this.#lost.delete(`${section.shard} ${section.ordinal}`);
    const { shard, ordinal, number, frameKind, count, shed, tag } = section;
    // The text ends its section.
    const text = { ...place, offset: place.offset + place.length - section.length, length: section.length };
    lane.restore({
      ...{ shard, ordinal, number, kind: frameKind, count, shed, tag },
      bytes: section.length,
      cut: place,
      spans: null,
      keptSpans: [text],
      firstSegment: place.segment,
      isWritten: true,
      acked: false,
    });
  }

  /** Adds up what there is, once all is read. */
  finish(): RecoveredState {
    const { report, lanes } = this.state;
    for (const { frames, open } of lanes) {
      report.frames += frames.length;
      report.records += frames.reduce((sum, frame) => sum + frame.count, open?.count ?? 0);
    }
    for (const lost of this.#lost.values()) report.lostRecords += lost;
    return this.state;
  }

  #push(
    lane: FrameLane,
    cut: Pick<CutSection, 'ordinal' | 'frameKind' | 'tag' | 'count' | 'bytes'> & { spans?: Span[] },
    place: Span,
    damagedSpans: Span[] | null,
  ): void {
    const frame: JournalFrame = {
      shard: lane.shard,
      ordinal: cut.ordinal,
      number: cut.ordinal + lane.base,
      kind: cut.frameKind,
      count: cut.count,
      shed: 0,
      bytes: cut.bytes,
      tag: cut.tag,
      cut: place,
      spans: null,
      keptSpans: damagedSpans,
      firstSegment: Math.min(place.segment, ...(damagedSpans ?? cut.spans ?? []).map((span) => span.segment)),
      isWritten: true,
      acked: false,
    };
    lane.restore(frame);
    lane.tag = frame.tag;
  }
}

function readSegment(recovery: Recovery, store: SegmentStore, segment: Segment, isLast: boolean): void {
  const bytes = store.readWhole(segment);
  const scan = scanEntries(bytes, 0);
  const { report } = recovery.state;
  report.segments++;
  report.entries += scan.payloads.length;
  report.damagedBytes += scan.damagedBytes;
  for (const { start, end } of scan.payloads) {
    const payload = bytes.subarray(start, end);
    let at = 0;
    for (const section of readSections(payload)) {
      const length = SECTION_HEADER_BYTES + payload.readUInt32LE(at + 4);
      const place = { segment: segment.number, offset: start + at, length };
      recovery.take(section, segment.number, start - ENTRY_HEADER_BYTES, place);
      at += length;
    }
  }
  if (scan.end < bytes.length) {
    report.tornBytes += bytes.length - scan.end;
    if (isLast) store.truncate(segment, scan.end);
  }
}

/** Reads all segments. The frames that were open are left open: the caller must cut them before it appends. */
export function recover(store: SegmentStore, shardCount: number): RecoveredState {
  const segments = store.all;
  const recovery = new Recovery(shardCount, segments[0]?.number ?? 1);
  segments.forEach((segment, index) => readSegment(recovery, store, segment, index === segments.length - 1));
  return recovery.finish();
}
