/**
 * Syslog over a byte stream: LF, CRLF, NUL and octet-counted frames, told apart frame by frame. The frames depend on the
 * bytes alone, never on how they were cut into chunks; every byte is kept, or counted as framing or as discarded; and the
 * time that it takes is linear, whatever the bytes.
 *
 * A counted message that has what looks like another frame in it is believed if a frame follows where it ends; else its
 * count was too large, and it ends where that other frame begins. Behind a count that was too small the rest of the
 * message is a line of its own, up to the next frame.
 */
import { ByteMarks } from './byte-marks.js';
import { FrameSigns, OPEN_SIGN } from './frame-signs.js';
import {
  ANSWER,
  LOOKAHEAD_BYTES,
  frameFollows,
  isDigit,
  mayBegin,
  octetCount,
  octetHeaderLength,
  trimmedEnd,
} from './octet-header.js';

/** Longest line that is kept, in bytes; of a longer one the beginning is. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Bits that say what befell a line. */
export const LINE = { whole: 0, truncated: 1, partial: 2 } as const;

/** Gets each line as a range of a buffer that is valid during the call only. `flags` are bits of `LINE`. */
export type LineSink = (bytes: Buffer, start: number, end: number, flags: number) => void;

/** What a decoder saw. bytes = keptBytes + framingBytes + discardedBytes + those that wait for the rest of their frame. */
export interface FramingCounts {
  bytes: number;
  lines: number;
  keptBytes: number;
  /** Delimiters, octet counts, trailing CR. */
  framingBytes: number;
  /** What was beyond the limit of a line. */
  discardedBytes: number;
  truncated: number;
  partial: number;
  wrongCounts: number;
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SMALL_BYTES = 4096;
/** What no step answers with: more bytes must come. */
const WAIT = -1;

/** Where the decoder stands: at the stream's beginning, at a frame's, behind a counted message, or in what is beyond a line's limit. */
type Mode = 'first' | 'frame' | 'after counted' | 'skip line' | 'skip counted';

export class SyslogStreamDecoder {
  readonly counts: FramingCounts = {
    bytes: 0,
    lines: 0,
    keptBytes: 0,
    framingBytes: 0,
    discardedBytes: 0,
    truncated: 0,
    partial: 0,
    wrongCounts: 0,
  };
  readonly #sink: LineSink;
  readonly #maxBytes: number;
  #mode: Mode = 'first';
  /** Bytes of a counted message that are still to be skipped. */
  #skip = 0;
  /** Of what is still to be skipped, how much was searched. */
  #skipSearched = 0;
  /** The beginning of a frame whose rest has not come. */
  #held: Buffer = Buffer.alloc(0);
  #heldFrom = 0;
  #heldBytes = 0;
  /** How many more bytes may end the waiting; null where only a delimiter does. */
  #wanted: number | null = 0;
  /** How much of the frame at hand was searched for signs. */
  #searched = 0;
  #isUndecided = false;
  /** Nothing more is waited for to decide what is open. */
  #isSettling = false;
  readonly #marks = new ByteMarks();
  readonly #signs = new FrameSigns(this.#marks);
  #areMarksOfHeld = false;
  #copied = 0;

  constructor(sink: LineSink, maxBytes = MAX_LINE_BYTES) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that wait for the rest of their frame. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Whether what is held could be told apart by what comes behind it, and `settle` would do it now. */
  get isUndecided(): boolean {
    return this.#isUndecided && this.#heldBytes > 0;
  }

  /** Bytes that were searched and copied so far: a few times `counts.bytes` at most. */
  get work(): number {
    return this.#marks.searched + this.#copied;
  }

