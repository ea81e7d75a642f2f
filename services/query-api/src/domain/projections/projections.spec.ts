import { describe, expect, it } from '@jest/globals';
import { factIdOf } from '@opmas/contracts';
import { event, findingOpened } from '../../spec-support/frames.js';
import { decideAction, refusalOf } from '../decision.js';
import { deviceHealth, noFindings } from '../device-health.js';
import { evolveAction } from './action.js';
import type { ActionItem } from './action.js';
import { configItemOf } from './config.js';
import { evolveFinding } from './finding.js';
import type { FindingItem } from './finding.js';

const T = '2026-11-23T20:35:17.123456Z';
const LATER = '2026-11-23T21:35:17.000000Z';
const about = (type: string, subject: string, data: object) => ({
  specversion: '1.0',
  id: factIdOf(subject, type, 0),
  type,
  source: '/t',
  subject,
  time: T,
  data,
});
const finding = (facts: unknown[]) => facts.reduce<FindingItem | null>(evolveFinding, null);
const action = (facts: unknown[]) => facts.reduce<ActionItem | null>(evolveAction, null);

describe('a finding', () => {
  const opened = findingOpened('f1', 'dev1', 1_795_000_000_000_000);
  const last = event('ing-0-9-1', 0, 1_795_000_001_000_000);
  const recurred = about('opmas.finding.recurred', 'f1', {
    findingId: 'f1',
    count: 25,
    firstSeenAt: T,
    lastSeenAt: LATER,
    evidence: { first: [last], last: [last], total: 25 },
  });
  const cleared = about('opmas.finding.cleared', 'f1', {
    findingId: 'f1',
    count: 25,
    firstSeenAt: T,
    lastSeenAt: LATER,
    reason: 'quiet',
    clearedAt: LATER,
  });

  it('opens, recurs and clears', () => {
    expect(finding([opened])).toMatchObject({
      id: 'f1',
      status: 'open',
      count: 10,
      clearedAt: null,
      evidence: ['ing-0-1-0'],
    });
    expect(finding([opened, recurred])).toMatchObject({
      count: 25,
      lastSeenAt: LATER,
      evidence: ['ing-0-1-0', 'ing-0-9-1'],
    });
    expect(finding([opened, recurred, cleared])).toMatchObject({
      status: 'cleared',
      clearedAt: LATER,
      clearReason: 'quiet',
    });
  });

  it('is open again when it recurs after it was cleared', () => {
    expect(finding([opened, cleared, recurred])).toMatchObject({ status: 'open', clearedAt: null, clearReason: null });
  });

  it('stays as it was under facts of unknown shape, and is nothing without its opening', () => {
    expect(finding([opened, { type: 'opmas.finding.opened' }, null, 7, 'x'])).toEqual(finding([opened]));
    expect(finding([recurred, cleared])).toBeNull();
  });
});

describe('an action', () => {
  const ids = { actionId: 'a1', deviceId: 'dev1' };
  const proposed = about('opmas.action.proposed', 'a1', {
    ...ids,
    findingId: 'f1',
    playbookId: 'p',
    playbookVersion: 1,
    step: 's',
    name: 'block-address',
    title: 't',
    parameters: {},
    class: 'converge',
    commands: [['nft']],
    expiresAt: LATER,
  });
  const approved = about('opmas.action.approved', 'a1', {
    ...ids,
    decision: { userName: 'ann', address: null, reason: 'yes' },
  });
  const started = about('opmas.action.started', 'a1', {
    ...ids,
    runId: 'r',
    executor: 'e',
    startedAt: T,
    deadlineAt: LATER,
  });
  const command = {
    verdict: 'rejected',
    userName: 'bob',
    address: '192.0.2.1',
    reason: 'no',
    commandId: 'c',
    at: T,
  } as const;

  it('goes through its life', () => {
    expect(action([proposed])).toMatchObject({ status: 'proposed', proposedAt: T, decidedBy: null });
    expect(action([proposed, approved])).toMatchObject({ status: 'approved', decidedBy: 'ann', decisionReason: 'yes' });
    const failed = about('opmas.action.failed', 'a1', {
      ...ids,
      runId: 'r',
      exitCode: 1,
      reason: 'refused',
      finishedAt: LATER,
    });
    expect(action([proposed, approved, started, failed])).toMatchObject({
      status: 'failed',
      startedAt: T,
      finishedAt: LATER,
      exitCode: 1,
      failureReason: 'refused',
    });
    const done = about('opmas.action.succeeded', 'a1', { ...ids, runId: 'r', exitCode: 0, finishedAt: LATER });
    expect(action([proposed, approved, started, done])).toMatchObject({
      status: 'succeeded',
      exitCode: 0,
      failureReason: null,
    });
  });

  it('is decided only while it is proposed and has not expired', () => {
    const decision = decideAction([proposed], command);
    expect(decision).toMatchObject({
      ok: true,
      fact: { type: 'opmas.action.rejected', data: { decision: { userName: 'bob' } } },
    });
    expect(decideAction([], command)).toEqual({ ok: false, refusal: 'unknown' });
    expect(decideAction([proposed], { ...command, at: LATER })).toMatchObject({ ok: false, refusal: 'expired' });
    const late = decideAction([proposed, approved], command);
    expect(late).toMatchObject({ ok: false, refusal: 'decided' });
    expect(late.ok ? '' : refusalOf(late)).toBe(`The action is already approved. It was decided by ann at ${T}.`);
  });

  it('gives two people two facts, and a retry the same one', () => {
    const idOf = (over: object) => {
      const decision = decideAction([proposed], { ...command, ...over });
      return decision.ok ? decision.fact.id : '';
    };
    expect(idOf({})).toBe(idOf({ at: '2026-11-23T20:35:18.000000Z' }));
    expect(
      new Set([idOf({}), idOf({ userName: 'ann' }), idOf({ commandId: 'd' }), idOf({ verdict: 'approved' })]).size,
    ).toBe(4);
  });
});

describe('configuration', () => {
  const rule = (source: string) =>
    about('opmas.config.rule.published', 'r', { id: 'r', version: 1, enabled: true, origin: 'build', source });

  it('reads the head of a rule, and does without where there is none', () => {
    expect(configItemOf(rule('title: T\ndomain: wifi\nseverity: low'))).toMatchObject({
      kind: 'rule',
      item: { title: 'T', domain: 'wifi', severity: 'low' },
    });
    expect(configItemOf(rule('a: [unclosed'))).toMatchObject({ item: { title: null, domain: null, severity: null } });
    expect(configItemOf(rule('just a text'))).toMatchObject({ item: { title: null } });
  });

  it('is nothing for other facts', () => {
    expect(configItemOf(about('opmas.config.ingestor.retired', 'i', { ingestor: 'i' }))).toBeNull();
    expect(configItemOf({ type: 'x' })).toBeNull();
  });
});

describe('device health', () => {
  const seen = 1_000_000;
  it('follows open findings first, then silence', () => {
    expect(deviceHealth({ ...noFindings(), high: 1 }, null, seen)).toBe('critical');
    expect(deviceHealth({ ...noFindings(), low: 1, info: 3 }, seen, seen)).toBe('problem');
    expect(deviceHealth({ ...noFindings(), info: 3 }, seen, seen)).toBe('ok');
    expect(deviceHealth(noFindings(), seen, seen + 15 * 60_000)).toBe('ok');
    expect(deviceHealth(noFindings(), seen, seen + 15 * 60_000 + 1)).toBe('unknown');
    expect(deviceHealth(noFindings(), null, seen)).toBe('unknown');
  });
});
