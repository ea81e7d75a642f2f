/**
 * Where the next LF, NUL and `<` of a buffer are. Each is searched for once over the same bytes, whoever asks, as long as
 * the places that are asked for go forward: so that no input, however odd, takes more than linear time.
 */
const LF = 0x0a;
const NUL = 0;
const LESS_THAN = 0x3c;

/** Between `from` and `at` the byte does not stand. */
interface Known {
  readonly byte: number;
  from: number;
  at: number;
}

export class ByteMarks {
  #bytes: Buffer = Buffer.alloc(0);
  readonly #lf: Known = { byte: LF, from: 0, at: -1 };
  readonly #nul: Known = { byte: NUL, from: 0, at: -1 };
  readonly #less: Known = { byte: LESS_THAN, from: 0, at: -1 };
  /** Bytes that were searched, in all. */
  searched = 0;

  /** Other bytes. */
  begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#lf.at = -1;
    this.#nul.at = -1;
    this.#less.at = -1;
  }

  /** The same bytes, with more behind them. */
  extend(bytes: Buffer): void {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** The next LF or NUL at `from` or behind it; the length of the bytes where there is none. */
  delimiter(from: number): number {
    return Math.min(this.#next(this.#lf, from), this.#next(this.#nul, from));
  }

  /** The next `<` at `from` or behind it; the length of the bytes where there is none. */
  lessThan(from: number): number {
    return this.#next(this.#less, from);
  }

  #next(known: Known, from: number): number {
    if (known.at < from) {
      known.from = from;
      known.at = this.#find(known.byte, from);
    } else if (from < known.from) {
      const before = this.#bytes.subarray(from, known.from).indexOf(known.byte);
      this.searched += known.from - from;
      known.from = from;
      if (before >= 0) known.at = from + before;
    }
    // It was not there up to the end that the bytes had then.
    if (this.#bytes[known.at] !== known.byte) known.at = this.#find(known.byte, known.at);
    return known.at;
  }

  #find(byte: number, from: number): number {
    const { length } = this.#bytes;
    if (from >= length) return length;
    const at = this.#bytes.indexOf(byte, from);
    const end = at < 0 ? length : at;
    this.searched += end + 1 - from;
    return end;
  }
}
