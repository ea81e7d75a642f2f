/** One output subject of a shard: what is stored on it, so that nothing is published twice and a loss is noticed. */
import { HEADERS, parseIngestors, parsePart, parseSource } from '@opmas/contracts';
import type { Bus } from '../nats/bus.js';
import { FencedSubject } from '../nats/fenced-subject.js';
import type { OutputMessage } from './frame-message.js';
import type { Progress } from './progress.js';
import { covers, isDone } from './progress.js';

export class OutputSubject {
  readonly #fenced: FencedSubject;
  #stored: Progress = {};
  /** The unit whose last part is not stored yet, and the index up to which it is. */
  #partial: { unit: string; last: number } | null = null;
  /** What this owner, or the snapshot it began from, knows to have been stored. */
  #claimed: Progress;

  private constructor(fenced: FencedSubject, claimed: Progress) {
    this.#fenced = fenced;
    this.#claimed = claimed;
  }

  static async open(bus: Bus, stream: string, subject: string): Promise<OutputSubject> {
    const output = new OutputSubject(await FencedSubject.open(bus, stream, subject), {});
    output.#read();
    return output;
  }

  get subject(): string {
    return this.#fenced.subject;
  }

  /** Progress that the stored messages are known to reach; a snapshot keeps it. */
  get claimed(): Progress {
    return this.#claimed;
  }

  /** Takes over what a snapshot claims; a state is of use only where the stream still has all of that. */
  isConsistentWith(claimed: Progress): boolean {
    return covers(this.#stored, claimed);
  }

  claim(claimed: Progress): void {
    this.#claimed = { ...claimed };
  }

  /** Reads the subject again; false where it lost something that was claimed: it was put back. */
  async reload(): Promise<boolean> {
    await this.#fenced.reload();
    this.#read();
    return covers(this.#stored, this.#claimed);
  }

  /** True where the stream has the message, or a later one. */
  has(message: OutputMessage, unit: string, position: { ingestor: string; progress: number }): boolean {
    if (isDone(this.#stored, position.ingestor, position.progress)) return true;
    return this.#partial?.unit === unit && message.last <= this.#partial.last;
  }

  /** Counts a message that is stored already, by whomever, among what a snapshot claims. */
  acknowledge(message: OutputMessage): void {
    this.#claimed = parseIngestors(message.headers[HEADERS.ingestors]);
  }

  async publish(message: OutputMessage, unit: string): Promise<void> {
    await this.#fenced.publish(message.id, message.headers, message.data);
    this.#stored = parseIngestors(message.headers[HEADERS.ingestors]);
    this.#partial = message.isFinal ? null : { unit, last: message.last };
    this.#claimed = this.#stored;
  }

  #read(): void {
    const last = this.#fenced.last;
    this.#stored = last ? parseIngestors(last.header(HEADERS.ingestors)) : {};
    const part = last ? parsePart(last.header(HEADERS.part)) : null;
    const source = last ? parseSource(last.header(HEADERS.source)) : null;
    this.#partial = part && source && part.last < part.count - 1 ? { unit: source.frameId, last: part.last } : null;
  }
}
