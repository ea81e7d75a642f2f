/** The clock of lines that are read from a file: their own times, made never to go back. */

/** Backwards by less than this is disorder; by more, a clock that was set, or another excerpt in the same file. */
const DISORDER_MICROS = 3600 * 1e6;
const MOST_SENDERS = 10_000;

export class ImportClock {
  #nowMicros: number | null = null;
  readonly #referenceMicros: number;
  readonly #offsets = new Map<string, number>();

  /** `referenceMicros` is the time of lines before the first that says one. */
  constructor(referenceMicros: number) {
    this.#referenceMicros = referenceMicros;
  }

  /** What a line's stamp is nearest to: the year is told by it. */
  get nearMicros(): number {
    return this.#nowMicros ?? this.#referenceMicros;
  }

  /**
   * The instant of the next line, µs since the epoch. `ownMicros` is the line's own time, null where it has none. A
   * sender whose clock goes back by more than an hour goes on from the present; its later lines keep that distance.
   */
  take(sender: string, ownMicros: number | null): number {
    if (ownMicros === null) return this.nearMicros;
    const now = this.#nowMicros ?? ownMicros;
    let micros = ownMicros + (this.#offsets.get(sender) ?? 0);
    if (micros < now - DISORDER_MICROS) {
      if (this.#offsets.has(sender) || this.#offsets.size < MOST_SENDERS) this.#offsets.set(sender, now - ownMicros);
      micros = now;
    }
    this.#nowMicros = Math.max(now, micros);
    return this.#nowMicros;
  }
}
