/** Every log line and metric of the actions service, named. Warn: nothing is lost. Error: data or function is. */
import type { ActionFact } from '@opmas/contracts';
import type { Health, Log, Metrics } from '@opmas/platform';
import type { PlaybookFault } from './domain/playbook.js';
import { formatPlaybookFault } from './domain/playbook.js';

export type Signals = ReturnType<typeof createSignals>;

function short(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function streamSignals(log: Log, metrics: Metrics) {
  const appended = metrics.counter('action_facts_total', 'Facts of actions appended', ['type']);
  const mended = metrics.counter('action_facts_brought_back_total', 'Facts that the stream had lost and got back');
  const malformed = metrics.counter('actions_malformed_messages_total', 'Messages that are no fact by their schema', [
    'stream',
  ]);
  const lag = metrics.gauge('actions_lag_messages', 'Messages between the workflow and the end of its stream', [
    'stream',
  ]);
  return {
    factAppended: (fact: ActionFact): void => {
      appended.inc({ type: fact.type });
      log.info({ action: fact.data.actionId, device: fact.data.deviceId, type: fact.type }, 'fact appended');
    },
    factRefused: (fact: ActionFact): void =>
      log.warn(
        { action: fact.data.actionId, type: fact.type },
        'the action went on elsewhere, this fact is no longer true',
      ),
    factBroughtBack: (actionId: string, type: string): void => {
      mended.inc();
      log.warn({ action: actionId, type }, 'the stream had lost a fact, it was appended again');
    },
    appendUnanswered: (type: string, error: unknown): void =>
      log.warn({ type, reason: short(error) }, 'no acknowledgement for a fact, looking again'),
    readUnanswered: (error: unknown): void =>
      log.warn({ reason: short(error) }, 'reading an action failed, trying again'),
    messageMalformed: (stream: string, sequence: number, reason: string): void => {
      malformed.inc({ stream });
      log.error({ stream, sequence, reason }, 'a message is no fact by its schema, it is kept as a dead letter');
    },
    streamPutBack: (stream: string): void => log.warn({ stream }, 'the stream was put back, reading it anew'),
    streamLag: (stream: string, messages: number): void => lag.set({ stream }, messages),
  };
}

function workflowSignals(log: Log, metrics: Metrics, health: Health) {
  const pending = metrics.gauge('actions_pending', 'Actions that wait for a decision');
  const open = metrics.gauge('actions_running', 'Actions that run or are asked about');
  const failures = metrics.counter('actions_workflow_failures_total', 'Times that the workflow had to begin anew');
  return {
    ownerGained: (): void => {
      health.set('workflow', true, 'owner');
      log.info('this replica owns the workflow');
    },
    ownerLost: (): void => {
      health.set('workflow', true, 'standing by, another replica owns the workflow');
      log.info('this replica no longer owns the workflow');
    },
    standingBy: (): void => health.set('workflow', true, 'standing by'),
    caughtUp: (actions: number): void => log.info({ actions }, 'the workflow has read all actions'),
    workflowFailed: (error: unknown): void => {
      failures.inc();
      health.set('workflow', false, short(error));
      log.error({ err: error }, 'the workflow failed, beginning anew');
    },
    pendingActions: (count: number): void => pending.set(count),
    runningActions: (count: number): void => open.set(count),
    playbookRefused: (faults: PlaybookFault[]): void =>
      log.error({ faults: faults.map(formatPlaybookFault) }, 'a playbook is refused, the others go on'),
    playbookPublished: (id: string, version: number): void => log.info({ playbook: id, version }, 'playbook published'),
    actionStage: (actionId: string, stage: string): void => log.info({ action: actionId, stage }, 'action on its way'),
    executionFailed: (actionId: string, error: unknown): void =>
      log.error({ action: actionId, err: error }, 'executing an action failed, it is taken up again'),
  };
}

export function createSignals({ log, metrics, health }: { log: Log; metrics: Metrics; health: Health }) {
  return { ...streamSignals(log, metrics), ...workflowSignals(log, metrics, health) };
}
