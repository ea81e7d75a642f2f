/** One item of a selection, `field|modifier|...: value`, compiled into a test. */
import type { EventEnvelope, EventType } from '@opmas/contracts';
import type { Node } from 'yaml';
import { RE2JS } from 're2js';
import { isInNetwork, parseAddress, parseNetwork } from './address.js';
import type { FieldReader, FieldValue } from './event-fields.js';
import { fieldKinds, fieldNames, fieldReader, fieldWords } from './event-fields.js';
import type { SourceEntry, SourceNode, SourceReader, SourceScalar } from './source.js';
import { literalOf, textPattern } from './text-pattern.js';

/** A leaf of a detection: what it says, and whether an event satisfies it. */
export interface FieldItem {
  kind: 'item';
  /** Null for a keyword, which is looked for in the message. */
  field: string | null;
  /** As the rule writes it, for explanations. */
  text: string;
  test: (event: EventEnvelope) => boolean;
}

type ValueTest = (value: FieldValue) => boolean;

const COMPARISONS = ['gt', 'gte', 'lt', 'lte'] as const;
const MATCHERS = ['contains', 'startswith', 'endswith', 're', 'cidr', 'exists', ...COMPARISONS] as const;
const TEXTUAL: readonly string[] = ['contains', 'startswith', 'endswith'];
type MatcherName = (typeof MATCHERS)[number];
const ADJUSTERS = ['all', 'cased', 'neq', 'i', 'm', 's'] as const;
const MODIFIERS: readonly string[] = [...MATCHERS, ...ADJUSTERS];
/** Sigma's modifiers that make no sense on typed events, or that are not honoured. */
const REFUSED = ['base64', 'base64offset', 'wide', 'utf16', 'utf16le', 'utf16be', 'windash', 'expand', 'fieldref'];
const REGEX_FLAGS = { i: RE2JS.CASE_INSENSITIVE, s: RE2JS.DOTALL, m: RE2JS.MULTILINE } as const;

interface Item {
  reader: SourceReader;
  field: string;
  matcher: MatcherName | null;
  adjusters: ReadonlySet<string>;
  types: readonly EventType[];
}

/** Reads `entry`; null where it has faults. */
export function readFieldItem(reader: SourceReader, entry: SourceEntry, types: readonly EventType[]): FieldItem | null {
  const [field = '', ...modifiers] = entry.key.split('|');
  const before = reader.faults.length;
  checkField(reader, entry.keyNode, field, types);
  const matcher = checkModifiers(reader, entry.keyNode, modifiers);
  if (reader.faults.length > before) return null;
  const item: Item = { reader, field, matcher, adjusters: new Set(modifiers), types };
  const test = readValues(item, entry);
  if (!test || reader.faults.length > before) return null;
  const read = fieldReader(field);
  const isNegated = item.adjusters.has('neq');
  const text = `${entry.key}: ${entry.value.node === null ? 'null' : String(entry.value.node)}`;
  return { kind: 'item', field, text, test: (event) => anyElement(read, test, event) !== isNegated };
}

/** A bare value in a selection: looked for anywhere in the message. */
export function readKeyword(reader: SourceReader, at: SourceNode): FieldItem | null {
  const value = reader.scalar(at, 'a keyword');
  if (value === undefined) return null;
  if (value === null || value === '') {
    reader.fault(at, 'a keyword is empty', 'a text to look for in the message');
    return null;
  }
  const test = textPattern(String(value), { start: true, end: true }, false);
  return { kind: 'item', field: null, text: JSON.stringify(value), test: (event) => test(event.message) };
}

function anyElement(read: FieldReader, test: ValueTest, event: EventEnvelope): boolean {
  const value = read(event);
  if (!Array.isArray(value)) return test(value);
  return value.length === 0 ? test(undefined) : value.some((element) => test(element as FieldValue));
}

function checkField(reader: SourceReader, at: Node, field: string, types: readonly EventType[]): void {
  if (types.length === 0 || fieldKinds(types, field).size > 0) return;
  const names = fieldNames(types);
  reader.fault(at, `${types.join(', ')} has no field "${field}"`, `one of ${names.join(', ')}`, {
    given: field,
    names,
  });
}

