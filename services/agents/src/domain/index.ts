/** What tools and tests may use of the detection engine, without any server. */
export { compileRule, describeCorrelation, RULE_DEFAULTS } from './rule.js';
export type { CompiledRule, Correlation, Rule, RuleStatus } from './rule.js';
export { loadRules } from './rule-set.js';
export type { RuleSet, RuleText } from './rule-set.js';
export { formatFault } from './language/source.js';
export type { RuleFault } from './language/source.js';
export { createScanner } from './scanner.js';
export type { Scanner } from './scanner.js';
export type { RuleCounters } from './engine/rule-state.js';
export { agentsFold } from './fold.js';
export type { AgentsState, Refusal, RuleDocument } from './state.js';
export { checkSample, readExpectation } from './sample.js';
export type { Expectation, ExpectedFinding, NearMiss, SampleEvent, SampleVerdict } from './sample.js';
