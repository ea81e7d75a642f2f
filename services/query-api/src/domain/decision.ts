/** A person's decision on a proposed action. */
import type { ActionFact } from '@opmas/contracts';
import { factIdOf, parseInstant } from '@opmas/contracts';
import type { ActionItem } from './projections/action.js';
import { evolveAction } from './projections/action.js';

export interface DecideAction {
  verdict: 'approved' | 'rejected';
  userName: string;
  /** Where the request came from. */
  address: string | null;
  reason: string;
  /** Names the request, so that two people who decide alike at once are told apart, and a retry is not. */
  commandId: string;
  /** ISO 8601 with microseconds; the caller's clock. */
  at: string;
}

export type Decision =
  | { ok: true; fact: ActionFact }
  | { ok: false; refusal: 'unknown' }
  | { ok: false; refusal: 'expired' | 'decided'; action: ActionItem };

/** Decides from the action's own facts, never from the read model. Only what is still proposed may be decided. */
export function decideAction(facts: readonly unknown[], command: DecideAction): Decision {
  const action = facts.reduce<ActionItem | null>(evolveAction, null);
  if (action === null) return { ok: false, refusal: 'unknown' };
  if (action.status === 'expired') return { ok: false, refusal: 'expired', action };
  if (action.status !== 'proposed') return { ok: false, refusal: 'decided', action };
  if ((parseInstant(action.expiresAt) ?? 0) <= (parseInstant(command.at) ?? 0)) {
    return { ok: false, refusal: 'expired', action };
  }
  const fact: ActionFact = {
    specversion: '1.0',
    id: factIdOf(action.id, `${command.verdict} ${command.userName} ${command.commandId}`, 0),
    type: `opmas.action.${command.verdict}`,
    source: '/opmas/api',
    subject: action.id,
    time: command.at,
    data: {
      actionId: action.id,
      deviceId: action.deviceId,
      decision: { userName: command.userName, address: command.address, reason: command.reason },
    },
  };
  return { ok: true, fact };
}

/** One sentence for who was too late. */
export function refusalOf(decision: Extract<Decision, { ok: false }>): string {
  if (decision.refusal === 'unknown') return 'There is no such action.';
  const { action } = decision;
  if (decision.refusal === 'expired') return `The proposal expired at ${action.expiresAt}.`;
  const who =
    action.decidedBy === null
      ? ''
      : ` It was decided by ${action.decidedBy} at ${action.decidedAt ?? 'an unknown time'}.`;
  return `The action is already ${action.status}.${who}`;
}
