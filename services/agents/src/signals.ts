/** Every metric and log line of the agents, beside those that each stage has. */
import type { Log, Metrics } from '@opmas/platform';
import { formatFault } from './domain/index.js';
import type { AgentsState, Refusal, RuleCounters, RuleFault } from './domain/index.js';

export interface AgentsSignals {
  /** A frame was processed: counters of the shard are brought up to date, at most once a second. */
  frameProcessed(state: AgentsState): void;
  /** A published rule does not compile; the version before it goes on. */
  ruleRefused(shard: number, refusal: Refusal): void;
  /** A rule file of this build is faulty and is not published. */
  ruleFileFaulty(fault: RuleFault): void;
  rulePublished(ruleId: string, version: number): void;
  rulesStand(count: number, digest: string): void;
  publishingFailed(error: unknown): void;
}

const REPORT_EVERY_MS = 1000;

const NOTHING: RuleCounters = { matched: 0, notCounted: 0, evictedGroups: 0, evictedEpisodes: 0, opened: 0 };

export function createAgentsSignals(metrics: Metrics, log: Log): AgentsSignals {
  const report = createReport(metrics);
  const refused = metrics.counter('agents_rules_refused_total', 'published rules that do not compile', ['rule']);
  const reportedAt = new WeakMap<AgentsState, number>();
  const warned = new Set<string>();

  return {
    frameProcessed(state) {
      const now = performance.now();
      if (now - (reportedAt.get(state) ?? -REPORT_EVERY_MS) < REPORT_EVERY_MS) return;
      reportedAt.set(state, now);
      for (const ruleId of report(state)) {
        const key = `${state.shard}/${ruleId}`;
        if (warned.has(key)) continue;
        warned.add(key);
        log.warn(
          { shard: state.shard, rule: ruleId },
          'a rule is at its limits: groups are forgotten before their time',
        );
      }
    },
    ruleRefused(shard, { ruleId, version, faults }) {
      refused.inc({ rule: ruleId });
      const about = { shard, rule: ruleId, version, faults: faults.map(formatFault) };
      log.error(about, 'a published rule is refused, the version before it goes on');
    },
    ruleFileFaulty: (fault) => log.error({ fault: formatFault(fault) }, 'a rule file is refused'),
    rulePublished: (rule, version) => log.info({ rule, version }, 'a rule was published'),
    rulesStand: (count, digest) => log.info({ count, digest }, 'the rules of this build stand in the configuration'),
    publishingFailed: (error) => log.warn({ err: error }, 'the rules could not be published, trying again'),
  };
}

/** Adds what happened since the last report; answers the rules that had to forget something. */
function createReport(metrics: Metrics): (state: AgentsState) => string[] {
  const events = metrics.counter('agents_events_total', 'events by whether a rule reads their type', ['shard', 'read']);
  const byRule = {
    matched: metrics.counter('agents_rule_matches_total', 'events that a rule matched', ['rule']),
    opened: metrics.counter('agents_findings_opened_total', 'findings opened', ['rule']),
    notCounted: metrics.counter('agents_rule_not_counted_total', 'matches that lack a field to group or count by', [
      'rule',
    ]),
    evictedGroups: metrics.counter('agents_groups_evicted_total', 'groups forgotten for want of room', ['rule']),
    evictedEpisodes: metrics.counter('agents_findings_evicted_total', 'findings cleared for want of room', ['rule']),
  };
  const groups = metrics.gauge('agents_groups', 'groups held, by whether a finding is open', [
    'rule',
    'shard',
    'state',
  ]);
  const seen = new WeakMap<object, RuleCounters>();
  const seenEvents = new WeakMap<AgentsState, AgentsState['engine']['counters']>();

  return (state) => {
    const shard = String(state.shard);
    const counted = { ...state.engine.counters };
    const before = seenEvents.get(state) ?? { read: 0, passedOver: 0 };
    events.inc({ shard, read: 'yes' }, counted.read - before.read);
    events.inc({ shard, read: 'no' }, counted.passedOver - before.passedOver);
    seenEvents.set(state, counted);
    const evicting: string[] = [];
    for (const [rule, { counters, idle, open }] of state.engine.states) {
      const last = seen.get(counters) ?? NOTHING;
      for (const name of Object.keys(byRule) as (keyof RuleCounters)[]) {
        if (counters[name] > last[name]) byRule[name].inc({ rule }, counters[name] - last[name]);
      }
      if (counters.evictedGroups + counters.evictedEpisodes > last.evictedGroups + last.evictedEpisodes)
        evicting.push(rule);
      seen.set(counters, { ...counters });
      groups.set({ rule, shard, state: 'idle' }, idle.size);
      groups.set({ rule, shard, state: 'open' }, open.size);
    }
    return evicting;
  };
}
