/**
 * How many bytes of OPMAS_RAW are unread, by what this ingestor stored itself: exactly of its own messages, by estimates
 * that rather say too much of those of others and of those before its start.
 */

/** What a message takes in a stream's file beside its payload: headers, subject, the record's own. */
export const MESSAGE_OVERHEAD_BYTES = 640;
/** Messages are added up to entries of this size, so that a long backlog needs little memory. */
const ENTRY_BYTES = 256 * 1024;

interface Entry {
  /** Of its first message. */
  readonly sequence: number;
  bytes: number;
  messages: number;
}

export class UnreadLedger {
  #entries: Entry[] = [];
  #bytes = 0;
  #messages = 0;
  #last = 0;
  #othersBytes = 0;
  readonly #largestBytes: number;

  /** @param largestBytes what a message of another ingestor may take */
  constructor(largestBytes: number) {
    this.#largestBytes = largestBytes;
  }

  /** A message of ours is stored. A sequence that goes back says that the stream was put back: what was known is void. */
  add(sequence: number, payloadBytes: number): void {
    if (sequence <= this.#last) this.#clear();
    this.#last = sequence;
    const bytes = payloadBytes + MESSAGE_OVERHEAD_BYTES;
    const entry = this.#entries.at(-1);
    if (entry && entry.bytes + bytes <= ENTRY_BYTES) {
      entry.bytes += bytes;
      entry.messages++;
    } else {
      this.#entries.push({ sequence, bytes, messages: 1 });
    }
    this.#bytes += bytes;
    this.#messages++;
  }

  /**
   * What lies before `from` has been read. Messages up to `last` are in the stream, whose size is `streamBytes`: what is
   * unread and not ours is estimated by it.
   */
  look(from: number, last: number, streamBytes: number): void {
    while (this.#entries.length > 1 && this.#entries[1]!.sequence <= from) {
      const { bytes, messages } = this.#entries.shift()!;
      this.#bytes -= bytes;
      this.#messages -= messages;
    }
    if (from > this.#last) this.#forgetOwn();
    const others = Math.max(0, last + 1 - from - this.#messages);
    this.#othersBytes = Math.min(others * this.#largestBytes, Math.max(0, streamBytes - this.#bytes));
  }

  get bytes(): number {
    return this.#bytes + this.#othersBytes;
  }

  #forgetOwn(): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#messages = 0;
  }

  #clear(): void {
    this.#forgetOwn();
    this.#last = 0;
  }
}
