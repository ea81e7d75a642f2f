/** The detection block: named selections and the condition that joins them, compiled into one test. */
import type { EventEnvelope, EventType } from '@opmas/contracts';
import type { Node } from 'yaml';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Condition } from './condition.js';
import { namesIn, parseCondition } from './condition.js';
import type { FieldItem } from './field-item.js';
import { readFieldItem, readKeyword } from './field-item.js';
import type { SourceEntry, SourceNode, SourceReader } from './source.js';

/** A selection as a tree: every inner node joins its parts, every leaf tests one field. */
export type Selection = FieldItem | { kind: 'all' | 'any'; parts: Selection[] };

export interface Detection {
  selections: ReadonlyMap<string, Selection>;
  condition: Condition;
  test: (event: EventEnvelope) => boolean;
}

type Test = (event: EventEnvelope) => boolean;

const MAX_CONDITION_LENGTH = 2000;

/** Reads the block; null where it has faults. */
export function readDetection(reader: SourceReader, at: SourceNode, types: readonly EventType[]): Detection | null {
  const before = reader.faults.length;
  const entries = reader.entries(at, 'detection');
  if (!entries) return null;
  const selections = new Map<string, Selection>();
  for (const entry of entries) {
    if (entry.key === 'condition' || entry.key === 'timeframe') continue;
    const selection = readSelection(reader, entry.value, entry.key, types);
    if (selection) selections.set(entry.key, selection);
  }
  const old = entries.find(({ key }) => key === 'timeframe');
  if (old) reader.fault(old.keyNode, '`timeframe` is old Sigma', '`timespan` in a `correlation` block');
  const names = entries.map(({ key }) => key).filter((key) => key !== 'condition' && key !== 'timeframe');
  const condition = readCondition(
    reader,
    at,
    entries.find(({ key }) => key === 'condition'),
    names,
  );
  if (condition) checkAllUsed(reader, entries, condition);
  if (!condition || reader.faults.length > before) return null;
  return { selections, condition, test: conditionTest(condition, selections) };
}

function readCondition(
  reader: SourceReader,
  at: SourceNode,
  entry: SourceEntry | undefined,
  names: readonly string[],
): Condition | null {
  if (!entry) {
    reader.fault(
      at,
      'detection lacks "condition"',
      `which selections must hold, like \`condition: ${names[0] ?? 'selection'}\``,
    );
    return null;
  }
  const nodes = reader.list(entry.value, 'condition');
  const parts = (nodes ?? []).map((node) => readOneCondition(reader, node, names));
  if (parts.length === 0 || parts.includes(null)) return null;
  const found = parts.filter((part) => part !== null);
  return found.length === 1 ? found[0]! : { kind: 'any', parts: found };
}

function readOneCondition(reader: SourceReader, at: SourceNode, names: readonly string[]): Condition | null {
  const text = reader.text(at, 'condition', { max: MAX_CONDITION_LENGTH });
  if (text === null) return null;
  const parsed = parseCondition(text, names);
  if (parsed.ok) return parsed.condition;
  const { index, message, expected, given } = parsed.fault;
  const place = { node: at.node, offset: at.offset + offsetInScalar(at.node, index) };
  reader.fault(place, `in the condition, ${message}`, expected, given === null ? undefined : { given, names });
  return null;
}

/** Where a character of a one-line scalar stands in the source; 0 for the other styles. */
function offsetInScalar(node: Node | null, index: number): number {
  if (!isScalar(node)) return 0;
  if (node.type === 'PLAIN') return index;
  return node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE' ? index + 1 : 0;
}

/** A selection that no condition names never does anything: mostly a name that was mistyped. */
function checkAllUsed(reader: SourceReader, entries: readonly SourceEntry[], condition: Condition): void {
  const used = new Set(namesIn(condition));
  for (const { key, keyNode } of entries) {
    if (key === 'condition' || key === 'timeframe' || key.startsWith('_') || used.has(key)) continue;
    reader.fault(
      keyNode,
      `the condition does not use the selection "${key}"`,
      'a condition that names it, or no such selection',
    );
  }
}

function readSelection(
  reader: SourceReader,
  at: SourceNode,
  name: string,
  types: readonly EventType[],
): Selection | null {
  if (isMap(at.node)) return readItems(reader, at, name, types);
  if (isSeq(at.node)) {
    const nodes = reader.list(at, name) ?? [];
    if (nodes.length === 0) reader.fault(at, `the selection "${name}" is empty`, 'at least one item');
    const parts = nodes.map((node) =>
      isScalar(node.node) ? readKeyword(reader, node) : readSelection(reader, node, name, types),
    );
    return joined('any', parts);
  }
  if (isScalar(at.node) && at.node.value !== null) return readKeyword(reader, at);
  reader.fault(at, `the selection "${name}" is empty`, 'a map of `field: value`, or a list of them');
  return null;
}

function readItems(reader: SourceReader, at: SourceNode, name: string, types: readonly EventType[]): Selection | null {
  const entries = reader.entries(at, name) ?? [];
  if (entries.length === 0) reader.fault(at, `the selection "${name}" is empty`, 'at least one item');
  const parts = entries.map((entry) => {
    if (entry.key !== '|all') return readFieldItem(reader, entry, types);
    const keywords = reader.list(entry.value, '|all') ?? [];
    return joined(
      'all',
      keywords.map((node) => readKeyword(reader, node)),
    );
  });
  return joined('all', parts);
}

function joined(kind: 'all' | 'any', parts: readonly (Selection | null)[]): Selection | null {
  const found = parts.filter((part) => part !== null);
  if (found.length !== parts.length || found.length === 0) return null;
  return found.length === 1 ? found[0]! : { kind, parts: found };
}

function joinTests(kind: 'all' | 'any', tests: readonly Test[]): Test {
  if (tests.length === 1) return tests[0]!;
  return kind === 'all' ? (event) => tests.every((test) => test(event)) : (event) => tests.some((test) => test(event));
}

function selectionTest(selection: Selection): Test {
  return selection.kind === 'item' ? selection.test : joinTests(selection.kind, selection.parts.map(selectionTest));
}

function conditionTest(condition: Condition, selections: ReadonlyMap<string, Selection>): Test {
  switch (condition.kind) {
    case 'name':
      return selectionTest(selections.get(condition.name)!);
    case 'not': {
      const test = conditionTest(condition.part, selections);
      return (event) => !test(event);
    }
    case 'all':
    case 'any':
      return joinTests(
        condition.kind,
        condition.parts.map((part) => conditionTest(part, selections)),
      );
  }
}
