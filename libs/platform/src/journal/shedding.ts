/**
 * Making room in a full journal: records that may be given up (datagrams, say) go, oldest first; all others, and every
 * frame whose content somebody may have seen, are written anew behind the newest, so that whole segments become free.
 */
import type { EntryStage, RewrittenFrame } from './entry-stage.js';
import type { FrameLane, JournalFrame } from './frame-lane.js';
import type { Segment, SegmentStore } from './segment-store.js';

/** Says of the record in `text` from `from` to `to` (its LF not among them) in whose name it may be given up; null: it stays. */
export type Expendable = (text: Buffer, from: number, to: number) => string | null;

/** Records given up, by the name that `Expendable` gave them. */
export type ShedCounts = ReadonlyMap<string, number>;

/** A segment of which more has to stay is left alone: writing it anew would cost more than it brings. */
const MAX_KEPT_SHARE = 0.5;
/** Segments that are read in one go at most: senders wait in the kernel meanwhile. */
const READ_AT_ONCE = 2;

const LF = 0x0a;

export interface ShedderParts {
  store: SegmentStore;
  lanes: readonly FrameLane[];
  stage: EntryStage;
  /** The records of a frame as they stand in the journal. */
  textOf: (frame: JournalFrame) => Buffer;
  /** Cuts a frame that is still being gathered. */
  cutOpen: (lane: FrameLane) => void;
}

/** A segment's frames as they would stand without what may go. */
interface Plan {
  frames: { lane: FrameLane; frame: JournalFrame; content: RewrittenFrame }[];
  counts: Map<string, number>;
  keptBytes: number;
}

export class Shedder {
  readonly #parts: ShedderParts;

  constructor(parts: ShedderParts) {
    this.#parts = parts;
  }

  /**
   * Stages what is left of the oldest segment that is worth it, and has the segment go at the next sync. Answers what was
   * given up, null where there is nothing to be had now. Everything that was staged before must be written.
   */
  shed(expendable: Expendable): ShedCounts | null {
    const { store } = this.#parts;
    let read = 0;
    for (const segment of store.all) {
      if (segment === store.active || segment.isLean || store.isLeaving(segment)) continue;
      if (this.#holdsStored(segment)) continue;
      if (++read > READ_AT_ONCE) return null;
      const plan = this.#plan(segment, expendable);
      if (plan.counts.size > 0 && plan.keptBytes <= segment.size * MAX_KEPT_SHARE) {
        for (const { lane, frame, content } of plan.frames) this.#parts.stage.recut(lane, frame, content);
        store.leave(segment);
        return plan.counts;
      }
      segment.isLean = true;
    }
    return null;
  }

  /** Frames that are stored downstream are kept for their time of grace, hence the whole segment is. */
  #holdsStored(segment: Segment): boolean {
    return this.#parts.lanes.some((lane) => lane.framesIn(segment.number).some((frame) => frame.acked));
  }

  #plan(segment: Segment, expendable: Expendable): Plan {
    const plan: Plan = { frames: [], counts: new Map(), keptBytes: 0 };
    for (const lane of this.#parts.lanes) {
      if (lane.open?.spans.some((span) => span.segment === segment.number)) this.#parts.cutOpen(lane);
      for (const frame of lane.framesIn(segment.number)) {
        const content = this.#content(lane, frame, expendable, plan.counts);
        plan.frames.push({ lane, frame, content });
        plan.keptBytes += content.text.length;
      }
    }
    return plan;
  }

  #content(lane: FrameLane, frame: JournalFrame, expendable: Expendable, counts: Map<string, number>): RewrittenFrame {
    const text = this.#parts.textOf(frame);
    const { kind, count, shed } = frame;
    if (lane.isSeen(frame)) return { kind, count, shed, text };
    const kept = withoutExpendable(text, expendable, counts);
    const lost = count - kept.count;
    return { kind: kept.count === 0 ? 'tick' : kind, count: kept.count, shed: shed + lost, text: kept.text };
  }
}

/** The lines of `text` that stay, closed up in its own memory; `counts` grows by the others. */
function withoutExpendable(
  text: Buffer,
  expendable: Expendable,
  counts: Map<string, number>,
): { text: Buffer; count: number } {
  let to = 0;
  let count = 0;
  for (let from = 0; from < text.length;) {
    const lf = text.indexOf(LF, from);
    const end = lf < 0 ? text.length : lf + 1;
    const name = expendable(text, from, lf < 0 ? end : lf);
    if (name === null) {
      text.copyWithin(to, from, end);
      to += end - from;
      count++;
    } else {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    from = end;
  }
  return { text: text.subarray(0, to), count };
}
