/**
 * Which of many requests a request repeats, by its content: OTLP knows no idempotency key, and whoever gets no answer sends
 * the same bytes again. The newest are remembered in the journal, under a fixed number of notes that are used in turn, so
 * that they push out none of the imports' own.
 */
import type { Journal } from '@opmas/platform';
import type { ImportNote } from './import-run.js';

const REMEMBERED = 2048;

export class RecentBodies {
  readonly #journal: Journal;
  readonly #prefix: string;
  /** Digest → slot; the first is the one that was used longest ago. */
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];

  constructor(journal: Journal, prefix: string) {
    this.#journal = journal;
    this.#prefix = prefix;
    for (let slot = REMEMBERED - 1; slot >= 0; slot--) {
      const text = journal.noted(this.#key(slot));
      const digest = text === undefined ? '' : (JSON.parse(text) as { digest: string }).digest;
      if (digest === '') this.#free.push(slot);
      else this.#slots.set(digest, slot);
    }
  }

  #key(slot: number): string {
    return `${this.#prefix}:${slot}`;
  }

  /** Where a content is remembered, from now on if it was not. */
  noteOf(digest: string): ImportNote {
    const slot = this.#slots.get(digest) ?? this.#free.pop() ?? this.#oldest();
    this.#slots.delete(digest);
    this.#slots.set(digest, slot);
    return { key: this.#key(slot), isReused: true };
  }

  #oldest(): number {
    const [digest, slot] = this.#slots.entries().next().value!;
    this.#slots.delete(digest);
    return slot;
  }

  /** The next of this content is another one. */
  forget(digest: string): void {
    const slot = this.#slots.get(digest);
    if (slot === undefined) return;
    this.#slots.delete(digest);
    this.#free.push(slot);
    this.#journal.note(this.#key(slot), JSON.stringify({ digest: '' }));
  }
}
