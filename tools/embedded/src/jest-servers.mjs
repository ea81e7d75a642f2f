/**
 * Gives each file of integration specs servers of its own: a fresh NATS, a fresh Redis, an empty database. Their
 * addresses are in NATS_URL, REDIS_URL and DATABASE_URL before the file is read.
 */
import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { createDatabase, dropDatabase } from './servers/postgres.mjs';
import { startNats, startRedis } from './test-servers.mjs';

const postgres = process.env['OPMAS_TEST_POSTGRES'];
const [nats, redis] = await Promise.all([startNats(), startRedis()]);
process.env['NATS_URL'] = nats.url;
process.env['REDIS_URL'] = redis.url;

const database = `test_${randomBytes(6).toString('hex')}`;
if (postgres) process.env['DATABASE_URL'] = await createDatabase(postgres, database);

afterAll(async () => {
  await Promise.all([nats.stop(), redis.stop(), ...(postgres ? [dropDatabase(postgres, database)] : [])]);
}, 30_000);
