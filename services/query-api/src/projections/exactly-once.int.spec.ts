import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { STREAM_NAMES, factIdOf, formatInstant, rawFrameId, rawRecordId, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import type { Database } from '../shell/database.js';
import { event, events, findingOpened, publishFact, publishFindings, publishFrame } from '../spec-support/frames.js';
import { connectTestBus, eventually, openTestDatabase, projectionsOver } from '../spec-support/projections.js';
import type { OwnNats, Servers } from '../spec-support/servers.js';
import { startOwnNats, startServers } from '../spec-support/servers.js';
import type { Projections } from './registry.js';

const now = Math.floor(Date.now() / 1000) * 1e6;
const LINES = 20;

let nats: OwnNats;
let servers: Servers;
let rows: { url: string; drop: () => Promise<void> };
let bus: Bus;
let database: Database;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  servers = await startServers({ nats: false });
}, 60_000);

afterAll(() => servers.stop(), 30_000);

beforeEach(async () => {
  nats = await startOwnNats();
  rows = await servers.anotherDatabase();
  bus = await connectTestBus(nats.url);
  database = await openTestDatabase(rows.url);
}, 60_000);

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await database.close();
  await bus.close();
  await nats.remove();
  await rows.drop();
}, 60_000);

async function publish(shard: number, number: number, count = LINES): Promise<void> {
  await publishFrame(bus, {
    shard,
    ingestor: 'ing',
    number,
    records: events({ shard, ingestor: 'ing', number }, count, now + number * 1000),
  });
}

function idsOf(shard: number, from: number, to: number): string[] {
  const ids: string[] = [];
  for (let number = from; number <= to; number++) {
    for (let i = 0; i < LINES; i++) ids.push(rawRecordId('ing', shard, number, i));
  }
  return ids;
}

async function storedIds(): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM events');
  return rows.map((row) => row.id).sort();
}

async function countedEvents(): Promise<number> {
  const { rows } = await database.pool.query<{ n: string }>('SELECT coalesce(sum(count), 0) AS n FROM event_counts');
  return Number(rows[0]!.n);
}

async function expectRows(wanted: string[]): Promise<void> {
  await eventually(`${wanted.length} rows`, async () => (await storedIds()).length >= wanted.length);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await storedIds()).toEqual([...wanted].sort());
  expect(await countedEvents()).toBe(wanted.length);
}

function start(maxRows = 200): Projections {
  const projections = projectionsOver(bus, database, { maxRows });
  closing.push(() => projections.stop());
  return projections;
}

/** Breaks every connection of the projections, as a crash of Postgres or of the process would. */
async function breakConnections(): Promise<void> {
  await database.source.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'opmas-projections' AND datname = current_database()",
  );
}

async function framesLost(): Promise<number> {
  const { rows } = await database.pool.query<{ n: string }>(
    "SELECT frames_lost AS n FROM projection_positions WHERE name = 'events'",
  );
  return Number(rows[0]!.n);
}

