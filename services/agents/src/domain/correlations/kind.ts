/** What a kind of correlation is. Each kind is one file, and one line in the registry. */
import type { EventEnvelope, EventType } from '@opmas/contracts';
import type { SourceNode, SourceReader } from '../language/source.js';
import type { Reached, WindowEntry, WindowTimes } from './window.js';

/** One group of one rule while no episode is open. */
export interface GroupWindow {
  /** Takes in one matching event; answers whether the condition now holds. */
  add(entry: WindowEntry, clockMs: number): Reached | null;
  /** Once the shard's clock has passed this, the group is as if it had never been. */
  readonly emptyAtMs: number;
  /** Characters held, for the rule's memory limit. */
  readonly cost: number;
  /** Everything it holds: `create` makes an equal group of it. */
  readonly entries: readonly WindowEntry[];
}

/** A correlation as a rule declares it, compiled. */
export interface Correlator {
  /** What is counted of an event; null where it lacks it, and then it is not counted. */
  valueOf(event: EventEnvelope): string | null;
  create(entries?: readonly WindowEntry[]): GroupWindow;
  /** What has to be reached, for titles and explanations. */
  threshold: number;
}

/** What a kind gets to read its own fields from. */
export interface CorrelationSource {
  reader: SourceReader;
  /** The `condition` block, which every kind reads by its own names; undefined where there is none. */
  condition: SourceNode | undefined;
  correlation: SourceNode;
  types: readonly EventType[];
  groupBy: readonly string[];
  times: WindowTimes;
}

export interface CorrelationKind {
  /** Reads and checks the condition; null where it has faults. */
  read(source: CorrelationSource): Correlator | null;
}
