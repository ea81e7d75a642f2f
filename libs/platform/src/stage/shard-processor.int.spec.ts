import { HEADERS, STREAM_NAMES, encodeNdjson, ndjsonLines, rawFrameId, subjects } from '@opmas/contracts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { FoldResult, InputFrame, ShardFold } from '../fold/index.js';
import type { Bus } from '../nats/bus.js';
import { connectBus } from '../nats/bus.js';
import { ConfigFollower } from '../nats/config-follower.js';
import { FencedSubject } from '../nats/fenced-subject.js';
import { OrderedReader } from '../nats/ordered-reader.js';
import { ensureStreams } from '../nats/provision.js';
import type { NatsServer } from '../spec-support/nats-server.js';
import { startNatsServer } from '../spec-support/nats-server.js';
import { createLog } from '../telemetry/log.js';
import { createMetrics } from '../telemetry/metrics.js';
import { ShardProcessor } from './shard-processor.js';
import { createStageSignals } from './signals.js';

interface Tally {
  count: number;
}

/** Every output carries a running count: a frame folded twice, passed over or out of order shows in all that follow. */
const tallyFold: ShardFold<Tally> = {
  stage: 'tally',
  snapshotVersion: '1',
  initialState: () => ({ count: 0 }),
  applyConfig: () => undefined,
  process: (state: Tally, frame: InputFrame): FoldResult => {
    const records = frame.lines.map((line) => JSON.stringify({ n: ++state.count, line }));
    return {
      outputs: [{ subject: subjects.events(frame.meta.shard), kind: frame.meta.kind, records }],
      deadLetters: [],
      discovered: [],
    };
  },
  snapshot: (state) => [JSON.stringify(state)],
  restore: (_shard, chunks) => JSON.parse([...chunks].join('')) as Tally,
};

const INGESTOR = 'probe';
const SHARD = 3;
const log = createLog('spec', process.env['SPEC_LOG'] ?? 'fatal');

jest.setTimeout(60_000);

/** Publishes RAW frames as an ingestor does: numbered, fenced, repeated above what the subject has. */
class Probe {
  readonly frames: string[] = [];
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  async send(count: number): Promise<void> {
    for (let i = 0; i < count; i++) this.frames.push(`line ${this.frames.length + 1}`);
    await this.repair();
  }