  /** Takes the next bytes; calls the sink for every line that they complete. */
  push(chunk: Buffer): void {
    this.counts.bytes += chunk.length;
    let at = 0;
    while (this.#heldBytes > 0 && at < chunk.length) at = this.#complete(chunk, at);
    if (at === chunk.length) return;
    const rest = at === 0 ? chunk : chunk.subarray(at);
    this.#marks.begin(rest);
    const end = this.#run(rest, 0);
    if (end < rest.length) this.#hold(rest, end, rest.length);
  }

  /** Decides as if nothing came behind what is held: for a sender that falls silent at an ambiguous place. */
  settle(): void {
    this.#isSettling = true;
    if (this.#heldBytes > 0) this.#runHeld();
    this.#isSettling = false;
  }

  /** The stream has ended: what waits is a partial line. */
  end(): void {
    this.settle();
    const bytes = this.#held.subarray(this.#heldFrom, this.#heldFrom + this.#heldBytes);
    this.#letGo();
    if (bytes.length === 0) return;
    if (this.#mode === 'skip counted' || this.#mode === 'skip line') {
      this.counts.discardedBytes += bytes.length;
      return;
    }
    const header = Math.max(0, octetHeaderLength(bytes, 0, bytes.length));
    this.counts.framingBytes += header;
    this.#emit(bytes, header, trimmedEnd(bytes, header, bytes.length), bytes.length, LINE.partial);
  }

  /** Puts as much of a chunk to what is held as its frame may need; answers from where on the chunk is to be read. */
  #complete(chunk: Buffer, at: number): number {
    const room = this.#maxBytes + LOOKAHEAD_BYTES + 1 - this.#heldBytes;
    const wanted = this.#wanted ?? Math.min(delimiterIn(chunk, at) + 1 - at, Math.max(1, room));
    const end = Math.min(chunk.length, at + wanted);
    this.#hold(chunk, at, end);
    this.#runHeld();
    // A frame that begins in this chunk is read where it is.
    if (this.#heldBytes > end - at) return end;
    const read = end - this.#heldBytes;
    this.#letGo();
    return read;
  }

  #runHeld(): void {
    const bytes = this.#held.subarray(0, this.#heldFrom + this.#heldBytes);
    if (this.#areMarksOfHeld) this.#marks.extend(bytes);
    else this.#marks.begin(bytes);
    this.#areMarksOfHeld = true;
    this.#heldFrom = this.#run(bytes, this.#heldFrom);
    this.#heldBytes = bytes.length - this.#heldFrom;
    if (this.#heldBytes === 0) this.#letGo();
  }

  #letGo(): void {
    this.#heldBytes = 0;
    this.#heldFrom = 0;
    this.#areMarksOfHeld = false;
    if (this.#held.length > SMALL_BYTES) this.#held = Buffer.alloc(0);
  }

  /** Takes frames from `at` on; answers where the one begins whose rest has not come. */
  #run(bytes: Buffer, at: number): number {
    let from = at;
    this.#isUndecided = false;
    while (from < bytes.length) {
      const next = this.#step(bytes, from);
      if (next === WAIT) break;
      this.#searched = 0;
      from = next;
    }
    return from;
  }

  /** Keeps a copy, because a socket's buffers are large and shared. */
  #hold(bytes: Buffer, from: number, to: number): void {
    const needed = this.#heldBytes + to - from;
    if (this.#heldFrom + needed > this.#held.length) this.#makeRoom(needed);
    bytes.copy(this.#held, this.#heldFrom + this.#heldBytes, from, to);
    this.#copied += to - from;
    this.#heldBytes = needed;
  }

  /** Moves what is held to the front of its buffer where that is at least half free, else to a larger one. */
  #makeRoom(needed: number): void {
    const isLarge = needed * 2 <= this.#held.length;
    const most = Math.max(needed * 2, 2 * (this.#maxBytes + 4 * LOOKAHEAD_BYTES));
    const room = isLarge ? this.#held : Buffer.allocUnsafeSlow(Math.min(most, Math.max(256, needed * 4)));
    this.#held.copy(room, 0, this.#heldFrom, this.#heldFrom + this.#heldBytes);
    this.#copied += this.#heldBytes;
    this.#held = room;
    this.#heldFrom = 0;
    this.#areMarksOfHeld = false;
  }

  #wait(wanted: number | null): typeof WAIT {
    this.#wanted = wanted;
    return WAIT;
  }

  /** Waits for what tells an ambiguous place apart. */
  #waitUndecided(wanted: number): typeof WAIT {
    this.#isUndecided = true;
    return this.#wait(wanted);
  }

  /** Takes one frame, or one stretch of what is skipped; answers with where it ends, or `WAIT`. */
  #step(bytes: Buffer, at: number): number {
    const mode = this.#mode;
    if (mode === 'skip line' || mode === 'skip counted') return this.#skipOver(bytes, at);
    const first = bytes[at]!;
    if (isDigit(first)) {
      const header = octetHeaderLength(bytes, at, bytes.length);
      if (header < 0) return this.#wait(LOOKAHEAD_BYTES);
      if (header > 0) return this.#counted(bytes, at, header);
    }
    const isDelimiter = first === LF || first === 0 || first === CR;
    if (isDelimiter || (mode === 'frame' && !isDigit(first))) return this.#line(bytes, at, this.#delimiter(at));
    return this.#unsure(bytes, at);
  }

  /** No header where one may have been: at the stream's beginning, behind a counted message, or where digits stand. */
  #unsure(bytes: Buffer, at: number): number {
    const start = mayBegin(bytes, at, bytes.length);
    const isBehind = this.#mode === 'after counted';
    if (start === ANSWER.open) return this.#wait(LOOKAHEAD_BYTES);
    if (start === ANSWER.yes && !isBehind) return this.#line(bytes, at, this.#delimiter(at));
    if (isBehind && bytes[at] === SPACE) {
      const behindSpace = mayBegin(bytes, at + 1, bytes.length);
      if (behindSpace === ANSWER.open) return this.#wait(LOOKAHEAD_BYTES);
      if (behindSpace === ANSWER.yes) return this.#misplacedSpace(at);
    }
    return this.#uncounted(bytes, at, isBehind && start === ANSWER.no);
  }

