import type { ConfigFact } from '@opmas/contracts';
import { STREAM_NAMES, factIdOf, formatInstant, subjects } from '@opmas/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NatsServer } from '../spec-support/nats-server.js';
import { startNatsServer } from '../spec-support/nats-server.js';
import { createLog } from '../telemetry/log.js';
import { appendFact, readAggregate } from './aggregate.js';
import type { Bus } from './bus.js';
import { connectBus } from './bus.js';
import { ConfigFollower } from './config-follower.js';
import { FencedOut, FencedSubject } from './fenced-subject.js';
import { LeaseKeeper } from './lease.js';
import { StreamRefused, ensureStreams } from './provision.js';

jest.setTimeout(60_000);
const log = createLog('spec', 'fatal');
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function device(id: string, ordinal = 1): ConfigFact {
  const time = formatInstant(1_795_000_000_000_000);
  return {
    specversion: '1.0',
    id: factIdOf(id, 'discovered', ordinal),
    type: 'opmas.config.device.discovered',
    source: '/spec',
    subject: id,
    time,
    data: {
      deviceId: id,
      name: id,
      shard: 0,
      keys: [`host:${id}`],
      status: 'discovered',
      firstRecordId: 'a-0-1-0',
      discoveredAt: time,
      timeZone: null,
      labels: {},
      ssh: null,
    },
  };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('it did not come true within 20 s');
    await sleep(50);
  }
}

describe('the NATS shell', () => {
  let server: NatsServer;
  let bus: Bus;

  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(async () => {
    await server.remove();
  });
  beforeEach(async () => {
    bus = await connectBus({ url: server.url, name: 'spec', log });
    for (const name of await bus.jsm.streams.names().next()) await bus.jsm.streams.delete(name);
    await ensureStreams(bus, { duplicateWindowMs: 1000 });
  });
  afterEach(async () => {
    await bus.close();
  });

  it('provisions again without harm, changes what may be changed, and names what JetStream refuses', async () => {
    await ensureStreams(bus, { duplicateWindowMs: 2000 });
    const { config } = await bus.jsm.streams.info(STREAM_NAMES.raw);
    expect(config.duplicate_window).toBe(2e9);
    await expect(ensureStreams(bus, { duplicateWindowMs: 1000, replicas: 3 })).rejects.toThrow(
      /needs nats-server 2.11/,
    );
    await bus.jsm.streams.delete(STREAM_NAMES.raw);
    await bus.jsm.streams.add({ name: 'FOREIGN', subjects: ['opmas.raw.>'] });
    await expect(ensureStreams(bus, { duplicateWindowMs: 1000 })).rejects.toThrow(StreamRefused);
    await expect(ensureStreams(bus, { duplicateWindowMs: 1000 })).rejects.toThrow(/OPMAS_RAW: .*overlap/);
  });

  it('lets one of two writers at once append, and tells the other', async () => {
    const subject = subjects.config('device', 'd1');
    const answers = await Promise.all(
      [1, 2].map((n) => appendFact(bus, STREAM_NAMES.config, subject, device('d1', n), 0)),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await readAggregate(bus, STREAM_NAMES.config, subject)).toHaveLength(1);
    const writer = await FencedSubject.open(bus, STREAM_NAMES.raw, 'opmas.raw.0.a');
    const rival = await FencedSubject.open(bus, STREAM_NAMES.raw, 'opmas.raw.0.a');
    await writer.publish('1', {}, new Uint8Array());
    await expect(rival.publish('2', {}, new Uint8Array())).rejects.toThrow(FencedOut);
    await rival.reload();
    expect(await rival.publish('2', {}, new Uint8Array())).toBe(2);
  });

  it('puts configuration back at its sequences when the server lost it', async () => {
    for (const id of ['d1', 'd2'])
      await appendFact(bus, STREAM_NAMES.config, subjects.config('device', id), device(id), 0);
    const followers = await Promise.all([ConfigFollower.start(bus, log), ConfigFollower.start(bus, log)]);
    await server.kill();
    const copy = server.copyStore();
    await server.start();
    await until(() => !bus.isDown());
    for (const id of ['d3', 'd4', 'd5']) {
      await appendFact(bus, STREAM_NAMES.config, subjects.config('device', id), device(id), 0);
    }
    await until(() => followers.every(({ sequence }) => sequence === 5));
    await server.putBack(copy, STREAM_NAMES.config);
    await until(async () => {
      const { state } = await bus.jsm.streams.info(STREAM_NAMES.config).catch(() => ({ state: { messages: 0 } }));
      return state.messages === 5 && followers.every(({ sequence }) => sequence === 5);
    });
    for (const follower of followers) {
      expect(follower.facts(0, 5).map(({ fact }) => fact.subject)).toEqual(['d1', 'd2', 'd3', 'd4', 'd5']);
      await follower.close();
    }
  });

  it('shares leases fairly, hands them over on drain at once, and after a pause past their time', async () => {
    const units = ['0', '1', '2', '3'];
    const keeper = async (instance: string, on: Bus) => {
      const one = new LeaseKeeper({
        bus: on,
        log,
        stage: 'spec',
        units,
        instance,
        leaseMs: 600,
        onGained: () => undefined,
        onLost: () => Promise.resolve(),
      });
      await one.start();
      return one;
    };
    const first = await keeper('first', bus);
    expect(first.heldUnits()).toEqual(units);
    const secondBus = await connectBus({ url: server.url, name: 'second', log });
    const second = await keeper('second', secondBus);
    await until(() => first.heldUnits().length === 2 && second.heldUnits().length === 2);
    expect([...first.heldUnits(), ...second.heldUnits()].sort()).toEqual(units);
    // A paused process neither renews nor notices: its connection is closed under it.
    await secondBus.close();
    await until(() => first.heldUnits().length === 4);
    await until(() => second.heldUnits().every((unit) => !second.isHeld(unit)));
    const thirdBus = await connectBus({ url: server.url, name: 'third', log });
    await first.drain();
    const third = await keeper('third', thirdBus);
    await until(() => third.heldUnits().length === 4);
    await third.drain();
    await second.drain();
    await thirdBus.close();
  });
});
