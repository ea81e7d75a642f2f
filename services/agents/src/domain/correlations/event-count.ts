/** event_count: so many matching events of one group within the time span. */
import type { CountCondition } from './condition.js';
import { readCountCondition } from './condition.js';
import type { CorrelationKind, GroupWindow } from './kind.js';
import type { Reached, WindowEntry, WindowTimes } from './window.js';
import { MAX_WINDOW_ENTRIES, SlidingEntries } from './window.js';

class EventCountWindow implements GroupWindow {
  readonly #sliding: SlidingEntries;
  readonly #condition: CountCondition;

  constructor(condition: CountCondition, times: WindowTimes, entries: readonly WindowEntry[]) {
    this.#condition = condition;
    this.#sliding = new SlidingEntries(times);
    for (const entry of entries) this.#sliding.insert(entry);
  }

  get entries(): readonly WindowEntry[] {
    return this.#sliding.entries;
  }

  get emptyAtMs(): number {
    return this.#sliding.emptyAtMs;
  }

  get cost(): number {
    return this.#sliding.cost;
  }

  add(entry: WindowEntry, clockMs: number): Reached | null {
    const sliding = this.#sliding;
    sliding.prune(clockMs);
    const index = sliding.insert(entry);
    for (const end of sliding.endsHolding(index)) {
      const start = sliding.startOf(end);
      const value = end - start + 1;
      if (this.#condition.holds(value)) {
        const atMicros = sliding.entries[end]!.receivedAt;
        return { value, threshold: this.#condition.threshold, entries: sliding.entries.slice(start), atMicros };
      }
    }
    if (sliding.entries.length > MAX_WINDOW_ENTRIES) sliding.retain((one) => one !== sliding.entries[0]);
    return null;
  }
}

export const eventCount: CorrelationKind = {
  read(source) {
    const condition = readCountCondition(source, false);
    if (!condition) return null;
    return {
      threshold: condition.threshold,
      valueOf: () => '',
      create: (entries = []) => new EventCountWindow(condition, source.times, entries),
    };
  },
};