  /** The next LF or NUL, or -1. */
  #delimiter(at: number): number {
    const delimiter = this.#marks.delimiter(at);
    return delimiter < this.#marks.length ? delimiter : -1;
  }

  #line(bytes: Buffer, at: number, end: number): number {
    if (end < 0) {
      if (bytes.length - at <= this.#maxBytes + LOOKAHEAD_BYTES) return this.#wait(null);
      return this.#cutLine(bytes, at);
    }
    const contentEnd = bytes[end] === LF && end > at && bytes[end - 1] === CR ? end - 1 : end;
    if (contentEnd - at > this.#maxBytes) return this.#cutLine(bytes, at);
    this.#mode = 'frame';
    this.counts.framingBytes++;
    this.#emit(bytes, at, contentEnd, end, LINE.whole);
    return end + 1;
  }

  #cutLine(bytes: Buffer, at: number): number {
    const end = at + this.#maxBytes;
    this.#emit(bytes, at, end, end, LINE.truncated);
    this.#mode = 'skip line';
    this.#skipSearched = 0;
    return end;
  }

  #counted(bytes: Buffer, at: number, header: number): number {
    const start = at + header;
    const end = start + octetCount(bytes, at, header);
    if (end - start > this.#maxBytes) return this.#countedBeyondLimit(bytes, at, start, end);
    const sign = this.#signs.first(bytes, {
      start,
      from: Math.max(start, at + this.#searched),
      limit: end - 1,
      end: Math.min(end, bytes.length),
      seen: bytes.length,
      isClosed: this.#isSettling,
    });
    this.#searched = (sign >= 0 ? sign : this.#signs.reached) - at;
    const missing = end - bytes.length;
    if (sign >= 0) {
      const follows = missing > 0 ? ANSWER.open : frameFollows(bytes, end, bytes.length);
      if (follows === ANSWER.open && !this.#isSettling) return this.#waitUndecided(Math.max(missing, LOOKAHEAD_BYTES));
      if (follows === ANSWER.no || missing > 0) return this.#wrongCount(bytes, at, start, sign);
    } else if (missing > 0) {
      return this.#wait(missing);
    } else if (sign === OPEN_SIGN) {
      return this.#waitUndecided(LOOKAHEAD_BYTES);
    }
    this.counts.framingBytes += header;
    this.#mode = 'after counted';
    this.#emit(bytes, start, trimmedEnd(bytes, start, end), end, LINE.whole);
    return end;
  }

