import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import type { TestApi } from '../spec-support/api.js';
import { ADMIN_PASSWORD, startApi } from '../spec-support/api.js';
import { events, publishFrame } from '../spec-support/frames.js';
import { eventually } from '../spec-support/projections.js';
import type { Servers } from '../spec-support/servers.js';
import { startServers } from '../spec-support/servers.js';

jest.setTimeout(60_000);

let servers: Servers;
let api: TestApi;

beforeAll(async () => {
  servers = await startServers();
  api = await startApi({ ...servers, redisUrl: 'redis://127.0.0.1:1' });
});

afterAll(async () => {
  await api.close();
  await servers.stop();
});

const publish = (number: number) =>
  publishFrame(api.bus, {
    shard: 0,
    ingestor: 'ing',
    number,
    records: events({ shard: 0, ingestor: 'ing', number }, 10, Date.now() * 1000),
  });

const linesTotal = async () => ((await api.get('/api/v1/overview')).body as { linesTotal: number }).linesTotal;

it('serves without Redis, and says what is missing', async () => {
  await publish(1);
  await eventually('ten rows', async () => (await linesTotal()) === 10);
  expect(await api.signIn('admin', ADMIN_PASSWORD)).toContain('.');
  expect(api.health.ready()).toMatchObject({ ok: true, checks: { redis: { ok: true } } });
  expect(api.health.ready().checks['redis']?.detail).toContain('degraded');
});

it('answers 503 while Postgres is away, and goes on where it was when it is back', async () => {
  const url = new URL(servers.databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const maintenance = new Client({ connectionString: url.href });
  await maintenance.connect();
  await maintenance.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  await maintenance.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
  try {
    await publish(2);
    const away = await api.get('/api/v1/findings');
    expect(away).toMatchObject({ status: 503, body: { type: 'urn:opmas:problem:unavailable', status: 503 } });
    await eventually('the readiness', () => Promise.resolve(!api.health.ready().ok));
  } finally {
    await maintenance.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await maintenance.end();
  }
  await eventually('twenty rows', async () => (await linesTotal()) === 20);
  expect(api.health.ready().ok).toBe(true);
});
