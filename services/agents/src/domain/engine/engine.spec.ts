import { describe, expect, it } from '@jest/globals';
import type { FindingCleared, FindingOpened, FindingRecurred } from '@opmas/contracts';
import { findingFactSchema, formatInstant } from '@opmas/contracts';
import { createScanner } from '../scanner.js';
import type { EventAt, Step } from '../spec-support/events.js';
import { START_MS, eventAt, factsOf, kindsOf, ruleOf, sshFailure } from '../spec-support/events.js';
import { Engine } from './engine.js';
import { readEventLine } from './event-line.js';

const every = (seconds: number, count: number, from = 0): Step[] =>
  Array.from({ length: count }, (_, i) => ({ at: from + i * seconds }));
const instant = (second: number): string => formatInstant((START_MS + second * 1000) * 1000);

describe('event_count', () => {
  it('opens a finding with the event that reaches the threshold, once', () => {
    const facts = factsOf([ruleOf()], every(10, 5));
    expect(kindsOf(facts)).toEqual(['opened']);
    const { data } = facts[0] as FindingOpened;
    expect(data).toMatchObject({
      ruleId: 'ssh-failures',
      deviceId: 'device-1',
      title: 'Failed logins from 203.0.113.9',
      group: { sourceIp: '203.0.113.9' },
      count: 5,
      firstSeenAt: instant(0),
      lastSeenAt: instant(40),
      openedAt: instant(40),
      reached: { value: 5, threshold: 5 },
      previousFindingId: null,
    });
    expect(data.evidence.first).toHaveLength(5);
    expect(() => findingFactSchema.parse(facts[0])).not.toThrow();
  });

  it('holds all ten lines as evidence when ten arrive', () => {
    const facts = factsOf([ruleOf()], every(0.1, 10));
    expect(kindsOf(facts)).toEqual(['opened', 'recurred']);
    const { data } = facts[1] as FindingRecurred;
    expect(data.count).toBe(10);
    expect(new Set([...data.evidence.first, ...data.evidence.last].map(({ id }) => id)).size).toBe(10);
  });

  it.each([
    ['exactly one span apart: the first has left', 600, []],
    ['a microsecond less: it still counts', 599.999999, ['opened']],
  ])('judges two events %s', (_, at, kinds) => {
    const rule = ruleOf({ correlation: '{type: event_count, group-by: sourceIp, timespan: 10m, condition: {gte: 2}}' });
    expect(kindsOf(factsOf([rule], [{ at: 0 }, { at }]))).toEqual(kinds);
  });

  it('counts each group and each device for itself', () => {
    const others: EventAt[] = [
      { at: 1, fields: sshFailure('198.51.100.7') },
      { at: 2, deviceId: 'device-2' },
      { at: 3, deviceId: null, hostname: 'a' },
      { at: 4, deviceId: null, hostname: 'b' },
    ];
    expect(factsOf([ruleOf()], [...every(1, 4), ...others])).toEqual([]);
  });

  it('does not count an event that lacks a group-by field', () => {
    const engine = new Engine();
    engine.setRule(ruleOf());
    for (let i = 0; i < 9; i++) {
      const read = readEventLine(
        JSON.stringify(eventAt({ at: i, fields: { service: 'ssh', reason: 'unknown-user' } })),
      );
      if (read.ok) engine.take(read.record);
    }
    expect(engine.drain()).toEqual([]);
    expect(engine.states.get('ssh-failures')?.counters).toMatchObject({ matched: 9, notCounted: 9 });
  });

  it('takes several comparisons together', () => {
    const condition = '{type: event_count, group-by: sourceIp, timespan: 10m, condition: {gt: 2, lte: 3}}';
    expect(kindsOf(factsOf([ruleOf({ correlation: condition })], every(1, 3)))).toEqual(['opened']);
  });
});

