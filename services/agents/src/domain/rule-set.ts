/** Several rule files together: what one file alone cannot show. */
import type { RuleFault } from './language/source.js';
import type { CompiledRule, Rule } from './rule.js';
import { compileRule } from './rule.js';

export interface RuleText {
  /** What faults call it: a path, or the id under which it was published. */
  file: string;
  text: string;
}

export interface RuleSet {
  /** The good ones, in the order of their ids. */
  rules: Rule[];
  /** A faulty file is left out whole; the others stand. */
  errors: RuleFault[];
}

/** Compiles rule files. Of two rules with one id, the later is refused. */
export function loadRules(texts: readonly RuleText[]): RuleSet {
  const rules = new Map<string, { rule: Rule; file: string }>();
  const errors: RuleFault[] = [];
  for (const { file, text } of texts) {
    const compiled = compileRule(text, file);
    if (!compiled.ok) errors.push(...compiled.faults);
    else {
      const other = rules.get(compiled.rule.id);
      if (other) errors.push(doubled(compiled, file, other.file));
      else rules.set(compiled.rule.id, { rule: compiled.rule, file });
    }
  }
  const inOrder = [...rules.values()].map(({ rule }) => rule).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { rules: inOrder, errors };
}

function doubled(compiled: CompiledRule & { ok: true }, file: string, other: string): RuleFault {
  const message = `two rules have the id "${compiled.rule.id}": ${other} has it too`;
  return { file, ...compiled.idAt, message, expected: 'an id of its own', nearest: null };
}
