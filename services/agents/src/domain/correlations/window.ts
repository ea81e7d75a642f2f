/** The events that a group holds while no episode is open, in the order of their `receivedAt`. */

export interface WindowEntry {
  /** `receivedAt` in µs since the epoch. */
  receivedAt: number;
  /** The shard's clock, in ms, at the record. */
  arrivedMs: number;
  /** What value_count counts; empty for event_count. */
  value: string;
  /** The event as one JSON text: evidence, if it comes to a finding. */
  line: string;
  /** Events that the entry stands for: 1, or more where a full window put equal ones together. */
  weight: number;
}

/** The condition held: the value, the threshold it had to reach, and the events that are the episode's from now on. */
export interface Reached {
  value: number;
  threshold: number;
  entries: WindowEntry[];
  /** `receivedAt` of the event at which it held, µs. */
  atMicros: number;
}

/** Entries a window may hold; a threshold is at most that. */
export const MAX_WINDOW_ENTRIES = 10_000;
/** What an entry costs beside its texts, in characters. */
const ENTRY_COST = 120;

export interface WindowTimes {
  spanMs: number;
  /** How much later than its neighbours a record may come and still be counted with them. */
  toleranceMs: number;
}

/**
 * Slides as `(t - span, t]` over `receivedAt`. An entry leaves once the shard's clock has passed both its `receivedAt`
 * and its arrival by span and tolerance: so what a journal delivers late still finds its neighbours, and failures that
 * lie hours apart are never taken together, however fast they are delivered.
 */
export class SlidingEntries {
  readonly entries: WindowEntry[] = [];
  readonly #spanMicros: number;
  readonly #keptMs: number;
  /** The earliest time at which an entry may leave. */
  #nextLeaveMs = Number.POSITIVE_INFINITY;
  /** Characters that the entries hold, for the rule's memory limit. */
  cost = 0;
  /** When the shard's clock has passed this, nothing is left. */
  emptyAtMs = 0;

  constructor(times: WindowTimes) {
    this.#spanMicros = times.spanMs * 1000;
    this.#keptMs = times.spanMs + times.toleranceMs;
  }

  /** Puts an entry in its place, behind those of the same instant, and answers its index. */
  insert(entry: WindowEntry): number {
    let index = this.entries.length;
    if (index > 0 && this.entries[index - 1]!.receivedAt > entry.receivedAt) index = this.firstAfter(entry.receivedAt);
    this.entries.splice(index, 0, entry);
    this.cost += costOf(entry);
    const leavesAtMs = this.#leavesAtMs(entry);
    this.#nextLeaveMs = Math.min(this.#nextLeaveMs, leavesAtMs);
    this.emptyAtMs = Math.max(this.emptyAtMs, leavesAtMs);
    return index;
  }

  /** Removes what has left by now; true if anything did. */
  prune(clockMs: number): boolean {
    if (clockMs < this.#nextLeaveMs) return false;
    return this.retain((entry) => clockMs < this.#leavesAtMs(entry));
  }

  /** Keeps the entries for which `keep` holds; true if any was removed. */
  retain(keep: (entry: WindowEntry) => boolean): boolean {
    let kept = 0;
    let next = Number.POSITIVE_INFINITY;
    for (const entry of this.entries) {
      if (keep(entry)) {
        this.entries[kept++] = entry;
        next = Math.min(next, this.#leavesAtMs(entry));
      } else this.cost -= costOf(entry);
    }
    const removed = kept < this.entries.length;
    this.entries.length = kept;
    this.#nextLeaveMs = next;
    return removed;
  }

  /** Index of the first entry with `receivedAt` above the given one. */
  firstAfter(receivedAt: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.receivedAt <= receivedAt) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the first entry of the window that ends with the entry at `end`. */
  startOf(end: number): number {
    return this.firstAfter(this.entries[end]!.receivedAt - this.#spanMicros);
  }

  /** Ends of all windows that hold the entry at `index`, in order: one for each instant, its last entry. */
  *endsHolding(index: number): Generator<number> {
    const limit = this.entries[index]!.receivedAt + this.#spanMicros;
    for (let end = index; end < this.entries.length && this.entries[end]!.receivedAt < limit; end++) {
      if (this.entries[end + 1]?.receivedAt !== this.entries[end]!.receivedAt) yield end;
    }
  }

  #leavesAtMs(entry: WindowEntry): number {
    return Math.max(entry.arrivedMs, entry.receivedAt / 1000) + this.#keptMs;
  }
}

function costOf(entry: WindowEntry): number {
  return ENTRY_COST + entry.line.length + entry.value.length;
}

export function totalWeight(entries: readonly WindowEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.weight, 0);
}
