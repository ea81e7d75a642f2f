import { describe, expect, it } from '@jest/globals';
import type { RecoveryQuestion } from './recovery.js';
import { recover } from './recovery.js';
import type { MarkerReport } from './run-marker.js';

const none = new Uint8Array();

function ask(
  actionClass: RecoveryQuestion['class'],
  report: Partial<MarkerReport>,
  question: Partial<Omit<RecoveryQuestion, 'class' | 'report'>> = {},
): string {
  const whole: MarkerReport = {
    state: 'absent',
    otherBoot: false,
    uptimeSeconds: 1000,
    exitCode: null,
    isOutputComplete: true,
    stdout: none,
    stderr: none,
    ...report,
  };
  return recover({ class: actionClass, report: whole, secondsSinceStarted: 60, isBeforeDeadline: true, ...question })
    .do;
}

const late = { isBeforeDeadline: false };

describe('what a router answers about a run without a result', () => {
  it.each(['read', 'converge', 'disrupt', 'destroy'] as const)(
    '%s: a result is recorded, a running one waited for',
    (one) => {
      expect(ask(one, { state: 'ended', exitCode: 0 })).toBe('record');
      expect(ask(one, { state: 'ended', exitCode: 1 }, late)).toBe('record');
      expect(ask(one, { state: 'running' }, late)).toBe('wait');
    },
  );

  it.each(['disrupt', 'destroy'] as const)('%s: whatever may have had an effect is never repeated', (one) => {
    expect(ask(one, { state: 'died' })).toBe('interrupt');
    expect(ask(one, { state: 'died', otherBoot: true })).toBe('interrupt');
    expect(ask(one, { state: 'absent', uptimeSeconds: 30 })).toBe('interrupt');
    expect(ask(one, { state: 'absent', uptimeSeconds: 63 })).toBe('interrupt');
    expect(ask(one, { state: 'absent', uptimeSeconds: Number.NaN })).toBe('interrupt');
  });

  it.each(['read', 'converge'] as const)('%s: looks whether the effect is there, before the deadline', (one) => {
    expect(ask(one, { state: 'died' })).toBe('verify');
    expect(ask(one, { state: 'absent', uptimeSeconds: 30 })).toBe('verify');
    expect(ask(one, { state: 'died' }, late)).toBe('interrupt');
  });

  it('a run that never came is claimed before its deadline, and has failed after it', () => {
    expect(ask('disrupt', { state: 'absent' })).toBe('claim');
    expect(ask('disrupt', { state: 'absent' }, late)).toBe('fail');
  });
});
