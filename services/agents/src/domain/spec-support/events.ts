/** Events and rules for specs. */
import type { FindingFact, ParsedEvent } from '@opmas/contracts';
import { domainOf, formatInstant } from '@opmas/contracts';
import type { EventType } from '@opmas/contracts';
import type { Rule } from '../rule.js';
import { compileRule } from '../rule.js';
import { createScanner } from '../scanner.js';

/** Midday of a day; specs count seconds from here. */
export const START_MS = Date.UTC(2026, 10, 23, 12, 0, 0);

let lastId = 0;

export interface EventAt {
  /** Seconds from `START_MS` at which the ingestor received it. */
  at: number;
  type?: EventType;
  fields?: Record<string, unknown>;
  id?: string;
  deviceId?: string | null;
  hostname?: string;
  message?: string;
}

/** An event as the parser writes it; by default a failed ssh login from 203.0.113.9. */
export function eventAt(given: EventAt): ParsedEvent {
  const type = given.type ?? 'security.login.failed';
  const receivedAt = formatInstant((START_MS + given.at * 1000) * 1000);
  const message = given.message ?? 'as the daemon said it';
  return {
    id: given.id ?? `in-0-1-${lastId++}`,
    type,
    deviceId: given.deviceId === undefined ? 'device-1' : given.deviceId,
    receivedAt,
    domain: domainOf(type),
    severity: 4,
    timestamp: receivedAt,
    timeQuality: 'received',
    facility: 10,
    hostname: given.hostname ?? 'router-1',
    appName: 'dropbear',
    procId: '12',
    msgId: null,
    structuredData: null,
    message,
    fields: given.fields ?? sshFailure(),
    raw: `<84>${message}`,
  } as ParsedEvent;
}

export function sshFailure(sourceIp = '203.0.113.9'): Record<string, unknown> {
  return { service: 'ssh', sourceIp, sourcePort: 4711, userName: 'root', method: 'password', reason: 'bad-password' };
}

/** The text of a rule with some of its top-level fields replaced. */
export function ruleText(fields: Record<string, string> = {}): string {
  const defaults: Record<string, string> = {
    id: 'ssh-failures',
    version: '1',
    title: 'Failed logins from {{sourceIp}}',
    description: 'Somebody tries passwords.',
    domain: 'security',
    severity: 'high',
    events: '[security.login.failed]',
    detection: '{selection: {service: ssh}, condition: selection}',
    correlation: '{type: event_count, group-by: [sourceIp], timespan: 10m, condition: {gte: 5}}',
  };
  return Object.entries({ ...defaults, ...fields })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

export function ruleOf(fields: Record<string, string> = {}): Rule {
  const compiled = compileRule(ruleText(fields), 'rule.yaml');
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.rule;
}

/** One step of a story: an event that arrives as it is received, or later; or time that passes. */
export type Step = (EventAt & { arrives?: number }) | { until: number };

/** Given rules, when these steps happen, then these facts are published. */
export function factsOf(rules: readonly Rule[], steps: readonly Step[]): FindingFact[] {
  const scanner = createScanner(rules);
  return steps.flatMap((step) => {
    if ('until' in step) return scanner.advance(START_MS + step.until * 1000);
    return scanner.feed(eventAt(step), START_MS + (step.arrives ?? step.at) * 1000);
  });
}

/** `opened`, `recurred`, `cleared`. */
export function kindsOf(facts: readonly FindingFact[]): string[] {
  return facts.map(({ type }) => type.slice('opmas.finding.'.length));
}
