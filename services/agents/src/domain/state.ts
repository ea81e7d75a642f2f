/** What a shard of the agents stage knows. */
import type { ConfigFact } from '@opmas/contracts';
import { Engine } from './engine/engine.js';
import type { RuleFault } from './language/source.js';
import type { Rule } from './rule.js';
import { compileRule } from './rule.js';

/** A rule as OPMAS_CONFIG has it. */
export type RuleDocument = (ConfigFact & { type: 'opmas.config.rule.published' })['data'];

/** A change of the configuration that takes effect with the next frame. */
export type Change = { kind: 'rule'; document: RuleDocument } | { kind: 'device-gone'; deviceId: string };

/** A rule that does not compile: the version before it goes on. */
export interface Refusal {
  ruleId: string;
  version: number;
  faults: RuleFault[];
}

export interface AgentsState {
  shard: number;
  engine: Engine;
  /** The rules in force, by id; the disabled ones are not in it. */
  documents: Map<string, RuleDocument>;
  pending: Change[];
  /** Since they were last taken; for the log. */
  refusals: Refusal[];
}

export function initialAgentsState(shard: number): AgentsState {
  return {
    shard,
    engine: new Engine(),
    documents: new Map(),
    pending: [],
    refusals: [],
  };
}

/** Compiles a published rule under the id and version under which it was published. */
export function compileDocument(document: RuleDocument): { ok: true; rule: Rule } | { ok: false; faults: RuleFault[] } {
  const file = `rule ${document.id} version ${document.version}`;
  const compiled = compileRule(document.source, file);
  if (!compiled.ok) return compiled;
  if (compiled.rule.id === document.id) return { ok: true, rule: { ...compiled.rule, version: document.version } };
  const message = `the text has the id "${compiled.rule.id}", and was published as "${document.id}"`;
  return { ok: false, faults: [{ file, ...compiled.idAt, message, expected: `id: ${document.id}`, nearest: null }] };
}
