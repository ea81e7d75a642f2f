/** The members of a JSON object by name, however their names are written, and where their values stand in the text. */
import type { HeaderPart, HeaderSpan } from './spans.js';

/** A value that is no object, or an object too deep to look into. */
export interface Member {
  /** The path in lower case, `_` for each separator and none in front: `_SYSTEMD_UNIT` is `systemd_unit`. */
  name: string;
  /** The path as written, its parts joined by `.`. */
  path: string;
  /** The outermost member that it is in. */
  top: string;
  value: unknown;
}

const DEEPEST = 4;

/** The JSON object that fills `text` from `at` on; null where the value is no object. Throws where it is not JSON. */
export function membersOf(text: string, at: number): Members | null {
  const value: unknown = JSON.parse(at === 0 ? text : text.slice(at));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? new Members(value) : null;
}

export class Members {
  readonly #all: Member[] = [];
  readonly #byName = new Map<string, Member>();
  readonly #parts = new Map<Member, HeaderPart>();

  constructor(object: object) {
    this.#add(object, '', '', 1);
  }

  #add(object: object, prefix: string, top: string, depth: number): void {
    for (const [key, value] of Object.entries(object) as [string, unknown][]) {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      const outermost = prefix === '' ? key : top;
      if (depth < DEEPEST && isFilledObject(value)) {
        this.#add(value, path, outermost, depth + 1);
        continue;
      }
      const member = { name: nameOf(path), path, top: outermost, value };
      this.#all.push(member);
      if (!this.#byName.has(member.name)) this.#byName.set(member.name, member);
    }
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  value(name: string): unknown {
    return this.#byName.get(name)?.value;
  }

  /** What `read` makes of the first of these members that it does not answer null for; that member is used up. */
  take<T>(names: readonly string[], part: HeaderPart, read: (member: Member) => T | null): T | null {
    for (const name of names) {
      const member = this.#byName.get(name);
      if (member === undefined || this.#parts.has(member)) continue;
      const said = read(member);
      if (said === null) continue;
      this.#parts.set(member, part);
      return said;
    }
    return null;
  }

  /** The members that nobody took. */
  rest(): Member[] {
    return this.#all.filter((member) => !this.#parts.has(member));
  }

  /** The range of each outermost member's value; one that holds several fields counts as structured data. */
  spans(text: string, at: number): HeaderSpan[] {
    const parts = new Map<string, HeaderPart>();
    for (const member of this.#all) {
      const part = this.#parts.get(member) ?? 'structuredData';
      const before = parts.get(member.top);
      parts.set(member.top, before === undefined || before === part ? part : 'structuredData');
    }
    return valueRanges(text, at).map(({ key, from, to }) => ({ part: parts.get(key) ?? 'structuredData', from, to }));
  }
}

function isFilledObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

function nameOf(path: string): string {
  return path.toLowerCase().replace(/[.@-]/g, '_').replace(/^_+/, '');
}

/** A value as a PARAM-VALUE: text as it is, anything else as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

interface ValueRange {
  key: string;
  from: number;
  to: number;
}

/** Where the values of the outermost object stand; `text` is valid JSON from `at` on. */
function valueRanges(text: string, at: number): ValueRange[] {
  const ranges: ValueRange[] = [];
  let next = text.indexOf('{', at) + 1;
  while (next < text.length) {
    const quote = text.indexOf('"', next);
    if (quote < 0) break;
    const keyEnd = endOfString(text, quote);
    const from = text.indexOf(':', keyEnd) + 1;
    const to = endOfValue(text, from);
    ranges.push({ key: JSON.parse(text.slice(quote, keyEnd)) as string, ...trimmed(text, from, to) });
    next = to + 1;
  }
  return ranges;
}

/** Index of the comma or brace that ends the value which begins at `from`. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth++;
    else if (depth === 0 && (char === ',' || char === '}')) return at;
    else if (char === '}' || char === ']') depth--;
  }
  return text.length;
}

/** Index behind the string that begins at `quote`. */
function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function trimmed(text: string, from: number, to: number): { from: number; to: number } {
  let start = from;
  let end = to;
  while (start < end && text.charAt(start) <= ' ') start++;
  while (end > start && text.charAt(end - 1) <= ' ') end--;
  return { from: start, to: end };
}
