/** value_count: so many different values of one field, in one group, within the time span. */
import type { EventEnvelope } from '@opmas/contracts';
import { fieldKinds, fieldNames, fieldReader } from '../language/event-fields.js';
import type { CountCondition } from './condition.js';
import { readCountCondition } from './condition.js';
import type { CorrelationKind, CorrelationSource, GroupWindow } from './kind.js';
import type { Reached, WindowEntry, WindowTimes } from './window.js';
import { MAX_WINDOW_ENTRIES, SlidingEntries } from './window.js';

/** Value → occurrences, for the entries from `start` to `end`: each event costs one step, whatever the window holds. */
class Distinct {
  readonly #counts = new Map<string, number>();
  start = 0;
  end = -1;

  get size(): number {
    return this.#counts.size;
  }

  moveTo(entries: readonly WindowEntry[], start: number, end: number): void {
    while (this.end < end) {
      const { value } = entries[++this.end]!;
      this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    }
    while (this.start < start) {
      const { value } = entries[this.start++]!;
      const left = this.#counts.get(value)! - 1;
      if (left === 0) this.#counts.delete(value);
      else this.#counts.set(value, left);
    }
  }
}

class ValueCountWindow implements GroupWindow {
  readonly #sliding: SlidingEntries;
  readonly #condition: CountCondition;
  readonly #spanMicros: number;
  /** Of the newest window; null while it has to be counted anew. */
  #newest: Distinct | null = null;

  constructor(condition: CountCondition, times: WindowTimes, entries: readonly WindowEntry[]) {
    this.#condition = condition;
    this.#spanMicros = times.spanMs * 1000;
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
    if (sliding.prune(clockMs)) this.#newest = null;
    const index = sliding.insert(entry);
    const isNewest = index === sliding.entries.length - 1;
    const reached = isNewest ? this.#judge(this.#newestDistinct(), index) : this.#judgeLate(index);
    if (!isNewest) this.#newest = null;
    if (!reached && sliding.entries.length > MAX_WINDOW_ENTRIES) this.#compact();
    return reached;
  }

  #newestDistinct(): Distinct {
    this.#newest ??= new Distinct();
    return this.#newest;
  }

  #judgeLate(index: number): Reached | null {
    const distinct = new Distinct();
    const first = this.#sliding.startOf(index);
    distinct.start = first;
    distinct.end = first - 1;
    for (const end of this.#sliding.endsHolding(index)) {
      const reached = this.#judge(distinct, end);
      if (reached) return reached;
    }
    return null;
  }

  #judge(distinct: Distinct, end: number): Reached | null {
    const entries = this.#sliding.entries;
    const start = this.#sliding.startOf(end);
    distinct.moveTo(entries, start, end);
    if (!this.#condition.holds(distinct.size)) return null;
    const { threshold } = this.#condition;
    return { value: distinct.size, threshold, entries: entries.slice(start), atMicros: entries[end]!.receivedAt };
  }

  /**
   * Drops what no window needs: of three entries with one value that lie within one span, every window that holds the
   * middle one holds another of them. Its weight goes to the one before it. What is still too much loses its oldest.
   */
  #compact(): void {
    const sliding = this.#sliding;
    const last = new Map<string, WindowEntry[]>();
    const dropped = new Set<WindowEntry>();
    for (const entry of sliding.entries) {
      const same = last.get(entry.value) ?? [];
      const [before, middle] = same;
      if (before && middle && entry.receivedAt - before.receivedAt < this.#spanMicros) {
        dropped.add(middle);
        before.weight += middle.weight;
        last.set(entry.value, [before, entry]);
      } else last.set(entry.value, middle ? [middle, entry] : [...same, entry]);
    }
    sliding.retain((entry) => !dropped.has(entry));
    const excess = sliding.entries.length - MAX_WINDOW_ENTRIES;
    if (excess > 0) {
      const oldest = new Set(sliding.entries.slice(0, excess));
      sliding.retain((entry) => !oldest.has(entry));
    }
    this.#newest = null;
  }
}

/** The field whose values are counted; null where it is missing or wrong. */
function readField(source: CorrelationSource, condition: CountCondition): string | null {
  const { reader, types, groupBy } = source;
  const at = condition.field;
  if (!at) {
    reader.fault(source.condition!, 'value_count lacks "field"', 'the field whose different values are counted');
    return null;
  }
  const name = reader.text(at, 'correlation.condition.field');
  if (name === null) return null;
  const kinds = fieldKinds(types, name);
  const names = fieldNames(types);
  if (types.length > 0 && kinds.size === 0) {
    reader.fault(at, `${types.join(', ')} has no field "${name}"`, `one of ${names.join(', ')}`, {
      given: name,
      names,
    });
  } else if (kinds.has('list')) {
    reader.fault(at, `the field "${name}" is a list`, 'a field with a single value');
  } else if (groupBy.includes(name)) {
    reader.fault(at, `"${name}" is in group-by too, so that a group has one value only`, 'a field outside group-by');
  } else return name;
  return null;
}

export const valueCount: CorrelationKind = {
  read(source) {
    const condition = readCountCondition(source, true);
    const field = condition && readField(source, condition);
    if (!condition || field === null) return null;
    const read = fieldReader(field);
    return {
      threshold: condition.threshold,
      valueOf: (event: EventEnvelope) => {
        const value = read(event);
        return value === null || value === undefined || Array.isArray(value) ? null : String(value);
      },
      create: (entries = []) => new ValueCountWindow(condition, source.times, entries),
    };
  },
};
