/** A binary heap of lines by time, then by the order in which they were said. */
import type { ScriptLine } from './script.js';

export class LineHeap {
  readonly #lines: ScriptLine[] = [];

  get size(): number {
    return this.#lines.length;
  }

  /** Instant of the earliest line; Infinity when there is none. */
  get earliestMicros(): number {
    return this.#lines[0]?.atMicros ?? Infinity;
  }

  push(line: ScriptLine): void {
    const lines = this.#lines;
    let at = lines.length;
    lines.push(line);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = lines[parentAt];
      if (!parent || isBefore(parent, line)) break;
      lines[at] = parent;
      at = parentAt;
    }
    lines[at] = line;
  }

  pop(): ScriptLine | undefined {
    const lines = this.#lines;
    const first = lines[0];
    const last = lines.pop();
    if (lines.length > 0 && last) this.#sink(last);
    return first;
  }

  #sink(line: ScriptLine): void {
    const lines = this.#lines;
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const left = lines[leftAt];
      if (!left) break;
      const right = lines[leftAt + 1];
      const isRightFirst = right !== undefined && isBefore(right, left);
      const child = isRightFirst ? right : left;
      if (isBefore(line, child)) break;
      lines[at] = child;
      at = isRightFirst ? leftAt + 1 : leftAt;
    }
    lines[at] = line;
  }
}

function isBefore(a: ScriptLine, b: ScriptLine): boolean {
  return a.atMicros < b.atMicros || (a.atMicros === b.atMicros && a.order < b.order);
}
