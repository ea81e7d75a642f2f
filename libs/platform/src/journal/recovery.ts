/** Reads a journal back: every whole entry, in order, into lanes, notes and clock. A torn tail is cut off and said. */
import { FrameLane } from './frame-lane.js';
import type { JournalFrame } from './frame-lane.js';
import { ENTRY_HEADER_BYTES, scanEntries } from './entry.js';
import { readSections } from './section.js';
import type { Checkpoint, CutSection, RecordsSection, Section, Span } from './section.js';
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
  report: RecoveryReport;
}

const SECTION_HEADER_BYTES = 8;

class Recovery {
  readonly state: RecoveredState;
  readonly #oldestSegment: number;

  constructor(shardCount: number, oldestSegment: number) {
    this.#oldestSegment = oldestSegment;
    this.state = {
      name: null,
      clock: 0,
      lanes: Array.from({ length: shardCount }, (_, shard) => new FrameLane(shard)),
      notes: new Map(),
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
    });
    for (const [key, value] of checkpoint.notes) this.#note(key, value);
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
    this.state.report.records += section.count;
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
    this.state.report.lostRecords += section.count - found;
    if (found === 0 && section.count > 0) return;
    const bytes = open?.bytes ?? 0;
    this.#push(lane, { ...section, count: found, bytes }, place, found === section.count ? null : open!.spans);
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
      bytes: cut.bytes,
      tag: cut.tag,
      cut: place,
      spans: null,
      keptSpans: damagedSpans,
      firstSegment: Math.min(place.segment, ...(damagedSpans ?? cut.spans ?? []).map((span) => span.segment)),
      acked: false,
    };
    lane.push(frame);
    this.state.report.frames++;
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
  return recovery.state;
}