  async repair(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        const fenced = await FencedSubject.open(this.#bus, STREAM_NAMES.raw, subjects.raw(SHARD, INGESTOR));
        const stored = Number(fenced.last?.header(HEADERS.number) ?? 0);
        for (let number = stored + 1; number <= this.frames.length; number++) {
          const frameId = rawFrameId(INGESTOR, SHARD, number);
          const headers = { [HEADERS.frameId]: frameId, [HEADERS.number]: String(number), [HEADERS.kind]: 'frame' };
          await fenced.publish(`raw:${frameId}`, headers, encodeNdjson([{ text: this.frames[number - 1] }]));
        }
        return;
      } catch (error) {
        if (attempt > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

async function connect(server: NatsServer): Promise<Bus> {
  return connectBus({ url: server.url, name: 'spec', log });
}

function processor(bus: Bus, config: ConfigFollower, options: { isHeld?: () => boolean; snapshotMs?: number } = {}) {
  return new ShardProcessor<Tally>({
    bus,
    log,
    build: 'spec',
    signals: createStageSignals(createMetrics('spec')),
    config,
    definition: {
      input: STREAM_NAMES.raw,
      inputSubject: subjects.rawShard,
      outputs: (shard) => [subjects.events(shard)],
      fold: tallyFold,
    },
    shard: SHARD,
    snapshotMs: options.snapshotMs ?? 50,
    process: (state, frame) => Promise.resolve(tallyFold.process(state, frame)),
    isHeld: options.isHeld ?? (() => true),
  });
}

/** All records of the shard's EVENTS, once `expected` of them are there; a little longer, so that a surplus shows. */
async function readEvents(bus: Bus, expected: number): Promise<{ n: number; line: string }[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const reader = new OrderedReader(bus, {
      stream: STREAM_NAMES.events,
      subject: subjects.events(SHARD),
      startSequence: 1,
    });
    const records: { n: number; line: string }[] = [];
    for (let messages = await reader.next(1000, 700); messages.length > 0; messages = await reader.next(1000, 300)) {
      for (const message of messages) {
        for (const line of ndjsonLines(message.data)) records.push(JSON.parse(line) as { n: number; line: string });
      }
    }
    await reader.close();
    if (records.length >= expected || Date.now() > deadline) return records;
  }
}

function expectExactlyOnce(records: { n: number; line: string }[], count: number): void {
  expect(records.map(({ n }) => n)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(records.map(({ line }) => (JSON.parse(line) as { text: string }).text)).toEqual(
    Array.from({ length: count }, (_, i) => `line ${i + 1}`),
  );
}

describe('ShardProcessor', () => {
  let server: NatsServer;
  let bus: Bus;
  let config: ConfigFollower;
  const running: ShardProcessor<Tally>[] = [];

  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(async () => {
    await server.remove();
  });
  beforeEach(async () => {
    bus = await connect(server);
    for (const name of await bus.jsm.streams.names().next()) await bus.jsm.streams.delete(name);
    await ensureStreams(bus, { duplicateWindowMs: 1000 });
    config = await ConfigFollower.start(bus, log);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
    await config.close();
    await bus.close();
  });

  const run = (one: ShardProcessor<Tally>): ShardProcessor<Tally> => {
    running.push(one);
    one.start();
    return one;
  };

  it('publishes one output for each frame, in order', async () => {
    run(processor(bus, config));
    await new Probe(bus).send(300);
    expectExactlyOnce(await readEvents(bus, 300), 300);
  });

  it('goes on exactly where the owner before it stopped, drained or not', async () => {
    const probe = new Probe(bus);
    const first = processor(bus, config);
    first.start();
    await probe.send(100);
    await readEvents(bus, 100);
    await first.stop();
    await probe.send(100);
    // No snapshot at its end: its lease is lost, as after a crash.
    let held = true;
    const second = processor(bus, config, { isHeld: () => held, snapshotMs: 60_000 });
    second.start();
    await readEvents(bus, 200);
    held = false;
    await second.stop();
    await probe.send(100);
    run(processor(bus, config));
    expectExactlyOnce(await readEvents(bus, 300), 300);
  });

  it('keeps two rivals from writing anything twice', async () => {
    const probe = new Probe(bus);
    run(processor(bus, config));
    const rivalBus = await connect(server);
    const rival = processor(rivalBus, config);
    rival.start();
    for (let i = 0; i < 20; i++) await probe.send(20);
    expectExactlyOnce(await readEvents(bus, 400), 400);
    await rival.stop();
    await rivalBus.close();
  });

  it('survives kill -9 of the server, again and again', async () => {
    const probe = new Probe(bus);
    run(processor(bus, config));
    for (let round = 0; round < 3; round++) {
      const sending = probe.send(200);
      await new Promise((resolve) => setTimeout(resolve, 30));
      await server.kill();
      await server.start();
      await sending;
    }
    expectExactlyOnce(await readEvents(bus, 600), 600);
  });

  it.each([STREAM_NAMES.raw, STREAM_NAMES.events, 'KV_OPMAS_SNAPSHOTS'])(
    'mends itself when %s is put back to an earlier state',
    async (stream) => {
      const probe = new Probe(bus);
      run(processor(bus, config));
      await probe.send(200);
      await readEvents(bus, 200);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await server.kill();
      const copy = server.copyStore();
      await server.start();
      await probe.send(150);
      await readEvents(bus, 350);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await server.putBack(copy, stream);
      await probe.repair();
      await probe.send(50);
      expectExactlyOnce(await readEvents(bus, 400), 400);
      const raw = await bus.jsm.streams.info(STREAM_NAMES.raw);
      expect(raw.state.messages).toBe(400);
    },
  );
});
