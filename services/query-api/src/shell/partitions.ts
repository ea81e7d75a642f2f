/** Day partitions of `events` and `event_frames`: made ahead and on demand, dropped by age. */
import type { Pool, PoolClient } from 'pg';

const DAY_MICROS = 86_400e6;
const DAYS_AHEAD = 2;
/** A DDL statement waits no longer for a lock; it is tried again with the next batch, or the next hour. */
const LOCK_TIMEOUT = '5s';

/** Number of the UTC day since 1970 that an instant (µs) falls on. */
export function dayOf(micros: number): number {
  return Math.floor(micros / DAY_MICROS);
}

function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

export class Partitions {
  readonly #known = new Set<number>();

  /** Makes the days' partitions that are not known to be there. Must be called outside a transaction. */
  async ensure(client: PoolClient, days: Iterable<number>): Promise<void> {
    for (const day of days) {
      if (this.#known.has(day)) continue;
      await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
      try {
        await client.query('SELECT opmas_day($1::date)', [dateOf(day)]);
      } finally {
        await client.query('RESET lock_timeout');
      }
      this.#known.add(day);
    }
  }

  /** Asks Postgres again for every day. */
  forget(): void {
    this.#known.clear();
  }

  /** Today and the next days. */
  async ensureAhead(pool: Pool, nowMs: number): Promise<void> {
    const today = dayOf(nowMs * 1000);
    const client = await pool.connect();
    try {
      await this.ensure(
        client,
        Array.from({ length: DAYS_AHEAD + 1 }, (_, i) => today + i),
      );
    } finally {
      client.release();
    }
  }

  /** Drops the partitions of days before the last `days` days, and counts older than `countDays`; answers their names. */
  async dropOld(pool: Pool, nowMs: number, days: number, countDays: number): Promise<string[]> {
    const oldest = dateOf(dayOf(nowMs * 1000) - days).replaceAll('-', '');
    const { rows } = await pool.query<{ parent: string; child: string }>(
      `SELECT inhparent::regclass::text AS parent, inhrelid::regclass::text AS child FROM pg_inherits
       WHERE inhparent IN ('events'::regclass, 'event_frames'::regclass) AND right(inhrelid::regclass::text, 8) < $1`,
      [oldest],
    );
    const dropped: string[] = [];
    for (const { parent, child } of rows) {
      await this.#drop(pool, parent, child);
      dropped.push(child);
    }
    this.forget();
    await pool.query(`DELETE FROM event_counts WHERE minute < now() - make_interval(days => $1)`, [countDays]);
    return dropped;
  }

  /** Detached first without stopping readers and writers; each statement by itself, as CONCURRENTLY demands. */
  async #drop(pool: Pool, parent: string, child: string): Promise<void> {
    const client = await pool.connect();
    try {
      await client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
      await client.query(`ALTER TABLE ${parent} DETACH PARTITION ${child} CONCURRENTLY`);
      await client.query(`DROP TABLE ${child}`);
    } finally {
      await client.query('RESET lock_timeout').catch(() => undefined);
      client.release();
    }
  }
}
