/** A YAML text with positions: every fault names its file, line and column, what is wrong and what was expected. */
import type { Document, Node, ParsedNode } from 'yaml';
import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { nearestName } from './nearest.js';

export interface SourcePlace {
  line: number;
  column: number;
}

/** One fault of a rule file. Lines and columns count from 1. */
export interface RuleFault extends SourcePlace {
  file: string;
  /** What is wrong. */
  message: string;
  /** What would be right; empty where the message says it. */
  expected: string;
  /** The valid name that is nearest to an unknown one. */
  nearest: string | null;
}

/** `file:line:column: message; expected ...; did you mean "..."?` */
export function formatFault(fault: RuleFault): string {
  const expected = fault.expected === '' ? '' : `; expected ${fault.expected}`;
  const nearest = fault.nearest === null ? '' : `; did you mean "${fault.nearest}"?`;
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}${expected}${nearest}`;
}

/** A key of a map, with the place of the key and its value (null for `key:` with nothing after it). */
export interface SourceEntry {
  key: string;
  keyNode: Node;
  value: SourceNode;
}

/** A node of the text and the place where it, or its key, stands. */
export interface SourceNode {
  node: Node | null;
  offset: number;
}

export type SourceScalar = string | number | boolean | null;

const MAX_SOURCE_LENGTH = 256 * 1024;

/** Reads nodes and gathers faults; one reader a file. */
export class SourceReader {
  readonly file: string;
  readonly faults: RuleFault[] = [];
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed<ParsedNode> | null;

  constructor(file: string, text: string) {
    this.file = file;
    this.#document = this.#parse(text);
  }

  /** The whole document; null where it is no YAML, and then there are faults. */
  get root(): SourceNode | null {
    return this.#document === null ? null : { node: this.#document.contents, offset: 0 };
  }

  /** The document as plain values, its maps' keys in alphabetical order. */
  plain(): unknown {
    return sorted(this.#document?.toJS({ maxAliasCount: 0 }));
  }

  fault(
    at: SourceNode | Node,
    message: string,
    expected = '',
    candidates?: { given: string; names: readonly string[] },
  ): void {
    const offset = 'offset' in at ? at.offset : (at.range?.[0] ?? 0);
    const nearest = candidates ? nearestName(candidates.given, candidates.names) : null;
    this.faults.push({ file: this.file, ...this.place(offset), message, expected, nearest });
  }

  /** The entries of a map in their order; null (and a fault) where it is none. */
  entries(at: SourceNode, what: string): SourceEntry[] | null {
    const node = at.node;
    if (!isMap(node)) {
      this.fault(at, `${what} is ${describe(node)}`, 'a map of `name: value` lines');
      return null;
    }
    return node.items.flatMap((pair): SourceEntry[] => {
      const keyNode = pair.key as Node;
      if (!isScalar(keyNode) || typeof keyNode.value !== 'string') {
        this.fault(keyNode, `${what} has a key that is ${describe(keyNode)}`, 'a name');
        return [];
      }
      const value = pair.value as Node | null;
      return [
        { key: keyNode.value, keyNode, value: { node: value, offset: value?.range?.[0] ?? keyNode.range?.[0] ?? 0 } },
      ];
    });
  }

  /** A map with no other names than `allowed`; a fault for each unknown or missing one. */
  record<K extends string>(
    at: SourceNode,
    what: string,
    allowed: readonly K[],
    required: readonly K[] = [],
  ): Partial<Record<K, SourceNode>> | null {
    const entries = this.entries(at, what);
    if (!entries) return null;
    const found: Partial<Record<K, SourceNode>> = {};
    for (const { key, keyNode, value } of entries) {
      const name = allowed.find((one) => one === key);
      if (name === undefined) {
        const candidates = { given: key, names: allowed };
        this.fault(keyNode, `unknown field "${key}" in ${what}`, `one of ${allowed.join(', ')}`, candidates);
      } else found[name] = value;
    }
    for (const name of required) {
      if (found[name] === undefined) this.fault(at, `${what} lacks "${name}"`, `a field "${name}"`);
    }
    return found;
  }

  /** The nodes of a list, or the node itself as a list of one; null (and a fault) for a map or nothing. */
  list(at: SourceNode, what: string): SourceNode[] | null {
    if (isSeq(at.node)) {
      const items = at.node.items as Node[];
      return items.map((node) => ({ node, offset: node.range?.[0] ?? at.offset }));
    }
    if (isScalar(at.node) && at.node.value !== null) return [at];
    this.fault(at, `${what} is ${describe(at.node)}`, 'a value or a list of values');
    return null;
  }

  /** True for `name:` with nothing after it, and for `name: null`. */
  isNull(at: SourceNode): boolean {
    return at.node === null || (isScalar(at.node) && at.node.value === null);
  }

  /** A plain value: text, number, true/false or null; undefined (and a fault) for a map or list. */
  scalar(at: SourceNode, what: string): SourceScalar | undefined {
    if (at.node === null) return null;
    if (isScalar(at.node)) {
      const value = at.node.value;
      if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        return value;
    }
    this.fault(at, `${what} is ${describe(at.node)}`, 'a single value');
    return undefined;
  }

  text(at: SourceNode | undefined, what: string, limits: { max: number } = { max: 20_000 }): string | null {
    if (!at) return null;
    const value = this.scalar(at, what);
    if (value === undefined) return null;
    if (typeof value !== 'string' || value.trim() === '') {
      this.fault(at, `${what} is ${describe(at.node)}`, 'a text');
      return null;
    }
    if (value.length > limits.max) {
      this.fault(at, `${what} has ${value.length} characters`, `at most ${limits.max}`);
      return null;
    }
    return value;
  }

  /** A whole number within limits; `fallback` where it is not given. */
  integer(
    at: SourceNode | undefined,
    what: string,
    limits: { min: number; max: number },
    fallback = limits.min,
  ): number {
    if (!at) return fallback;
    const value = this.scalar(at, what);
    if (value === undefined) return fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < limits.min || value > limits.max) {
      this.fault(at, `${what} is ${JSON.stringify(value)}`, `a whole number from ${limits.min} to ${limits.max}`);
      return fallback;
    }
    return value;
  }

  /** One of a few words; `fallback` where it is not given. */
  word<T extends string>(at: SourceNode | undefined, what: string, words: readonly T[], fallback: T): T {
    if (!at) return fallback;
    const value = this.scalar(at, what);
    if (value === undefined) return fallback;
    const word = words.find((one) => one === value);
    if (word !== undefined) return word;
    const candidates = { given: String(value), names: words };
    this.fault(at, `${what} is ${JSON.stringify(value)}`, `one of ${words.join(', ')}`, candidates);
    return fallback;
  }

  texts(at: SourceNode | undefined, what: string): string[] {
    if (!at) return [];
    const items = this.list(at, what) ?? [];
    return items.map((item) => this.text(item, `an entry of ${what}`)).filter((text) => text !== null);
  }

  #parse(text: string): Document.Parsed<ParsedNode> | null {
    if (text.length > MAX_SOURCE_LENGTH) {
      const message = `the file has ${text.length} characters`;
      this.faults.push({
        file: this.file,
        line: 1,
        column: 1,
        message,
        expected: `at most ${MAX_SOURCE_LENGTH}`,
        nearest: null,
      });
      return null;
    }
    const parsed = parseAllDocuments<ParsedNode>(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      version: '1.2',
    });
    const documents = 'empty' in parsed ? [] : parsed;
    for (const error of documents.flatMap((document) => document.errors)) {
      this.faults.push({
        file: this.file,
        ...this.place(error.pos[0]),
        message: `not YAML: ${error.message}`,
        expected: '',
        nearest: null,
      });
    }
    if (documents.length !== 1 && this.faults.length === 0) {
      const message = documents.length === 0 ? 'the file is empty' : `the file holds ${documents.length} documents`;
      const second = documents[1]?.range[0] ?? 0;
      this.faults.push({ file: this.file, ...this.place(second), message, expected: 'one rule a file', nearest: null });
    }
    return this.faults.length > 0 ? null : (documents[0] ?? null);
  }

  /** Line and column of a character, both from 1. */
  place(offset: number): SourcePlace {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function describe(node: Node | null | undefined): string {
  if (node == null) return 'empty';
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  if (isAlias(node)) return 'an alias (*name), which rules may not use';
  if (isScalar(node)) return node.value === null ? 'empty' : JSON.stringify(node.value);
  return 'something else';
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
