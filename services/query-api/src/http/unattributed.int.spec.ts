import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventEnvelope, Fact } from '@opmas/contracts';
import { STREAM_NAMES, configFactSchema, formatInstant, subjects } from '@opmas/contracts';
import { lastMessage, storedFact } from '@opmas/platform';
import { z } from 'zod';
import type { Answer, TestApi } from '../spec-support/api.js';
import { startApi } from '../spec-support/api.js';
import { event, events, publishFact, publishFrame } from '../spec-support/frames.js';
import { eventually } from '../spec-support/projections.js';
import type { Servers } from '../spec-support/servers.js';
import { startServers } from '../spec-support/servers.js';
import { unattributedAnswer } from './answers.js';

let servers: Servers;
let api: TestApi;
/** Two hours, so that events lie in several slices. */
const now = Math.floor(Date.now() / 1000) * 1e6;
const HOUR = 3600e6;
const KEY = 'host:openwrt';

const lines = (number: number, peer: string, atMicros: number, count = 5): EventEnvelope[] =>
  Array.from({ length: count }, (_, index) => ({
    ...event(`ing-0-${number}-${index}`, 0, atMicros + index, { deviceId: null, hostname: 'OpenWrt' }),
    unattributed: { reason: 'ambiguous', key: KEY, peer },
  }));

const device = (deviceId: string, name: string): Fact<string, unknown> => ({
  specversion: '1.0',
  id: `fact-${deviceId}`,
  type: 'opmas.config.device.discovered',
  source: '/opmas/test',
  subject: deviceId,
  time: formatInstant(now),
  data: {
    deviceId,
    name,
    shard: 0,
    keys: [`host:${name}`],
    status: 'adopted',
    firstRecordId: 'ing-0-1-0',
    discoveredAt: formatInstant(now),
    timeZone: null,
    labels: {},
    ssh: null,
  },
});

beforeAll(async () => {
  servers = await startServers();
  api = await startApi(servers);
  const { bus } = api;
  await publishFact(bus, STREAM_NAMES.config, subjects.config('device', 'attic'), device('attic', 'attic'));
  await publishFact(bus, STREAM_NAMES.config, subjects.config('device', 'first'), device('first', 'openwrt'));
  await publishFrame(bus, { shard: 0, ingestor: 'ing', number: 1, records: lines(1, '192.0.2.8', now - 2 * HOUR) });
  await publishFrame(bus, { shard: 0, ingestor: 'ing', number: 2, records: lines(2, '192.0.2.8', now - HOUR) });
  await publishFrame(bus, { shard: 0, ingestor: 'ing', number: 3, records: lines(3, '192.0.2.9', now - HOUR, 2) });
  const rest = events({ shard: 0, ingestor: 'ing', number: 4 }, 3, now - HOUR);
  await publishFrame(bus, { shard: 0, ingestor: 'ing', number: 4, records: rest });
  await eventually('the senders show', async () => (await list()).items.length === 2);
}, 60_000);

afterAll(async () => {
  await api?.close();
  await servers.stop();
});

const answer = z.object({
  items: z.array(unattributedAnswer),
  nextCursor: z.string().nullable(),
  counts: z.object({ open: z.number(), decided: z.number() }),
});

async function list(query = ''): Promise<z.infer<typeof answer>> {
  return answer.parse((await api.get(`/api/v1/unattributed${query}`)).body);
}

const decide = (body: object): Promise<Answer> => api.call('POST', '/api/v1/unattributed/decisions', { body });

async function eventsOf(deviceId: string): Promise<EventEnvelope[]> {
  return (await api.get(`/api/v1/events?deviceId=${deviceId}&limit=1000`)).body.items as EventEnvelope[];
}

/** Events by device as the histogram's counts have them. */
async function counted(): Promise<Record<string, number>> {
  const from = encodeURIComponent(formatInstant(now - 3 * HOUR));
  const { body } = await api.get(`/api/v1/events/facets?from=${from}`);
  return Object.fromEntries(
    (body.deviceId as { value: string | null; count: number }[]).map(({ value, count }) => [String(value), count]),
  );
}

const settled = (state: string): Promise<void> =>
  eventually('the decision holds for earlier events', async () =>
    (await list(`?state=${state}`)).items.every(({ isSettled }) => isSettled),
  );