describe('events', () => {
  it('survives broken connections and a killed NATS server in the middle', async () => {
    start(100);
    const publishing = (async () => {
      for (let number = 1; number <= 120; number++) {
        await publish(0, number).catch(async () => {
          await new Promise((resolve) => setTimeout(resolve, 1500));
          await publish(0, number);
        });
      }
    })();
    for (let i = 0; i < 6; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await breakConnections();
    }
    await nats.kill();
    await nats.start();
    await publishing;
    await expectRows(idsOf(0, 1, 120));
  }, 60_000);

  it('goes on after a restart where it was', async () => {
    for (let number = 1; number <= 20; number++) await publish(0, number);
    const first = projectionsOver(bus, database, { maxRows: 50 });
    await eventually('some rows', async () => (await storedIds()).length > 0);
    await first.stop();
    for (let number = 21; number <= 40; number++) await publish(0, number);
    start();
    await expectRows(idsOf(0, 1, 40));
  }, 30_000);

  it('has everything once after the stream was put back and filled anew in another order', async () => {
    start();
    for (let number = 1; number <= 10; number++) for (const shard of [0, 1]) await publish(shard, number);
    await expectRows([...idsOf(0, 1, 10), ...idsOf(1, 1, 10)]);
    const copy = nats.copyStore();
    for (let number = 11; number <= 20; number++) for (const shard of [0, 1]) await publish(shard, number);
    await expectRows([...idsOf(0, 1, 20), ...idsOf(1, 1, 20)]);
    await nats.putBack(copy);
    await eventually('the connection', () => Promise.resolve(!bus.isDown()));
    for (let number = 11; number <= 30; number++) await publish(1, number);
    for (let number = 11; number <= 30; number++) await publish(0, number);
    await expectRows([...idsOf(0, 1, 30), ...idsOf(1, 1, 30)]);
    expect(await framesLost()).toBe(0);
  }, 60_000);

  it('notices at its start that the stream was put back while it was away', async () => {
    const first = projectionsOver(bus, database);
    for (let number = 1; number <= 5; number++) await publish(0, number);
    await expectRows(idsOf(0, 1, 5));
    const copy = nats.copyStore();
    for (let number = 6; number <= 9; number++) await publish(0, number);
    await expectRows(idsOf(0, 1, 9));
    await first.stop();
    await nats.putBack(copy);
    await eventually('the connection', () => Promise.resolve(!bus.isDown()));
    for (let number = 1; number <= 4; number++) await publish(1, number);
    for (let number = 6; number <= 12; number++) await publish(0, number);
    start();
    await expectRows([...idsOf(0, 1, 12), ...idsOf(1, 1, 4)]);
  }, 60_000);

  it('two rivals write nothing twice, and one goes on when the other ends', async () => {
    const otherBus = await connectTestBus(nats.url);
    const otherDatabase = await openTestDatabase(rows.url);
    closing.push(
      () => otherBus.close(),
      () => otherDatabase.close(),
    );
    const one = projectionsOver(bus, database, { maxRows: 100 });
    const two = projectionsOver(otherBus, otherDatabase, { maxRows: 100 });
    for (let number = 1; number <= 60; number++) await publish(0, number);
    await expectRows(idsOf(0, 1, 60));
    const roles = [one, two].map((projections) => projections.info().find(({ name }) => name === 'events')!.role);
    const [active, standby] = roles[0] === 'active' ? [one, two] : [two, one];
    closing.push(() => standby.stop());
    await active.stop();
    for (let number = 61; number <= 90; number++) await publish(0, number);
    await expectRows(idsOf(0, 1, 90));
  }, 60_000);

  it('puts parts of a cut frame together, however they were cut', async () => {
    start();
    const all = events({ shard: 0, ingestor: 'ing', number: 1 }, LINES, now);
    const part = (first: number, last: number) =>
      publishFrame(bus, {
        shard: 0,
        ingestor: 'ing',
        number: 1,
        records: all.slice(first, last + 1),
        part: { first, last, count: LINES },
      });
    await part(0, 7);
    await part(8, 15);
    await expectRows(idsOf(0, 1, 1).slice(0, 16));
    await part(12, LINES - 1);
    await publish(0, 2);
    await expectRows(idsOf(0, 1, 2));
    expect(await framesLost()).toBe(0);
  }, 30_000);

  it('counts the frames that a gap in the numbers says were discarded', async () => {
    start();
    await publish(0, 1);
    await publish(0, 5);
    await publish(1, 9);
    await expectRows([...idsOf(0, 1, 1), ...idsOf(0, 5, 5), ...idsOf(1, 9, 9)]);
    expect(await framesLost()).toBe(3);
  }, 30_000);

  it('keeps the good lines beside bad ones, invalid UTF-8, NUL and an impossible date', async () => {
    start();
    const good = events({ shard: 0, ingestor: 'ing', number: 1 }, LINES, now);
    await publishFrame(bus, {
      shard: 0,
      ingestor: 'ing',
      number: 1,
      records: ['{"id":', ...good, '[]', '{"id":"x"}', '"\0"'],
    });
    const binary = Buffer.concat([
      Buffer.from(JSON.stringify(event(rawRecordId('ing', 0, 2, 0), 1, now))),
      Buffer.from([0x0a, 0xff, 0xfe, 0x0a]),
    ]);
    await publishFrame(bus, { shard: 0, ingestor: 'ing', number: 2, records: [binary.toString('latin1')] });
    const impossible = event(rawRecordId('ing', 0, 3, 0), 1, now, { receivedAt: '0000-01-01T00:00:00.000000Z' });
    await publishFrame(bus, { shard: 0, ingestor: 'ing', number: 3, records: [impossible] });
    await publish(0, 4);
    await expectRows([...idsOf(0, 1, 1), rawRecordId('ing', 0, 2, 0), ...idsOf(0, 4, 4)]);
  }, 30_000);

  it('writes no row for a tick, but moves on', async () => {
    const projections = start();
    for (let number = 1; number <= 5; number++)
      await publishFrame(bus, { shard: 0, ingestor: 'ing', number, records: [], kind: 'tick' });
    await eventually('the position', () => projections.reached('events', 5, 100));
    expect(await storedIds()).toEqual([]);
  }, 30_000);

  it('a row is there well within a second', async () => {
    start();
    await publish(0, 1);
    await expectRows(idsOf(0, 1, 1));
    const delays: number[] = [];
    for (let number = 2; number <= 30; number++) {
      const began = performance.now();
      await publish(0, number);
      const last = rawRecordId('ing', 0, number, LINES - 1);
      for (;;) {
        const { rowCount } = await database.pool.query('SELECT 1 FROM events WHERE id = $1', [last]);
        if (rowCount === 1) break;
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      delays.push(performance.now() - began);
    }
    delays.sort((a, b) => a - b);
    expect(delays.at(-1)).toBeLessThan(1000);
  }, 30_000);
});

describe('facts', () => {
  const cleared = (findingId: string) => ({
    specversion: '1.0',
    id: factIdOf(findingId, 'cleared', 0),
    type: 'opmas.finding.cleared',
    source: '/opmas/agents',
    subject: findingId,
    time: formatInstant(now),
    data: {
      findingId,
      count: 12,
      firstSeenAt: formatInstant(now),
      lastSeenAt: formatInstant(now),
      reason: 'quiet',
      clearedAt: formatInstant(now),
    },
  });

  async function statuses(): Promise<Record<string, string>> {
    const { rows } = await database.pool.query<{ id: string; status: string }>(
      'SELECT id, status FROM findings ORDER BY id',
    );
    return Object.fromEntries(rows.map(({ id, status }) => [id, status]));
  }

  it('drops what a stream that was put back does not hold, and takes what is written anew', async () => {
    start();
    await publishFindings(bus, rawFrameId('ing', 0, 1), [findingOpened('f1', 'dev1', now)]);
    await eventually('one finding', async () => (await statuses())['f1'] === 'open');
    const copy = nats.copyStore();
    await publishFindings(bus, rawFrameId('ing', 0, 2), [cleared('f1'), findingOpened('f2', 'dev1', now + 1)]);
    await eventually('both', async () => (await statuses())['f2'] === 'open');
    expect(await statuses()).toEqual({ f1: 'cleared', f2: 'open' });
    await nats.putBack(copy);
    await eventually('the way back', async () => !('f2' in (await statuses())));
    expect(await statuses()).toEqual({ f1: 'open' });
    await publishFindings(bus, rawFrameId('ing', 0, 3), [findingOpened('f3', 'dev1', now + 2)]);
    await publishFindings(bus, rawFrameId('ing', 0, 4), [cleared('f1')]);
    await eventually(
      'the new ones',
      async () => JSON.stringify(await statuses()) === JSON.stringify({ f1: 'cleared', f3: 'open' }),
    );
  }, 60_000);

  it('takes a fact that stands twice in the stream once', async () => {
    const projections = start();
    const opened = findingOpened('f1', 'dev1', now);
    await publishFindings(bus, rawFrameId('ing', 0, 1), [opened, cleared('f1')]);
    const sequence = await publishFindings(bus, rawFrameId('ing', 0, 2), [opened, opened]);
    await eventually('the position', () => projections.reached('findings', sequence, 100));
    expect(await statuses()).toEqual({ f1: 'cleared' });
  }, 30_000);

  it('keeps a device fact with a NUL and a lone surrogate in it', async () => {
    const projections = start();
    const data = {
      deviceId: 'dev1',
      name: 'a\0b\ud800c',
      shard: 0,
      keys: ['host:a'],
      status: 'discovered',
      firstRecordId: 'r',
      discoveredAt: formatInstant(now),
      timeZone: null,
      labels: {},
      ssh: null,
    };
    const sequence = await publishFact(bus, STREAM_NAMES.config, subjects.config('device', 'dev1'), {
      specversion: '1.0',
      id: 'x',
      type: 'opmas.config.device.discovered',
      source: '/opmas/test',
      subject: 'dev1',
      time: formatInstant(now),
      data,
    });
    await eventually('the position', () => projections.reached('config', sequence, 100));
    const { rows } = await database.pool.query<{ name: string }>('SELECT name FROM devices');
    expect(rows).toEqual([{ name: 'a\u2400b\ufffdc' }]);
  }, 30_000);
});