describe('value_count', () => {
  const scan = ruleOf({
    events: '[security.packet.rejected]',
    title: 'scan by {{sourceIp}}',
    detection: '{selection: {protocol: [TCP, UDP]}, condition: selection}',
    correlation: '{type: value_count, group-by: sourceIp, timespan: 1m, condition: {field: destinationPort, gte: 4}}',
  });
  const packet = (at: number, destinationPort: number): EventAt => ({
    at,
    type: 'security.packet.rejected',
    fields: {
      verdict: 'drop',
      rule: 'wan',
      sourceIp: '203.0.113.9',
      destinationIp: '192.0.2.1',
      protocol: 'TCP',
      destinationPort,
    },
  });

  it('counts different values, not events', () => {
    const steps = [1, 1, 1, 2, 2, 3, 3, 3].map((port, i) => packet(i, port));
    expect(factsOf([scan], steps)).toEqual([]);
    const facts = factsOf([scan], [...steps, packet(9, 4)]);
    expect(kindsOf(facts)).toEqual(['opened']);
    expect(facts[0]!.data).toMatchObject({ reached: { value: 4, threshold: 4 }, count: 9 });
  });

  it('forgets a value when its last occurrence has left the window', () => {
    expect(factsOf([scan], [packet(0, 1), packet(30, 2), packet(40, 3), packet(60, 4)])).toEqual([]);
    expect(factsOf([scan], [packet(0, 1), packet(20, 1), packet(30, 2), packet(40, 3), packet(60, 4)])).toHaveLength(1);
  });

  it('stays exact when one value fills the window', () => {
    const scanner = createScanner([scan]);
    for (let i = 0; i < 25_000; i++) scanner.feed(eventAt(packet(i / 1000, 1)), START_MS + i);
    scanner.feed(eventAt(packet(26, 2)), START_MS + 26_000);
    scanner.feed(eventAt(packet(27, 3)), START_MS + 27_000);
    const [opened] = scanner.feed(eventAt(packet(28, 4)), START_MS + 28_000);
    expect(opened?.data).toMatchObject({ reached: { value: 4 }, count: 25_003 });
  });
});

describe('an episode', () => {
  it('tells of recurrences at doubling counts at once, of others a minute later, with exact totals', () => {
    const facts = factsOf([ruleOf()], [...every(1, 13), { until: 59 }, { until: 200 }]);
    expect(facts.map((fact) => [fact.type, fact.data.count])).toEqual([
      ['opmas.finding.opened', 5],
      ['opmas.finding.recurred', 10],
      ['opmas.finding.recurred', 13],
    ]);
    expect(facts[2]!.time).toBe(instant(9 + 60));
  });

  it('ends when nothing has matched for the quiet time, at the instant at which that fell due', () => {
    const facts = factsOf([ruleOf({ clear: '{quiet: 15m}' })], [...every(10, 5), { until: 5000 }]);
    expect(kindsOf(facts)).toEqual(['opened', 'cleared']);
    const cleared = facts[1] as FindingCleared;
    expect(cleared.time).toBe(instant(40 + 900));
    expect(cleared.data).toMatchObject({ reason: 'quiet', clearedAt: instant(940), count: 5 });
  });

  it('is put off by every match, and a new one begins from nothing and names the old one', () => {
    const facts = factsOf([ruleOf()], [...every(100, 10), ...every(1, 5, 1600), { until: 9999 }]);
    const opened = facts.filter((fact) => fact.type === 'opmas.finding.opened');
    expect(kindsOf(facts).filter((kind) => kind !== 'recurred')).toEqual(['opened', 'cleared', 'opened', 'cleared']);
    expect(opened[1]!.data.previousFindingId).toBe(opened[0]!.data.findingId);
    expect(opened[1]!.data.findingId).not.toBe(opened[0]!.data.findingId);
  });

  it('fires timers in the order in which they fell due, before the event that moved the clock', () => {
    const ips = ['198.51.100.2', '198.51.100.1'];
    const steps = ips.flatMap((ip, i) =>
      Array.from({ length: 5 }, (_, j) => ({ at: i * 30 + j, fields: sshFailure(ip) })),
    );
    const facts = factsOf([ruleOf()], [...steps, { at: 4000, fields: sshFailure(ips[0]) }]);
    expect(facts.filter((fact) => fact.type === 'opmas.finding.cleared').map(({ time }) => time)).toEqual([
      instant(4 + 600),
      instant(34 + 600),
    ]);
  });

  it('keeps the first and the last events and leaves the middle ones out', () => {
    const facts = factsOf([ruleOf({ evidence: '{first: 3, last: 2}' })], every(1, 10));
    const { evidence } = (facts.at(-1) as FindingRecurred).data;
    expect([evidence.first.length, evidence.last.length, evidence.total]).toEqual([3, 2, 10]);
    expect(evidence.last.map(({ receivedAt }) => receivedAt)).toEqual([instant(8), instant(9)]);
  });

  it('stays below the size of a message whatever its events hold', () => {
    const steps = Array.from({ length: 10 }, (_, at) => ({ at, message: 'x'.repeat(60_000) }));
    for (const fact of factsOf([ruleOf()], steps)) expect(JSON.stringify(fact).length).toBeLessThan(400_000);
  });
});