describe('the unattributed queue', () => {
  it('shows who sends without a device, why, what, and whose it may be', async () => {
    const { items, counts } = await list();
    expect(counts).toEqual({ open: 2, decided: 0 });
    const sender = items.find(({ peer }) => peer === '192.0.2.8')!;
    expect(sender).toMatchObject({
      key: KEY,
      reason: 'ambiguous',
      hostname: 'OpenWrt',
      eventsTotal: 10,
      decision: null,
      candidates: [{ deviceId: 'first', name: 'openwrt', why: 'key' }],
    });
    expect(sender.samples).toHaveLength(3);
    expect(Date.parse(sender.lastSeenAt) - Date.parse(sender.firstSeenAt)).toBe(HOUR / 1000);
  });

  it('gives a bound sender its device, with its earlier events, their counts and nobody else’s', async () => {
    const { status, body } = await decide({ decision: 'bind', key: KEY, peer: '192.0.2.8', deviceId: 'attic' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ decision: { deviceId: 'attic', name: 'attic', peer: '192.0.2.8' } });
    await settled('decided');
    const found = await eventsOf('attic');
    expect(found).toHaveLength(10);
    for (const one of found) {
      expect(one).toMatchObject({ deviceId: 'attic', attribution: { method: 'binding', confidence: 'high' } });
      expect(one).not.toHaveProperty('unattributed');
    }
    expect(await counted()).toMatchObject({ attic: 10, null: 2 });
    expect((await api.get('/api/v1/devices/attic')).body).toMatchObject({ eventsTotal: 10 });
    expect((await list()).items.map(({ peer }) => peer)).toEqual(['192.0.2.9']);
  });

  it('tells the parser where the decision stands: the device’s bindings', async () => {
    const message = await lastMessage(api.bus, STREAM_NAMES.config, subjects.config('device', 'attic'));
    const fact = configFactSchema.parse(storedFact(message!)?.fact);
    expect(fact.data).toMatchObject({ bindings: [{ key: KEY, peer: '192.0.2.8' }] });
  });

  it('gives late lines, parsed before the decision was known, to the device too', async () => {
    await publishFrame(api.bus, {
      shard: 0,
      ingestor: 'ing',
      number: 5,
      records: lines(5, '192.0.2.8', now - HOUR / 2),
    });
    await eventually('late lines are the device’s', async () => {
      await decide({ decision: 'bind', key: KEY, peer: '192.0.2.8', deviceId: 'attic' });
      return (await eventsOf('attic')).length === 15;
    });
  });

  it('takes a decision back, with what it moved', async () => {
    expect((await decide({ decision: 'undo', key: KEY, peer: '192.0.2.8' })).status).toBe(200);
    await eventually('nothing is the device’s any more', async () => (await eventsOf('attic')).length === 0);
    await eventually('the counts are back', async () => (await counted())['null'] === 17);
    expect((await list()).counts).toEqual({ open: 2, decided: 0 });
    expect((await decide({ decision: 'undo', key: KEY, peer: '192.0.2.8' })).status).toBe(409);
  });

  it('makes a device of its own, or one that is ignored, and moves from one to the other', async () => {
    const made = await decide({ decision: 'new', key: KEY, peer: '192.0.2.9', name: 'shed' });
    expect(made.body).toMatchObject({ decision: { name: 'shed', status: 'adopted' } });
    const { deviceId } = made.body.decision as { deviceId: string };
    await eventually('it has its events', async () => (await eventsOf(deviceId)).length === 2);
    await decide({ decision: 'bind', key: KEY, peer: '192.0.2.9', deviceId: 'first' });
    await eventually('another has them', async () => (await eventsOf('first')).length === 2);
    expect(await eventsOf(deviceId)).toHaveLength(0);
    const ignored = await decide({ decision: 'ignore', key: KEY, peer: '192.0.2.9' });
    expect(ignored.body).toMatchObject({ decision: { deviceId, status: 'ignored' } });
  });

  it('refuses what it does not understand, and whom it does not know', async () => {
    for (const body of [
      { decision: 'guess', key: KEY, peer: '192.0.2.8' },
      { decision: 'bind', key: KEY, peer: 'x' },
      {},
    ]) {
      const { status, body: problem } = await decide(body);
      expect([status, problem.type !== undefined]).toEqual([400, true]);
    }
    expect((await decide({ decision: 'new', key: 'host:nobody', peer: '192.0.2.8' })).status).toBe(404);
    expect((await decide({ decision: 'bind', key: KEY, peer: '192.0.2.8', deviceId: 'nobody' })).status).toBe(404);
    expect((await api.get('/api/v1/unattributed?state=maybe')).status).toBe(400);
  });
});
