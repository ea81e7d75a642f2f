/**
 * Syslog over a byte stream: LF, CRLF, NUL and octet-counted frames, told apart frame by frame. The frames depend on the
 * bytes alone, never on how they were cut into chunks; every byte is kept, or counted as framing or as discarded.
 */
import {
  LOOKAHEAD_BYTES,
  findDelimiterBeforeFrame,
  findOctetHeader,
  findWrongCount,
  octetCount,
  octetHeaderLength,
  plausibleStart,
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
const SMALL_BYTES = 4096;

/** Where the decoder stands: at a frame's start, behind a counted message, or in what is beyond a line's limit. */
type Mode = 'frame' | 'after counted' | 'skip line' | 'skip counted';

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
  #mode: Mode = 'frame';
  /** Bytes of a counted message that are still to be skipped. */
  #skip = 0;
  #held: Buffer = Buffer.alloc(0);
  #heldBytes = 0;
  /** What is held is a line that ends at a delimiter: nothing else can end it. */
  #holdsLine = false;
  /** The next NUL and LF of the buffer at hand; its length where there is none, stale where it is behind us. */
  #nul = 0;
  #lf = 0;

  constructor(sink: LineSink, maxBytes = MAX_LINE_BYTES) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
  }

  /** Bytes that wait for the rest of their frame. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Takes the next bytes; calls the sink for every line that they complete. */
  push(chunk: Buffer): void {
    this.counts.bytes += chunk.length;
    if (this.#heldBytes === 0) {
      this.#run(chunk);
      return;
    }
    if (!this.#holdsLine) {
      this.#run(Buffer.concat([this.#held.subarray(0, this.#heldBytes), chunk]));
      return;
    }
    // Only the line that was cut in two is put together; the others are read where they are.
    const lf = chunk.indexOf(LF);
    const nul = chunk.indexOf(0);
    const delimiter = nul >= 0 && (lf < 0 || nul < lf) ? nul : lf;
    const take = delimiter < 0 ? chunk.length : delimiter + 1;
    this.#hold(chunk, 0, take);
    if (delimiter >= 0 || this.#heldBytes > this.#maxBytes + LOOKAHEAD_BYTES) {
      const joined = this.#held.subarray(0, this.#heldBytes);
      this.#held = Buffer.alloc(0);
      this.#run(joined);
    }
    if (take < chunk.length) this.#run(chunk.subarray(take));
  }

  /** The stream has ended: what waits is a partial line. */
  end(): void {
    const bytes = this.#held.subarray(0, this.#heldBytes);
    this.#heldBytes = 0;
    if (bytes.length === 0) return;
    if (this.#mode === 'skip counted' || this.#mode === 'skip line') {
      this.counts.discardedBytes += bytes.length;
      return;
    }
    const header = Math.max(0, octetHeaderLength(bytes, 0, bytes.length));
    this.counts.framingBytes += header;
    this.#emit(bytes, header, trimmedEnd(bytes, header, bytes.length), bytes.length, LINE.partial);
  }

  #run(buffer: Buffer): void {
    this.#nul = -1;
    this.#lf = -1;
    let at = 0;
    while (at < buffer.length) {
      const next = this.#step(buffer, at);
      if (next < 0) break;
      at = next;
    }
    this.#heldBytes = 0;
    if (at < buffer.length) this.#hold(buffer, at, buffer.length);
    else if (this.#held.length > SMALL_BYTES) this.#held = Buffer.alloc(0);
  }

  /** Keeps a copy, because a socket's buffers are large and shared. */
  #hold(bytes: Buffer, from: number, to: number): void {
    const needed = this.#heldBytes + to - from;
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(256, needed * 2));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldBytes, from, to);
    this.#heldBytes = needed;
  }

  /** Takes one frame, or one stretch of what is skipped; answers with where it ends, or -1 where more bytes must come. */
  #step(bytes: Buffer, at: number): number {
    this.#holdsLine = false;
    if (this.#mode === 'skip line') return this.#skipLine(bytes, at);
    if (this.#mode === 'skip counted') return this.#skipCounted(bytes, at);
    const first = bytes[at]!;
    if (first >= 0x31 && first <= 0x39) {
      const header = octetHeaderLength(bytes, at, bytes.length);
      if (header < 0) return -1;
      if (header > 0) return this.#counted(bytes, at, header);
    }
    if (this.#mode === 'after counted' && first !== LF && first !== 0 && first !== CR) {
      const plausible = plausibleStart(bytes, at, bytes.length);
      if (plausible < 0) return -1;
      return this.#uncounted(bytes, at, plausible === 1);
    }
    return this.#line(bytes, at, this.#delimiter(bytes, at));
  }

  #delimiter(bytes: Buffer, at: number): number {
    if (this.#nul < at) {
      const nul = bytes.indexOf(0, at);
      this.#nul = nul < 0 ? bytes.length : nul;
    }
    if (this.#lf < at) {
      const lf = bytes.indexOf(LF, at);
      this.#lf = lf < 0 ? bytes.length : lf;
    }
    const first = Math.min(this.#nul, this.#lf);
    return first < bytes.length ? first : -1;
  }

  #line(bytes: Buffer, at: number, end: number): number {
    if (end < 0) {
      if (bytes.length - at <= this.#maxBytes + LOOKAHEAD_BYTES) {
        this.#holdsLine = true;
        return -1;
      }
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
    return end;
  }

  #skipLine(bytes: Buffer, at: number): number {
    const end = this.#delimiter(bytes, at);
    if (end < 0) {
      this.counts.discardedBytes += bytes.length - at;
      return bytes.length;
    }
    this.counts.discardedBytes += end - at;
    this.counts.framingBytes++;
    this.#mode = 'frame';
    return end + 1;
  }

  #counted(bytes: Buffer, at: number, header: number): number {
    const start = at + header;
    const messageEnd = start + octetCount(bytes, at, header);
    const isWhole = messageEnd <= bytes.length;
    const end = isWhole ? messageEnd : bytes.length;
    const isLong = messageEnd - start > this.#maxBytes;
    const keptEnd = isLong ? Math.min(end, start + this.#maxBytes) : end;
    const wrong = findWrongCount(bytes.subarray(start, end), keptEnd - start, messageEnd - start);
    if (wrong >= 0) return this.#wrongCount(bytes, start, start + wrong, header);
    if (!isWhole && !(isLong && bytes.length >= start + this.#maxBytes + LOOKAHEAD_BYTES + 1)) return -1;
    this.counts.framingBytes += header;
    this.#mode = isLong ? 'skip counted' : 'after counted';
    this.#skip = messageEnd - keptEnd;
    if (isLong) this.#emit(bytes, start, keptEnd, keptEnd, LINE.truncated);
    else this.#emit(bytes, start, trimmedEnd(bytes, start, keptEnd), keptEnd, LINE.whole);
    return keptEnd;
  }

  /** The count was larger than the message: it ends where the next frame plausibly begins. */
  #wrongCount(bytes: Buffer, start: number, end: number, header: number): number {
    this.counts.wrongCounts++;
    this.counts.framingBytes += header;
    this.#mode = 'after counted';
    this.#emit(bytes, start, trimmedEnd(bytes, start, end), end, LINE.whole);
    return end;
  }

  #skipCounted(bytes: Buffer, at: number): number {
    const isWhole = bytes.length - at >= this.#skip;
    const end = isWhole ? at + this.#skip : bytes.length;
    const wrong = findDelimiterBeforeFrame(bytes.subarray(at, end), 0, end - at);
    // The last bytes may begin what only the next ones show.
    const stop = wrong >= 0 ? at + wrong : isWhole ? end : Math.max(at, end - LOOKAHEAD_BYTES - 1);
    this.counts.discardedBytes += stop - at;
    this.#skip -= stop - at;
    if (wrong >= 0) this.counts.wrongCounts++;
    if (wrong >= 0 || this.#skip === 0) this.#mode = 'after counted';
    return stop === at && this.#skip > 0 && wrong < 0 ? -1 : stop;
  }

  /**
   * Behind a counted message, and no count: a line, which may as well be the rest of a message whose count was wrong.
   * It is kept as a line of its own, and ends at a delimiter or where a counted frame begins.
   */
  #uncounted(bytes: Buffer, at: number, isPlausible: boolean): number {
    const delimiter = this.#delimiter(bytes, at);
    const end = delimiter < 0 ? bytes.length : delimiter;
    const found = findOctetHeader(bytes.subarray(at, end), 0, Math.min(end - at, this.#maxBytes));
    if (found < 0 && delimiter < 0 && bytes.length - at <= this.#maxBytes + LOOKAHEAD_BYTES) return -1;
    if (found >= 0 || !isPlausible) this.counts.wrongCounts++;
    if (found < 0) return this.#line(bytes, at, delimiter);
    this.#emit(bytes, at, at + found, at + found, LINE.whole);
    return at + found;
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
