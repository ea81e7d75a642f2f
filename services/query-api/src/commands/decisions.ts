/** Approving and rejecting: decided from the action's own facts, appended with their last sequence. */
import { STREAM_NAMES, formatInstant, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { appendFact, readAggregate } from '@opmas/platform';
import type { DecideAction, Decision } from '../domain/decision.js';
import { decideAction, refusalOf } from '../domain/decision.js';
import { Problem } from '../http/problem.js';
import type { Projections } from '../projections/registry.js';

const CODES = { unknown: 'not-found', expired: 'expired', decided: 'already-decided' } as const;

function refused(decision: Extract<Decision, { ok: false }>): Problem {
  const { refusal } = decision;
  if (refusal === 'unknown') return new Problem(404, CODES.unknown, refusalOf(decision));
  const { status, decidedBy, decidedAt, decisionReason } = decision.action;
  return new Problem(409, CODES[refusal], refusalOf(decision), {
    actionStatus: status,
    decidedBy,
    decidedAt,
    decisionReason,
  });
}

export class Decisions {
  readonly #bus: Bus;
  readonly #projections: Projections;

  constructor(bus: Bus, projections: Projections) {
    this.#bus = bus;
    this.#projections = projections;
  }

  /** Ends when the decision stands in the stream and in the read model; throws a 409 problem to who was too late. */
  async decide(action: { id: string; deviceId: string }, command: Omit<DecideAction, 'at'>): Promise<void> {
    const subject = subjects.action(action.deviceId, action.id);
    for (let attempt = 0; attempt < 3; attempt++) {
      const facts = await readAggregate(this.#bus, STREAM_NAMES.actions, subject);
      const decision = decideAction(
        facts.map(({ fact }) => fact),
        { ...command, at: formatInstant(Date.now() * 1000) },
      );
      if (!decision.ok) throw refused(decision);
      const result = await appendFact(
        this.#bus,
        STREAM_NAMES.actions,
        subject,
        decision.fact,
        facts.at(-1)?.sequence ?? 0,
      );
      if (result.ok) {
        await this.#projections.reached('actions', result.sequence);
        return;
      }
    }
    throw new Problem(409, 'conflict', 'The action changes faster than it can be decided. Look at it again.');
  }
}
