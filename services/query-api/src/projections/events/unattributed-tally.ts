/** What a batch of events adds to `unattributed_senders`. */
import type { EventEnvelope } from '@opmas/contracts';
import { rowsLiteral } from '../../shell/sql-text.js';

interface SenderRow {
  key: string;
  peer: string;
  reason: string;
  hostname: string | null;
  first_event_id: string;
  first_seen_at: string;
  last_seen_at: string;
  events_total: number;
  samples: string[];
}

const MOST_SAMPLES = 3;
const LONGEST_SAMPLE = 500;

export class UnattributedTally {
  readonly #senders = new Map<string, SenderRow>();

  /** Takes in the line of an event without a device; one that the parser does not call unattributed is passed over. */
  add(line: string): void {
    const { id, hostname, receivedAt, raw, unattributed } = JSON.parse(line) as EventEnvelope;
    if (!unattributed) return;
    const { key, peer, reason } = unattributed;
    const name = `${peer} ${key}`;
    const sample = raw.slice(0, LONGEST_SAMPLE);
    const row = this.#senders.get(name);
    if (!row) {
      this.#senders.set(name, {
        key,
        peer,
        reason,
        hostname,
        first_event_id: id,
        first_seen_at: receivedAt,
        last_seen_at: receivedAt,
        events_total: 1,
        samples: [sample],
      });
      return;
    }
    row.reason = reason;
    row.hostname = hostname ?? row.hostname;
    row.events_total++;
    if (receivedAt > row.last_seen_at) row.last_seen_at = receivedAt;
    if (receivedAt < row.first_seen_at) row.first_seen_at = receivedAt;
    if (row.samples.push(sample) > MOST_SAMPLES) row.samples.shift();
  }

  /** Rows sorted by key, so that two writers meet them in one order. */
  statements(): string {
    if (this.#senders.size === 0) return '';
    return `INSERT INTO unattributed_senders (key, peer, reason, hostname, first_event_id, first_seen_at, last_seen_at,
          events_total, samples)
        SELECT key, peer, reason, hostname, first_event_id, first_seen_at, last_seen_at, events_total, samples
        FROM json_populate_recordset(NULL::unattributed_senders, ${rowsLiteral([...this.#senders.values()])}) ORDER BY 1, 2
        ON CONFLICT (key, peer) DO UPDATE SET
          reason = excluded.reason,
          hostname = coalesce(excluded.hostname, unattributed_senders.hostname),
          first_seen_at = least(unattributed_senders.first_seen_at, excluded.first_seen_at),
          last_seen_at = greatest(unattributed_senders.last_seen_at, excluded.last_seen_at),
          events_total = unattributed_senders.events_total + excluded.events_total,
          samples = excluded.samples,
          settled = false;`;
  }
}
