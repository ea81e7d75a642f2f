/** Postgres: the pool that projections write with, TypeORM for ordinary queries, migrations at the start. */
import { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { ENTITIES } from '../entities/registry.js';
import { MIGRATIONS } from '../migrations/registry.js';
import type { Signals } from '../signals.js';
import { Partitions } from './partitions.js';

export interface Database {
  /** Ordinary queries. */
  source: DataSource;
  /** Projections only. */
  pool: Pool;
  partitions: Partitions;
  close(): Promise<void>;
}

/** All replicas start at once; one migrates. */
const MIGRATION_LOCK = 746_218_003;
const STATEMENT_TIMEOUT_MS = 15_000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

async function migrate(source: DataSource): Promise<void> {
  await using lock = source.createQueryRunner();
  await lock.query('SET statement_timeout = 0');
  await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
  try {
    await source.runMigrations({ transaction: 'all' });
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`);
  }
}

/** Waits, but not when the process is told to end. */
async function pause(ms: number, isEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + ms;
  while (!isEnded() && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Connects and migrates, waiting for a Postgres that is not there with growing pauses. */
export async function openDatabase(url: string, signals: Signals, isEnded: () => boolean): Promise<Database> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const source = new DataSource({
      type: 'postgres',
      url,
      entities: ENTITIES,
      migrations: MIGRATIONS,
      migrationsTableName: 'migrations',
      applicationName: 'opmas-query-api',
      extra: { max: 10, connectionTimeoutMillis: 5000, statement_timeout: STATEMENT_TIMEOUT_MS },
    });
    try {
      await source.initialize();
      await migrate(source);
      signals.databaseReady();
      return openPool(url, source);
    } catch (error) {
      if (source.isInitialized) await source.destroy().catch(() => undefined);
      if (isEnded()) throw error;
      signals.databaseWaiting(error);
      await pause(wait, isEnded);
    }
  }
}

/** An unflushed commit that a crash of Postgres takes back takes the position back with it, so nothing is waited for. */
function openPool(url: string, source: DataSource): Database {
  const pool = new Pool({
    connectionString: url,
    max: 6,
    connectionTimeoutMillis: 5000,
    application_name: 'opmas-projections',
    options: '-c synchronous_commit=off',
  });
  // A connection that breaks is replaced, and the query that it breaks fails; the event itself says nothing more, but
  // would end the process if nobody listened, also while the connection is taken out of the pool between two queries.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    source,
    pool,
    partitions: new Partitions(),
    close: async () => {
      await pool.end();
      await source.destroy();
    },
  };
}
