/** Changes to items of OPMAS_CONFIG, appended with the expected sequence of the item's subject. */
import { randomUUID } from 'node:crypto';
import type { ConfigFact, ConfigKind } from '@opmas/contracts';
import { STREAM_NAMES, configFactSchema, factIdOf, formatInstant, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { appendFact, lastMessage, storedFact } from '@opmas/platform';
import { Problem } from '../http/problem.js';
import type { Projections } from '../projections/registry.js';

/** What a change is decided from. */
export interface Change {
  /** The item as it is now; null where it is new or of an unknown shape. */
  current: ConfigFact | null;
  isNew: boolean;
  /** Envelope of the fact to be written. */
  envelope: { specversion: '1.0'; id: string; source: string; subject: string; time: string };
}

/** The streams and projections that a change needs; the process makes one. */
export class ConfigWriter {
  readonly #bus: Bus;
  readonly #projections: Projections;

  constructor(bus: Bus, projections: Projections) {
    this.#bus = bus;
    this.#projections = projections;
  }

  /**
   * Reads the item, lets `decide` make the next fact of it (or throw a problem), appends it, and waits until the read
   * model shows it. Who was overtaken decides again; a second time in a row is a conflict.
   */
  async change(kind: ConfigKind, id: string, decide: (change: Change) => ConfigFact): Promise<void> {
    const subject = subjects.config(kind, id);
    for (let attempt = 0; attempt < 2; attempt++) {
      const last = await lastMessage(this.#bus, STREAM_NAMES.config, subject);
      const current = last ? configFactSchema.safeParse(storedFact(last)?.fact) : null;
      const expected = last?.sequence ?? 0;
      const fact = decide({
        current: current?.success ? current.data : null,
        isNew: last === null,
        envelope: {
          specversion: '1.0',
          // Each command has an id of its own: the stream takes a second one with the same for a retry of the first.
          id: factIdOf(id, `${kind}.changed ${randomUUID()}`, expected),
          source: '/opmas/api',
          subject: id,
          time: formatInstant(Date.now() * 1000),
        },
      });
      const result = await appendFact(this.#bus, STREAM_NAMES.config, subject, fact, expected);
      if (result.ok) {
        await this.#projections.reached('config', result.sequence);
        return;
      }
    }
    throw new Problem(409, 'conflict', `Somebody else changed ${kind} "${id}" at the same time. Look at it again.`);
  }
}
