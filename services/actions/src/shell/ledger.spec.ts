import { describe, expect, it } from '@jest/globals';
import type { ActionFact } from '@opmas/contracts';
import { actionFact } from '../domain/workflow.js';
import { isSuperseded } from './ledger.js';

const about = { actionId: 'a', deviceId: 'd' };
const at = '2026-11-23T12:00:00.000000Z';
const started = (executor: string, runId = 'a-1'): ActionFact =>
  actionFact('opmas.action.started', `${executor}:${runId}`, 0, {
    ...about,
    runId,
    executor,
    startedAt: at,
    deadlineAt: at,
  });
const succeeded = actionFact('opmas.action.succeeded', 'a-1', 0, {
  ...about,
  runId: 'a-1',
  exitCode: 0,
  finishedAt: at,
});
const interrupted = actionFact('opmas.action.interrupted', 'a-1', 0, {
  ...about,
  runId: 'a-1',
  reason: 'r',
  interruptedAt: at,
});
const expired = actionFact('opmas.action.expired', '', 0, { ...about, expiredAt: at });
const unstarted = actionFact('opmas.action.failed', 'unstarted', 0, {
  ...about,
  runId: null,
  exitCode: null,
  reason: 'r',
  finishedAt: at,
});

describe('a fact after others', () => {
  it.each<[string, ActionFact[], ActionFact, boolean]>([
    ['the first start', [], started('x'), false],
    ["a rival's start of the same run", [started('y')], started('x'), true],
    ['the next attempt', [started('y')], started('x', 'a-2'), false],
    ['a start after the expiry', [expired], started('x'), true],
    ['a start after the result', [started('y'), succeeded], started('x', 'a-2'), true],
    ['a second result', [started('y'), succeeded], interrupted, true],
    ['a failure before the start, although it began', [started('y')], unstarted, true],
    ['an expiry of what began', [started('y')], expired, true],
    ['a result', [started('x')], succeeded, false],
  ])('%s', (_, stored, fact, isRefused) => {
    expect(isSuperseded(stored, fact)).toBe(isRefused);
  });
});
