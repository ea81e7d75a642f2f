/** The engine for the command line and for tests: events and a clock in, finding facts out, no server. */
import type { FindingFact, ParsedEvent } from '@opmas/contracts';
import { Engine } from './engine/engine.js';
import type { Rule } from './rule.js';

export interface Scanner {
  /** Takes in the next event when the clock stands at `clockMs` (ms since the epoch); answers the facts that follow. */
  feed(event: ParsedEvent | string, clockMs: number): FindingFact[];
  /** Lets time pass without an event. */
  advance(clockMs: number): FindingFact[];
}

/** A scanner that begins with nothing seen. Events may be given as JSON texts; throws for a text that is no event. */
export function createScanner(rules: readonly Rule[]): Scanner {
  const engine = new Engine();
  for (const rule of rules) engine.setRule(rule);
  const drained = (): FindingFact[] => engine.drain().map(({ fact }) => fact);
  return {
    feed(event, clockMs) {
      engine.advance(clockMs);
      const fault = engine.takeLine(typeof event === 'string' ? event : JSON.stringify(event));
      if (fault !== null) throw new Error(`not an event: ${fault}`);
      return drained();
    },
    advance(clockMs) {
      engine.advance(clockMs);
      return drained();
    },
  };
}
