import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MIGRATIONS } from '../migrations/registry.js';
import { openTestDatabase } from '../spec-support/projections.js';
import type { Servers } from '../spec-support/servers.js';
import { startServers } from '../spec-support/servers.js';
import type { Database } from './database.js';
import { dayOf } from './partitions.js';

const DAY_MS = 86_400_000;
const now = Date.UTC(2026, 10, 23, 12);

let servers: Servers;
let database: Database;

beforeAll(async () => {
  servers = await startServers();
  database = await openTestDatabase(servers.databaseUrl);
}, 60_000);

afterAll(async () => {
  await database.close();
  await servers.stop();
}, 30_000);

async function partitions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent IN ('events'::regclass, 'event_frames'::regclass) ORDER BY 1",
  );
  return rows.map((row) => row.name);
}

it('makes days ahead and on demand, and drops those beyond the retention', async () => {
  await database.partitions.ensureAhead(database.pool, now);
  const client = await database.pool.connect();
  await database.partitions.ensure(client, [dayOf((now - 40 * DAY_MS) * 1000), dayOf((now - 30 * DAY_MS) * 1000)]);
  client.release();
  expect(await partitions()).toEqual(
    ['event_frames', 'events'].flatMap((parent) =>
      ['20261014', '20261024', '20261123', '20261124', '20261125'].map((day) => `${parent}_${day}`),
    ),
  );
  const dropped = await database.partitions.dropOld(database.pool, now, 30, 90);
  expect(dropped.sort()).toEqual(['event_frames_20261014', 'events_20261014']);
  expect(await partitions()).toHaveLength(8);
});

it('makes a day while a writer that stands still holds the table', async () => {
  const writer = await database.pool.connect();
  await writer.query('BEGIN');
  await writer.query(
    "INSERT INTO events (id, received_at, type, domain, occurred_at, body) VALUES ('a', '2026-11-23T01:00:00Z', 't', 'other', now(), '{}')",
  );
  const other = await database.pool.connect();
  await database.partitions.ensure(other, [dayOf((now + 10 * DAY_MS) * 1000)]);
  other.release();
  await writer.query('ROLLBACK');
  writer.release();
  expect(await partitions()).toContain('events_20261203');
});

it('two replicas that start at once migrate once', async () => {
  const both = await Promise.all([openTestDatabase(servers.databaseUrl), openTestDatabase(servers.databaseUrl)]);
  const { rows } = await database.pool.query<{ n: string }>('SELECT count(*) AS n FROM migrations');
  expect(rows[0]?.n).toBe(String(MIGRATIONS.length));
  await Promise.all(both.map((opened) => opened.close()));
});
