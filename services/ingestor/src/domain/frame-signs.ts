/** Signs of a frame's beginning inside of what should be one frame, or what is passed over. */
import type { ByteMarks } from './byte-marks.js';
import { ANSWER, LOOKAHEAD_BYTES, beginsWithin, headerBefore, isPriority } from './octet-header.js';

/** What is searched, as indexes of one buffer. */
export interface Stretch {
  /** A header does not begin before it. */
  start: number;
  /** Where the search goes on; what is before has been searched. */
  from: number;
  /** A sign stands before it. */
  limit: number;
  /** End of the bytes that are searched. */
  end: number;
  /** End of the bytes that a sign may reach into. */
  seen: number;
  /** Nothing will be added to what is seen. */
  isClosed: boolean;
}

/** Answers of `FrameSigns.first` that are no places. */
export const NO_SIGN = -1;
export const OPEN_SIGN = -2;

export class FrameSigns {
  readonly #marks: ByteMarks;
  /** Where the last search may go on when there are more bytes. */
  reached = 0;

  /** @param marks of the bytes that will be searched */
  constructor(marks: ByteMarks) {
    this.#marks = marks;
  }

  /**
   * The first place of a stretch where `N SP <PRI>` stands, or a delimiter with a frame's beginning behind it; `NO_SIGN`,
   * or `OPEN_SIGN` where more bytes must tell.
   */
  first(bytes: Buffer, stretch: Stretch): number {
    const { start, limit, end, seen, isClosed } = stretch;
    for (let at = stretch.from; ;) {
      const delimiter = this.#marks.delimiter(at);
      const less = this.#marks.lessThan(Math.max(at, start + 2));
      const next = Math.min(delimiter, less);
      if (next >= end || next >= limit + LOOKAHEAD_BYTES) break;
      const place = next === delimiter ? next : headerBefore(bytes, next, start);
      if (place >= 0 && place < limit) {
        const answer = next === delimiter ? beginsWithin(bytes, next + 1, seen) : isPriority(bytes, next, seen);
        if (answer === ANSWER.yes) return place;
        if (answer === ANSWER.open && !isClosed) {
          this.reached = next;
          return OPEN_SIGN;
        }
      }
      at = next + 1;
    }
    this.reached = end;
    return NO_SIGN;
  }
}
