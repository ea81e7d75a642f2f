/**
 * The engine of one shard: events in stream order and the shard's clock in, finding facts out. It reads no other clock,
 * so the same stream with the same rules gives the same facts, however its frames are cut.
 */
import type { Domain, FindingFact } from '@opmas/contracts';
import type { Rule } from '../rule.js';
import type { ClearReason } from './episode.js';
import type { EventRecord } from './event-line.js';
import { readEventLine, typeOfLine } from './event-line.js';
import { RuleState } from './rule-state.js';
import { Timers } from './timers.js';

/** A fact, and the domain whose subject it goes to. */
export interface Emitted {
  domain: Domain;
  fact: FindingFact;
}

export class Engine {
  /** ms since the epoch; never goes back. */
  #clockMs = 0;
  readonly #states = new Map<string, RuleState>();
  #byType = new Map<string, RuleState[]>();
  readonly #timers = new Timers();
  /** Events parsed because a rule reads their type, and those passed over. */
  readonly counters = { read: 0, passedOver: 0 };
  #emitted: Emitted[] = [];

  get clockMs(): number {
    return this.#clockMs;
  }

  /** By rule id. */
  get states(): ReadonlyMap<string, RuleState> {
    return this.#states;
  }

  /** Moves the clock on; what fell due in between happens at the instant at which it did. */
  advance(clockMs: number): void {
    while (this.#timers.nextDueMs <= clockMs) {
      const { ruleId, key, dueMs } = this.#timers.pop()!;
      this.#states.get(ruleId)?.fire(key, dueMs);
    }
    this.#clockMs = Math.max(this.#clockMs, clockMs);
  }

  /**
   * Takes in the next line of the shard. One whose type no rule reads is passed over unparsed. Answers the reason where
   * the line is no event, else null.
   */
  takeLine(line: string): string | null {
    const type = typeOfLine(line);
    if (type !== null && !this.#byType.has(type)) {
      this.counters.passedOver++;
      return null;
    }
    const read = readEventLine(line);
    if (!read.ok) return read.reason;
    this.counters.read++;
    this.take(read.record);
    return null;
  }

  /** Takes in the next event of the shard. Every rule sees it: none hides it from another. */
  take(record: EventRecord): void {
    const states = this.#byType.get(record.event.type);
    if (!states) return;
    for (const state of states) state.take(record, this.#clockMs);
  }

  /** Sets a rule in the place of the one with its id. What decides being the same, open episodes go on. */
  setRule(rule: Rule): void {
    const state = this.#states.get(rule.id);
    if (state?.rule.identity === rule.identity) state.retext(rule);
    else {
      state?.closeAll('rule_changed', this.#clockMs);
      this.#states.set(
        rule.id,
        new RuleState(rule, this.#timers, (from, fact) => this.#emitted.push({ domain: from.domain, fact })),
      );
    }
    this.#index();
  }

  /** Takes a rule away; its episodes end. */
  removeRule(ruleId: string, reason: ClearReason): void {
    this.#states.get(ruleId)?.closeAll(reason, this.#clockMs);
    this.#states.delete(ruleId);
    this.#index();
  }

  closeDevice(deviceId: string): void {
    for (const state of this.#inOrder()) state.closeDevice(deviceId, this.#clockMs);
  }

  /** The facts since the last call, in their order. */
  drain(): Emitted[] {
    const emitted = this.#emitted;
    if (emitted.length > 0) this.#emitted = [];
    return emitted;
  }

  #inOrder(): RuleState[] {
    return [...this.#states.values()].sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
  }

  /** Rules of a type in the order of their ids, so that the order in which they were published does not matter. */
  #index(): void {
    this.#byType = new Map();
    for (const state of this.#inOrder()) {
      for (const type of state.rule.events) {
        const states = this.#byType.get(type);
        if (states) states.push(state);
        else this.#byType.set(type, [state]);
      }
    }
  }
}