  /** A count that large is more likely to be wrong than a message is to have a frame in it: any sign of one ends it. */
  #countedBeyondLimit(bytes: Buffer, at: number, start: number, end: number): number {
    const keptEnd = start + this.#maxBytes;
    const seen = Math.min(end, bytes.length);
    const sign = this.#signs.first(bytes, {
      start,
      from: Math.max(start, at + this.#searched),
      limit: keptEnd,
      end: seen,
      seen,
      isClosed: bytes.length >= end || this.#isSettling,
    });
    if (sign >= 0) return this.#wrongCount(bytes, at, start, sign);
    this.#searched = this.#signs.reached - at;
    const missing = Math.min(end, keptEnd + LOOKAHEAD_BYTES + 1) - bytes.length;
    if (missing > 0) return this.#wait(missing);
    this.counts.framingBytes += start - at;
    this.#mode = 'skip counted';
    this.#skipSearched = 0;
    this.#skip = end - keptEnd;
    this.#emit(bytes, start, keptEnd, keptEnd, LINE.truncated);
    return keptEnd;
  }

  /** The count was larger than the message, which ends where another frame begins. */
  #wrongCount(bytes: Buffer, at: number, start: number, end: number): number {
    this.counts.wrongCounts++;
    this.counts.framingBytes += start - at;
    this.#mode = 'after counted';
    this.#emit(bytes, start, trimmedEnd(bytes, start, end), end, LINE.whole);
    return end;
  }

  /** The count took its successor's digits into the message. */
  #misplacedSpace(at: number): number {
    this.counts.wrongCounts++;
    this.counts.framingBytes++;
    return at + 1;
  }

  /** Passes over what is beyond the limit, up to its end or to a sign of the next frame. */
  #skipOver(bytes: Buffer, at: number): number {
    const isLine = this.#mode === 'skip line';
    const limit = isLine ? this.#marks.delimiter(at) : at + this.#skip;
    const end = Math.min(limit, bytes.length);
    const isClosed = limit < bytes.length || (!isLine && limit === bytes.length);
    const from = at + this.#skipSearched;
    const sign = this.#signs.first(bytes, { start: at, from, limit, end, seen: end, isClosed });
    // The last bytes may begin what only the next ones show.
    const stop = sign >= 0 ? sign : isClosed ? limit : Math.max(at, end - LOOKAHEAD_BYTES - 1);
    this.counts.discardedBytes += stop - at;
    this.#skip -= stop - at;
    this.#skipSearched = this.#signs.reached - stop;
    if (sign >= 0) {
      this.counts.wrongCounts++;
      this.#mode = 'after counted';
    } else if (isClosed) {
      this.#mode = isLine ? 'frame' : 'after counted';
      if (isLine) this.counts.framingBytes++;
      return isLine ? stop + 1 : stop;
    }
    return stop === at && sign < 0 ? this.#wait(2 * LOOKAHEAD_BYTES + 2) : stop;
  }

  /**
   * No count where one may have been: a line, which may as well be the rest of a message whose count was wrong. It is
   * kept as a line of its own, and ends at a delimiter or where a counted frame begins.
   */
  #uncounted(bytes: Buffer, at: number, isWrong: boolean): number {
    const delimiter = this.#delimiter(at);
    const end = delimiter < 0 ? bytes.length : delimiter;
    const sign = this.#signs.first(bytes, {
      start: at,
      from: at + this.#searched,
      limit: Math.min(end, at + this.#maxBytes),
      end,
      seen: end,
      isClosed: delimiter >= 0 || this.#isSettling,
    });
    this.#searched = (sign >= 0 ? sign : this.#signs.reached) - at;
    if (sign < 0 && delimiter < 0 && bytes.length - at <= this.#maxBytes + LOOKAHEAD_BYTES) return this.#wait(null);
    if (sign >= 0 || isWrong) this.counts.wrongCounts++;
    if (sign < 0) return this.#line(bytes, at, delimiter);
    this.#emit(bytes, at, sign, sign, LINE.whole);
    return sign;
  }

  /** Hands out `[start, end)`; what lies between `end` and `frameEnd` is framing. Empty lines are nothing but framing. */
  #emit(bytes: Buffer, start: number, end: number, frameEnd: number, flags: number): void {
    const { counts } = this;
    let stop = end;
    let seen = flags;
    if (stop - start > this.#maxBytes) {
      stop = start + this.#maxBytes;
      counts.discardedBytes += end - stop;
      seen |= LINE.truncated;
    }
    counts.framingBytes += frameEnd - end;
    if (stop === start) return;
    counts.lines++;
    counts.keptBytes += stop - start;
    if (seen & LINE.truncated) counts.truncated++;
    if (seen & LINE.partial) counts.partial++;
    this.#sink(bytes, start, stop, seen);
  }
}

/** Where the first LF or NUL at `from` or behind it stands; the last byte where there is none. */
function delimiterIn(bytes: Buffer, from: number): number {
  const lf = bytes.indexOf(LF, from);
  const nul = (lf < 0 ? bytes : bytes.subarray(0, lf)).indexOf(0, from);
  if (nul >= 0) return nul;
  return lf < 0 ? bytes.length - 1 : lf;
}