function checkModifiers(reader: SourceReader, at: Node, modifiers: readonly string[]): MatcherName | null {
  const matchers: MatcherName[] = [];
  for (const modifier of modifiers) {
    const matcher = MATCHERS.find((one) => one === modifier);
    if (matcher) matchers.push(matcher);
    else if (REFUSED.includes(modifier)) {
      reader.fault(at, `the modifier "${modifier}" of Sigma is not supported`, `one of ${MODIFIERS.join(', ')}`);
    } else if (!MODIFIERS.includes(modifier)) {
      const candidates = { given: modifier, names: MODIFIERS };
      reader.fault(at, `unknown modifier "${modifier}"`, `one of ${MODIFIERS.join(', ')}`, candidates);
    }
  }
  if (matchers.length > 1) reader.fault(at, `${matchers.join(' and ')} exclude each other`, 'one of them');
  checkAdjusters(reader, at, matchers[0] ?? null, modifiers);
  return matchers[0] ?? null;
}

function checkAdjusters(
  reader: SourceReader,
  at: Node,
  matcher: MatcherName | null,
  modifiers: readonly string[],
): void {
  const hasFlag = modifiers.some((modifier) => Object.hasOwn(REGEX_FLAGS, modifier));
  if (hasFlag && matcher !== 're') reader.fault(at, 'i, m and s belong to re', '`field|re|i`');
  const isTextual = matcher === null || TEXTUAL.includes(matcher);
  if (modifiers.includes('cased') && !isTextual)
    reader.fault(at, `cased has no meaning with ${matcher}`, 'cased with plain values only');
  if (matcher === 'exists' && modifiers.length > 1) reader.fault(at, 'exists stands alone', '`field|exists: true`');
}

/** The test for the value, or for the list of values: any of them, or all of them under `all`. */
function readValues(item: Item, entry: SourceEntry): ValueTest | null {
  const { reader, matcher, adjusters } = item;
  if (matcher === 'exists') return readExists(reader, entry.value);
  if (reader.isNull(entry.value)) {
    if (matcher === null && !adjusters.has('all')) return (given) => given === null || given === undefined;
    reader.fault(entry.value, 'null takes no modifier', 'a value');
    return null;
  }
  const nodes = reader.list(entry.value, entry.key);
  if (!nodes) return null;
  if (nodes.length === 0) reader.fault(entry.value, `${entry.key} has no values`, 'at least one value');
  if (adjusters.has('all') && nodes.length < 2)
    reader.fault(entry.keyNode, 'all needs a list of values', 'two values or more');
  const literals = matcher === null && !adjusters.has('all') ? literalSet(item, nodes) : null;
  if (literals) return literals;
  const tests = nodes.map((node) => readValue(item, node)).filter((test) => test !== null);
  if (tests.length === 1) return tests[0]!;
  return adjusters.has('all')
    ? (given) => tests.every((test) => test(given))
    : (given) => tests.some((test) => test(given));
}

function readExists(reader: SourceReader, at: SourceNode): ValueTest | null {
  const value = reader.scalar(at, 'exists');
  if (value === undefined) return null;
  if (typeof value !== 'boolean') {
    reader.fault(at, `exists is ${JSON.stringify(value)}`, 'true or false');
    return null;
  }
  return (given) => (given !== null && given !== undefined) === value;
}

/** One look-up for a list of plain values, whatever its length; null where a value has wildcards. */
function literalSet(item: Item, nodes: readonly SourceNode[]): ValueTest | null {
  const cased = item.adjusters.has('cased');
  const words = fieldWords(item.types, item.field);
  const literals = new Set<string>();
  let isLiteral = true;
  for (const node of nodes) {
    const value = scalarValue(item.reader, node);
    if (value === undefined) continue;
    const literal = literalOf(String(value), { start: false, end: false });
    if (literal === null) isLiteral = false;
    else {
      checkWord(item, node, literal, words);
      literals.add(cased ? literal : literal.toLowerCase());
    }
  }
  if (!isLiteral) return null;
  return (given) => {
    const text = textOf(given);
    return text !== null && literals.has(cased ? text : text.toLowerCase());
  };
}

