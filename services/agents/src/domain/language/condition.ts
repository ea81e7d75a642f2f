/** Sigma's condition: and, or, not, `1 of`, `any of`, `all of`, `them`, name patterns, parentheses. */
import { textPattern } from './text-pattern.js';

/** The condition as a tree over names of selections. */
export type Condition =
  { kind: 'name'; name: string } | { kind: 'not'; part: Condition } | { kind: 'all' | 'any'; parts: Condition[] };

export interface ConditionFault {
  /** Index of the first character in the condition's text. */
  index: number;
  message: string;
  expected: string;
  /** The word that was not understood, where a valid name may be near. */
  given: string | null;
}

interface Token {
  text: string;
  index: number;
}

const MAX_DEPTH = 32;
const TERM = 'the name of a selection, `not`, `1 of`, `all of` or `(`';

class ConditionError extends Error {
  readonly fault: ConditionFault;

  constructor(fault: ConditionFault) {
    super(fault.message);
    this.name = 'ConditionError';
    this.fault = fault;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(/[()]|[^\s()]+/g)) tokens.push({ text: match[0], index: match.index });
  return tokens;
}

/** `them` is every name without a leading `_`; a pattern matches such names only if it begins with `_` itself. */
function namesFor(pattern: string, names: readonly string[]): string[] {
  if (pattern === 'them') return names.filter((name) => !name.startsWith('_'));
  const fits = textPattern(pattern.replaceAll(/[\\?]/g, String.raw`\$&`), { start: false, end: false }, true);
  return names.filter((name) => fits(name) && (pattern.startsWith('_') || !name.startsWith('_')));
}

class Parser {
  readonly #tokens: Token[];
  readonly #names: readonly string[];
  readonly #length: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, names: readonly string[]) {
    this.#tokens = tokensOf(text);
    this.#names = names;
    this.#length = text.length;
  }

  whole(): Condition {
    const condition = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest) throw this.#error(rest, `"${rest.text}" does not belong here`, '`and`, `or` or the end');
    return condition;
  }

  #or(): Condition {
    const parts = [this.#and()];
    while (this.#take('or')) parts.push(this.#and());
    return parts.length === 1 ? parts[0]! : { kind: 'any', parts };
  }

  #and(): Condition {
    const parts = [this.#not()];
    while (this.#take('and')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { kind: 'all', parts };
  }

  #not(): Condition {
    const token = this.#tokens[this.#at];
    if (!token || !this.#take('not')) return this.#primary();
    this.#enter(token);
    const part = this.#not();
    this.#depth--;
    return { kind: 'not', part };
  }

  #primary(): Condition {
    const token = this.#tokens[this.#at++];
    if (!token) throw this.#error(undefined, 'the condition ends too early', TERM);
    if (token.text === '(') return this.#group(token);
    if (['1', 'any', 'all'].includes(token.text) && this.#take('of')) return this.#ofNames(token.text);
    if (token.text === '|')
      throw this.#error(token, 'aggregations in the condition are old Sigma', 'a `correlation` block');
    if (!this.#names.includes(token.text))
      throw this.#error(token, `"${token.text}" is no selection`, TERM, token.text);
    return { kind: 'name', name: token.text };
  }

  #group(open: Token): Condition {
    this.#enter(open);
    const inner = this.#or();
    this.#depth--;
    if (!this.#take(')')) throw this.#error(this.#tokens[this.#at], 'a parenthesis is not closed', '`)`');
    return inner;
  }

  #ofNames(quantity: string): Condition {
    const token = this.#tokens[this.#at++];
    if (!token) throw this.#error(undefined, `"${quantity} of" names nothing`, '`them` or a name with `*`');
    const names = namesFor(token.text, this.#names);
    if (names.length === 0)
      throw this.#error(token, `no selection is called "${token.text}"`, '`them` or a pattern that fits', token.text);
    return { kind: quantity === 'all' ? 'all' : 'any', parts: names.map((name) => ({ kind: 'name', name })) };
  }

  #enter(token: Token): void {
    if (++this.#depth > MAX_DEPTH)
      throw this.#error(token, `the condition is nested more than ${MAX_DEPTH} deep`, 'a flatter one');
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#at]?.text.toLowerCase() !== text) return false;
    this.#at++;
    return true;
  }

  #error(token: Token | undefined, message: string, expected: string, given: string | null = null): ConditionError {
    return new ConditionError({ index: token?.index ?? this.#length, message, expected, given });
  }
}

/** Parses a condition over the given names; answers the fault where it is none. */
export function parseCondition(
  text: string,
  names: readonly string[],
): { ok: true; condition: Condition } | { ok: false; fault: ConditionFault } {
  try {
    return { ok: true, condition: new Parser(text, names).whole() };
  } catch (error) {
    if (error instanceof ConditionError) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** The names that a condition uses. */
export function namesIn(condition: Condition): string[] {
  if (condition.kind === 'name') return [condition.name];
  return condition.kind === 'not' ? namesIn(condition.part) : condition.parts.flatMap(namesIn);
}
