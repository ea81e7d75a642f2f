/** Timers on the shard's clock: the next due first, and of those due at one instant the one with the lower key. */

export interface Timer {
  dueMs: number;
  ruleId: string;
  /** Group key of the episode. */
  key: string;
}

function isBefore(a: Timer, b: Timer): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  if (a.ruleId !== b.ruleId) return a.ruleId < b.ruleId;
  return a.key < b.key;
}

/** A binary heap. Timers are not taken back: whoever pops one asks whether it still holds. */
export class Timers {
  readonly #heap: Timer[] = [];

  get nextDueMs(): number {
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  pop(): Timer | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const moved = heap.pop();
    if (!first || !moved || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
    return first;
  }
}
