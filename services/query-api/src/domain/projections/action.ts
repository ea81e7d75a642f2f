/** The action as the API shows it, folded from its facts. */
import type { ActionFact } from '@opmas/contracts';
import { actionFactSchema } from '@opmas/contracts';

export const ACTION_STATUSES = [
  'proposed',
  'approved',
  'rejected',
  'expired',
  'started',
  'succeeded',
  'failed',
  'interrupted',
  'skipped',
] as const;
export type ActionStatus = (typeof ACTION_STATUSES)[number];

export interface ActionItem {
  id: string;
  deviceId: string;
  findingId: string | null;
  playbookId: string | null;
  playbookVersion: number | null;
  step: string | null;
  name: string;
  title: string;
  parameters: Record<string, unknown>;
  class: 'read' | 'converge' | 'disrupt' | 'destroy';
  commands: string[][];
  status: ActionStatus;
  proposedAt: string;
  expiresAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  decisionReason: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  exitCode: number | null;
  failureReason: string | null;
}

/** A fact of another shape, or one whose action was never proposed, changes nothing. */
export function evolveAction(item: ActionItem | null, fact: unknown): ActionItem | null {
  const parsed = actionFactSchema.safeParse(fact);
  return parsed.success ? evolve(item, parsed.data) : item;
}

function proposed(fact: Extract<ActionFact, { type: 'opmas.action.proposed' }>): ActionItem {
  const { actionId, ...data } = fact.data;
  return {
    id: actionId,
    ...data,
    status: 'proposed',
    proposedAt: fact.time,
    decidedAt: null,
    decidedBy: null,
    decisionReason: null,
    startedAt: null,
    finishedAt: null,
    exitCode: null,
    failureReason: null,
  };
}

function evolve(item: ActionItem | null, fact: ActionFact): ActionItem | null {
  if (fact.type === 'opmas.action.proposed') return item ?? proposed(fact);
  if (item === null) return null;
  switch (fact.type) {
    case 'opmas.action.approved':
    case 'opmas.action.rejected': {
      const { userName, reason } = fact.data.decision;
      const status = fact.type === 'opmas.action.approved' ? 'approved' : 'rejected';
      return { ...item, status, decidedAt: fact.time, decidedBy: userName, decisionReason: reason };
    }
    case 'opmas.action.expired':
      return { ...item, status: 'expired', finishedAt: fact.data.expiredAt };
    case 'opmas.action.started':
      return { ...item, status: 'started', startedAt: fact.data.startedAt };
    case 'opmas.action.output':
      return item;
    case 'opmas.action.succeeded':
      return { ...item, status: 'succeeded', finishedAt: fact.data.finishedAt, exitCode: fact.data.exitCode };
    case 'opmas.action.failed':
      return {
        ...item,
        status: 'failed',
        finishedAt: fact.data.finishedAt,
        exitCode: fact.data.exitCode,
        failureReason: fact.data.reason,
      };
    case 'opmas.action.interrupted':
      return { ...item, status: 'interrupted', finishedAt: fact.data.interruptedAt, failureReason: fact.data.reason };
    case 'opmas.action.skipped':
      return { ...item, status: 'skipped', finishedAt: fact.time, failureReason: fact.data.reason };
  }
}