describe('records that come late', () => {
  it('takes failures that a journal kept back as what they were: hours apart', () => {
    const drained = Array.from({ length: 12 }, (_, i) => ({ at: i * 1200, arrives: 15_000 + i / 100 }));
    expect(factsOf([ruleOf()], drained)).toEqual([]);
  });

  it('finds a burst in a journal that is drained late', () => {
    const drained = Array.from({ length: 5 }, (_, i) => ({ at: i, arrives: 15_000 }));
    const [opened] = factsOf([ruleOf()], drained);
    expect(opened?.data).toMatchObject({ openedAt: instant(4) });
    expect(opened?.time).toBe(instant(15_000));
  });

  it('puts a late record between those that came before it', () => {
    const steps = [
      { at: 0 },
      { at: 10 },
      { at: 500 },
      { at: 620, arrives: 620 },
      { at: 5, arrives: 621 },
      { at: 6, arrives: 622 },
    ];
    expect(kindsOf(factsOf([ruleOf()], steps))).toEqual(['opened']);
  });
});

describe('bounds', () => {
  it('forgets the least recently used group first, and counts it', () => {
    const rule = ruleOf({
      limits: '{groups: 3}',
      correlation: '{type: event_count, group-by: sourceIp, timespan: 1h, condition: {gte: 2}}',
    });
    const from = (last: number, at: number): EventAt => ({ at, fields: sshFailure(`198.51.100.${last}`) });
    const facts = factsOf([rule], [from(1, 0), from(2, 1), from(3, 2), from(4, 3), from(1, 4), from(4, 5)]);
    expect(facts.map(({ data }) => 'group' in data && data.group.sourceIp)).toEqual(['198.51.100.4']);
  });

  it('clears the oldest open episode, and says so, only when nothing else is left', () => {
    const rule = ruleOf({
      limits: '{groups: 2}',
      correlation: '{type: event_count, group-by: sourceIp, timespan: 1h, condition: {gte: 1}}',
    });
    const facts = factsOf(
      [rule],
      [1, 2, 3].map((last) => ({ at: last, fields: sshFailure(`198.51.100.${last}`) })),
    );
    expect(kindsOf(facts)).toEqual(['opened', 'opened', 'opened', 'cleared']);
    expect(facts[3]!.data).toMatchObject({ findingId: facts[0]!.data.findingId, reason: 'evicted' });
  });

  it('stays within its limits while a hundred thousand groups pass by', () => {
    const engine = new Engine();
    engine.setRule(ruleOf({ limits: '{groups: 1000, megabytes: 1}' }));
    const template = JSON.stringify(eventAt({ at: 0 }));
    for (let i = 0; i < 100_000; i++) {
      const line = template.replace('203.0.113.9', `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
      const read = readEventLine(line);
      if (read.ok) engine.take(read.record);
    }
    const state = engine.states.get('ssh-failures')!;
    expect(state.idle.size).toBeLessThanOrEqual(1000);
    expect(state.idle.size + state.counters.evictedGroups).toBe(100_000);
  });

  it('lets go of groups whose windows have passed, without counting them as evicted', () => {
    const engine = new Engine();
    engine.setRule(ruleOf());
    for (let i = 0; i < 100; i++) {
      const at = i * 60;
      engine.advance(START_MS + at * 1000);
      const read = readEventLine(JSON.stringify(eventAt({ at, fields: sshFailure(`198.51.100.${i}`) })));
      if (read.ok) engine.take(read.record);
    }
    const state = engine.states.get('ssh-failures')!;
    expect(state.idle.size).toBeLessThan(15);
    expect(state.counters.evictedGroups).toBe(0);
  });
});

describe('a rule that changes', () => {
  const open = (): Engine => {
    const engine = new Engine();
    engine.setRule(ruleOf());
    for (let i = 0; i < 5; i++) {
      engine.advance(START_MS + i * 1000);
      const read = readEventLine(JSON.stringify(eventAt({ at: i })));
      if (read.ok) engine.take(read.record);
    }
    expect(engine.drain()).toHaveLength(1);
    return engine;
  };

  it('keeps its episodes when only texts, severity or limits changed', () => {
    const engine = open();
    engine.setRule(ruleOf({ title: 'Another title', severity: 'critical', clear: '{quiet: 1h}' }));
    expect(engine.drain()).toEqual([]);
    expect(engine.states.get('ssh-failures')?.open.size).toBe(1);
  });

  it('ends them when what it counts changed', () => {
    const engine = open();
    engine.setRule(ruleOf({ detection: '{selection: {service: web}, condition: selection}' }));
    expect(engine.drain().map(({ fact }) => fact.data)).toMatchObject([{ reason: 'rule_changed' }]);
    expect(engine.states.get('ssh-failures')?.open.size).toBe(0);
  });

  it('ends them when it is disabled, and when the device leaves the shard', () => {
    const disabled = open();
    disabled.removeRule('ssh-failures', 'rule_disabled');
    expect(disabled.drain().map(({ fact }) => fact.data)).toMatchObject([{ reason: 'rule_disabled' }]);
    const moved = open();
    moved.closeDevice('device-2');
    moved.closeDevice('device-1');
    expect(moved.drain().map(({ fact }) => fact.data)).toMatchObject([{ reason: 'device_removed' }]);
  });
});