function checkWord(item: Item, node: SourceNode, literal: string, words: readonly string[] | null): void {
  if (!words || words.some((word) => word.toLowerCase() === literal.toLowerCase())) return;
  const message = `${item.field} is never "${literal}"`;
  item.reader.fault(node, message, `one of ${words.join(', ')}`, { given: literal, names: words });
}

function scalarValue(reader: SourceReader, node: SourceNode): Exclude<SourceScalar, null> | undefined {
  const value = reader.scalar(node, 'a value');
  if (value !== null) return value;
  reader.fault(node, 'null stands in a list', '`field: null` as an item of its own');
  return undefined;
}

function textOf(given: FieldValue): string | null {
  if (typeof given === 'string') return given;
  return typeof given === 'number' || typeof given === 'boolean' ? String(given) : null;
}

function onText(test: (text: string) => boolean): ValueTest {
  return (given) => {
    const text = textOf(given);
    return text !== null && test(text);
  };
}

function readValue(item: Item, node: SourceNode): ValueTest | null {
  const value = scalarValue(item.reader, node);
  if (value === undefined) return null;
  switch (item.matcher) {
    case null:
      return onText(textPattern(String(value), { start: false, end: false }, item.adjusters.has('cased')));
    case 'contains':
    case 'startswith':
    case 'endswith': {
      const open = { start: item.matcher !== 'startswith', end: item.matcher !== 'endswith' };
      return onText(textPattern(String(value), open, item.adjusters.has('cased')));
    }
    case 're':
      return readRegex(item, node, String(value));
    case 'cidr':
      return readCidr(item, node, String(value));
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return readComparison(item, node, item.matcher, value);
    case 'exists':
      return null;
  }
}

/** RE2's engine: time grows with the text's length only, whatever the pattern; back-references are refused. */
function readRegex(item: Item, node: SourceNode, pattern: string): ValueTest | null {
  let flags = 0;
  for (const flag of ['i', 's', 'm'] as const) if (item.adjusters.has(flag)) flags |= REGEX_FLAGS[flag];
  try {
    if (pattern.length > 1000) throw new Error(`it has ${pattern.length} characters, at most 1000 are allowed`);
    const regex = RE2JS.compile(pattern, flags);
    return onText((text) => regex.test(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const expected = 'RE2 syntax: no back-references and no look-around, which can take for ever on a long line';
    item.reader.fault(node, `the regular expression ${JSON.stringify(pattern)} is refused: ${reason}`, expected);
    return null;
  }
}

function readCidr(item: Item, node: SourceNode, text: string): ValueTest | null {
  const network = parseNetwork(text);
  if (!network) {
    item.reader.fault(
      node,
      `${JSON.stringify(text)} is no network`,
      'an address with a prefix length, like 192.168.0.0/16 or fd00::/8',
    );
    return null;
  }
  return onText((given) => {
    const address = parseAddress(given);
    return address !== null && isInNetwork(address, network);
  });
}

function readComparison(
  item: Item,
  node: SourceNode,
  operator: (typeof COMPARISONS)[number],
  value: SourceScalar,
): ValueTest | null {
  if (typeof value !== 'number') {
    item.reader.fault(node, `${operator} compares with ${JSON.stringify(value)}`, 'a number');
    return null;
  }
  const kinds = fieldKinds(item.types, item.field);
  if (kinds.size > 0 && !kinds.has('number')) {
    item.reader.fault(
      node,
      `${operator} compares numbers, and ${item.field} is ${[...kinds].join(' or ')}`,
      'a field that is a number',
    );
    return null;
  }
  const holds = COMPARE[operator];
  return (given) => typeof given === 'number' && holds(given, value);
}

/** Also the operators of a correlation's condition. */
export const COMPARE = {
  gt: (a: number, b: number): boolean => a > b,
  gte: (a: number, b: number): boolean => a >= b,
  lt: (a: number, b: number): boolean => a < b,
  lte: (a: number, b: number): boolean => a <= b,
} as const;
