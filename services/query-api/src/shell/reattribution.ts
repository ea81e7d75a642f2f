/**
 * A person's decision whose a sender's lines are holds for its earlier events too: their rows, their counts and the
 * device's totals are moved to the device, and back when the decision is taken back. The rows' own lines stay as they
 * came, so after the read models were built anew from the streams the same decisions move the same rows.
 */
import type { Pool, PoolClient } from 'pg';

/** Who moves rows now; one replica at a time. */
const LOCK = "pg_try_advisory_xact_lock(hashtext('opmas_reattribution'))";
const SLICE_MS = 3600_000;
const RETRY_MS = 5000;
const EVERY_MS = 30_000;
const SENDERS_AT_ONCE = 50;

interface Sender {
  key: string;
  peer: string;
  first_seen_at: Date;
  last_seen_at: Date;
  events_total: string;
  device_id: string | null;
  wanted: string | null;
}

/** A binding of one address goes before one of any. */
const UNSETTLED = `WITH bound AS (
    SELECT d.id, b.value ->> 'key' AS key, b.value ->> 'peer' AS peer
    FROM devices d, json_array_elements(coalesce(d.body::json -> 'bindings', '[]'::json)) b),
  wanted AS (
    SELECT u.*, (SELECT id FROM bound b WHERE b.key = u.key AND (b.peer = u.peer OR b.peer IS NULL)
      ORDER BY b.peer IS NULL, b.id LIMIT 1) AS wanted
    FROM unattributed_senders u)
  SELECT key, peer, first_seen_at, last_seen_at, events_total, device_id, wanted FROM wanted
  WHERE device_id IS DISTINCT FROM wanted OR (NOT settled AND wanted IS NOT NULL)
  ORDER BY key, peer LIMIT ${SENDERS_AT_ONCE}`;

/**
 * $1 whose they become, $2 whose they are, $3 and $4 the range, $5 and $6 what their lines say of their sender: JSON
 * within JSON has its quotation marks escaped, so this stands nowhere else.
 */
const MOVE = `WITH moved AS (
    UPDATE events SET device_id = $1 WHERE device_id IS NOT DISTINCT FROM $2 AND received_at >= $3 AND received_at < $4
      AND (position($5 IN body) > 0 OR position($6 IN body) > 0)
    RETURNING received_at, type, domain, severity, coalesce(effective_severity, severity) AS effective),
  delta AS (
    SELECT date_trunc('minute', received_at) AS minute, type, domain, coalesce(severity, -1) AS severity,
      coalesce(effective, -1) AS effective, count(*) AS count
    FROM moved GROUP BY 1, 2, 3, 4, 5),
  taken AS (
    UPDATE event_counts c SET count = c.count - d.count FROM delta d
    WHERE c.minute = d.minute AND c.device_id = coalesce($2, '') AND c.type = d.type AND c.severity = d.severity
      AND c.effective_severity = d.effective),
  given AS (
    INSERT INTO event_counts (minute, device_id, type, severity, effective_severity, domain, count)
    SELECT minute, coalesce($1, ''), type, severity, effective, domain, count FROM delta
    ON CONFLICT (minute, device_id, type, severity, effective_severity) DO UPDATE SET count = event_counts.count + excluded.count),
  fewer AS (
    UPDATE device_activity SET events_total = events_total - (SELECT count(*) FROM moved) WHERE device_id = $2),
  more AS (
    INSERT INTO device_activity SELECT $1, min(received_at), max(received_at), count(*) FROM moved
    WHERE $1::text IS NOT NULL HAVING count(*) > 0
    ON CONFLICT (device_id) DO UPDATE SET
      first_seen_at = least(device_activity.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(device_activity.last_seen_at, excluded.last_seen_at),
      events_total = device_activity.events_total + excluded.events_total)
  SELECT count(*) AS count FROM moved`;

export interface ReattributionSignals {
  reattributed: (sender: { key: string; peer: string; deviceId: string | null; events: number }) => void;
  reattributionFailed: (error: unknown) => void;
}

export class Reattribution {
  readonly #pool: Pool;
  readonly #signals: ReattributionSignals;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #isAsked = false;
  #isStopped = false;

  constructor(pool: Pool, signals: ReattributionSignals) {
    this.#pool = pool;
    this.#signals = signals;
    this.ask();
  }

  /** Items that were committed: where a device is among them, looks whether rows have to be moved. */
  add(items: readonly { kind: string }[]): void {
    if (items.some(({ kind }) => kind === 'device')) this.ask();
  }

  /** Looks soon whether rows have to be moved. */
  ask(): void {
    if (this.#isAsked || this.#isStopped) return;
    this.#isAsked = true;
    this.#running = this.#running.then(() => this.#round());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    this.#isAsked = false;
    if (this.#timer) clearTimeout(this.#timer);
    let waitMs = EVERY_MS;
    try {
      while (!this.#isStopped && (await this.#settleSome()));
    } catch (error) {
      this.#signals.reattributionFailed(error);
      waitMs = RETRY_MS;
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => this.ask(), waitMs).unref();
  }

  /** True where there may be more. */
  async #settleSome(): Promise<boolean> {
    const { rows } = await this.#pool.query<Sender>(UNSETTLED);
    for (const sender of rows) {
      if (this.#isStopped || !(await this.#settle(sender))) return false;
    }
    return rows.length > 0;
  }

  /** An hour of a sender's events a transaction; false where another replica is at it. */
  async #settle(sender: Sender): Promise<boolean> {
    const { key, peer, device_id: before, wanted } = sender;
    const from = Math.floor(sender.first_seen_at.getTime() / SLICE_MS) * SLICE_MS;
    let events = 0;
    for (let at = from; at <= sender.last_seen_at.getTime(); at += SLICE_MS) {
      const moved = await this.#inTurn((client) => this.#moveSlice(client, sender, at));
      if (moved === null) return false;
      events += moved;
    }
    const isDone = await this.#inTurn(async (client) => {
      await client.query(
        `UPDATE unattributed_senders SET device_id = $3, settled = (events_total = $4) WHERE key = $1 AND peer = $2`,
        [key, peer, wanted, sender.events_total],
      );
      return 0;
    });
    if (events > 0 || before !== wanted) this.#signals.reattributed({ key, peer, deviceId: wanted, events });
    return isDone !== null;
  }

  async #moveSlice(client: PoolClient, sender: Sender, at: number): Promise<number> {
    const { key, peer, device_id: before, wanted } = sender;
    const marks = ['ambiguous', 'capped'].map((reason) => `"unattributed":${JSON.stringify({ reason, key, peer })}`);
    let moved = 0;
    for (const owner of new Set([null, before])) {
      if (owner === wanted) continue;
      const { rows } = await client.query<{ count: string }>(MOVE, [
        wanted,
        owner,
        new Date(at),
        new Date(at + SLICE_MS),
        ...marks,
      ]);
      moved += Number(rows[0]?.count ?? 0);
    }
    return moved;
  }

  async #inTurn(run: (client: PoolClient) => Promise<number>): Promise<number | null> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<{ mine: boolean }>(`SELECT ${LOCK} AS mine`);
      const result = rows[0]?.mine ? await run(client) : null;
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }
}
