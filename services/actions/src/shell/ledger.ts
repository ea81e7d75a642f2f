/**
 * Facts into OPMAS_ACTIONS: one after another, each after the subject's last, never twice, and never after what makes it
 * untrue. What the stream lost in a power cut is appended again from this executor's disk, in its old order.
 */
import type { ActionFact } from '@opmas/contracts';
import { STREAM_NAMES, actionFactSchema, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { appendFact, lastMessage, readAggregate } from '@opmas/platform';
import type { Signals } from '../signals.js';
import type { DiskJournal } from './disk-journal.js';
import { pause } from './stopped.js';

const STREAM = STREAM_NAMES.actions;
const RETRY_MS = 300;
const FACT_ID_HEADER = 'ce-id';

export type Appended = { ok: true; sequence: number } | { ok: false };

interface Known {
  sequence: number;
  fact: ActionFact;
}

type Kind = ActionFact['type'];
const BEGUN: readonly Kind[] = ['opmas.action.started'];
const DECIDED: readonly Kind[] = ['opmas.action.rejected', 'opmas.action.expired', 'opmas.action.skipped'];
const ENDED: readonly Kind[] = ['opmas.action.succeeded', 'opmas.action.failed', 'opmas.action.interrupted'];

/** Types after which a fact of a type is no longer true. */
const REFUSED_AFTER: Record<Kind, readonly Kind[]> = {
  'opmas.action.proposed': ['opmas.action.proposed'],
  'opmas.action.approved': ['opmas.action.approved', ...DECIDED, ...BEGUN, ...ENDED],
  'opmas.action.rejected': ['opmas.action.approved', ...DECIDED, ...BEGUN, ...ENDED],
  'opmas.action.expired': ['opmas.action.approved', ...DECIDED, ...BEGUN, ...ENDED],
  'opmas.action.skipped': ['opmas.action.approved', ...DECIDED, ...BEGUN, ...ENDED],
  'opmas.action.started': [...DECIDED, ...ENDED],
  'opmas.action.output': ENDED,
  'opmas.action.succeeded': ENDED,
  'opmas.action.failed': ENDED,
  'opmas.action.interrupted': ENDED,
};

/** True where the stored facts leave no room for this one. Of two `started` of one run only the first is true. */
export function isSuperseded(stored: readonly ActionFact[], fact: ActionFact): boolean {
  if (stored.some((one) => REFUSED_AFTER[fact.type].includes(one.type))) return true;
  if (fact.type === 'opmas.action.started')
    return stored.some((one) => one.type === 'opmas.action.started' && one.data.runId === fact.data.runId);
  const hasBegun = stored.some((one) => one.type === 'opmas.action.started');
  return fact.type === 'opmas.action.failed' && fact.data.runId === null && hasBegun;
}

export interface LedgerOptions {
  bus: Bus;
  journal: DiskJournal;
  signals: Signals;
  /** Aborted when this process is no longer to write. */
  signal: AbortSignal;
}

export class Ledger {
  readonly #options: LedgerOptions;
  /** By subject: its facts' ids and sequences, as far as this process read or wrote them. */
  readonly #known = new Map<string, { last: number; sequences: Map<string, number> }>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  static subjectOf(fact: ActionFact): string {
    return subjects.action(fact.data.deviceId, fact.data.actionId);
  }

  /** A fact that was read: where its subject now ends, and, where it is new, a line in the journal. */
  note(fact: ActionFact, sequence: number, isRecent: boolean): void {
    const subject = Ledger.subjectOf(fact);
    this.#learn(subject, fact.id, sequence);
    const known = isRecent ? this.#options.journal.recentFacts().get(subject) : undefined;
    if (isRecent && !known?.some((one) => one.id === fact.id)) this.#options.journal.fact(subject, fact);
  }

  /** Appends one fact. `ok: false` where others wrote what makes it untrue. Waits for the server as long as it takes. */
  append(fact: ActionFact): Promise<Appended> {
    const next = this.#turn.then(() => this.#append(fact));
    this.#turn = next.catch(() => undefined);
    return next;
  }

  /** Brings back what the stream lost of all recent subjects; answers how many facts that were. */
  mendAll(): Promise<number> {
    const next = this.#turn.then(async () => {
      this.#known.clear();
      let count = 0;
      for (const [subject, facts] of this.#options.journal.recentFacts()) {
        count += await this.#untilAnswered(() => this.#mendIfBehind(subject, facts));
      }
      return count;
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async #mendIfBehind(subject: string, facts: ActionFact[]): Promise<number> {
    const last = await lastMessage(this.#options.bus, STREAM, subject);
    if (last?.header(FACT_ID_HEADER) === facts.at(-1)?.id) return 0;
    return (await this.#mend(subject)).mended;
  }

  async #append(fact: ActionFact): Promise<Appended> {
    const subject = Ledger.subjectOf(fact);
    const learned = this.#known.get(subject);
    const before = learned?.sequences.get(fact.id);
    if (before !== undefined) return { ok: true, sequence: before };
    const expected = learned?.last ?? (fact.type === 'opmas.action.proposed' ? 0 : null);
    if (expected !== null) {
      const quick = await this.#tryAppend(subject, fact, expected);
      if (quick !== null) return this.#remember(subject, fact, quick);
    }
    for (;;) {
      const { known } = await this.#untilAnswered(() => this.#mend(subject));
      const stored = known.find((one) => one.fact.id === fact.id);
      if (stored) return this.#remember(subject, fact, stored.sequence);
      if (
        isSuperseded(
          known.map((one) => one.fact),
          fact,
        )
      )
        return { ok: false };
      const sequence = await this.#tryAppend(subject, fact, known.at(-1)?.sequence ?? 0);
      if (sequence !== null) return this.#remember(subject, fact, sequence);
    }
  }

  #learn(subject: string, id: string, sequence: number): void {
    const learned = this.#known.get(subject) ?? { last: 0, sequences: new Map<string, number>() };
    learned.last = Math.max(learned.last, sequence);
    learned.sequences.set(id, sequence);
    this.#known.set(subject, learned);
  }

  #remember(subject: string, fact: ActionFact, sequence: number): Appended {
    this.#learn(subject, fact.id, sequence);
    const known = this.#options.journal.recentFacts().get(subject);
    if (!known?.some((one) => one.id === fact.id)) this.#options.journal.fact(subject, fact);
    return { ok: true, sequence };
  }

  /** The new sequence; null where the subject went on meanwhile, or the server did not answer. */
  async #tryAppend(subject: string, fact: ActionFact, expected: number): Promise<number | null> {
    this.#options.signal.throwIfAborted();
    try {
      const result = await appendFact(this.#options.bus, STREAM, subject, fact, expected);
      return result.ok ? result.sequence : null;
    } catch (error) {
      this.#options.signals.appendUnanswered(fact.type, error);
      await pause(RETRY_MS, this.#options.signal);
      return null;
    }
  }

  /** Facts of the subject as they stand; those that only this executor's disk still has are appended again. */
  async #mend(subject: string): Promise<{ known: Known[]; mended: number }> {
    const { bus, journal, signals } = this.#options;
    const known: Known[] = (await readAggregate(bus, STREAM, subject)).flatMap(({ sequence, fact }) => {
      const parsed = actionFactSchema.safeParse(fact);
      return parsed.success ? [{ sequence, fact: parsed.data }] : [];
    });
    for (const one of known) this.#learn(subject, one.fact.id, one.sequence);
    let mended = 0;
    for (const fact of journal.recentFacts().get(subject) ?? []) {
      if (known.some((one) => one.fact.id === fact.id)) continue;
      const result = await appendFact(bus, STREAM, subject, fact, known.at(-1)?.sequence ?? 0);
      if (!result.ok) return this.#mend(subject);
      known.push({ sequence: result.sequence, fact });
      this.#learn(subject, fact.id, result.sequence);
      mended++;
      signals.factBroughtBack(fact.data.actionId, fact.type);
    }
    return { known, mended };
  }

  async #untilAnswered<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#options.signal.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        this.#options.signals.readUnanswered(error);
        await pause(RETRY_MS, this.#options.signal);
      }
    }
  }
}
