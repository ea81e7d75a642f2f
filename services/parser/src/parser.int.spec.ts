import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  HEADERS,
  NDJSON,
  STREAM_NAMES,
  deviceSchema,
  encodeNdjson,
  formatInstant,
  parseEvent,
  rawFrameId,
  rawRecordId,
  subjects,
} from '@opmas/contracts';
import type { ParsedEvent } from '@opmas/contracts';
import {
  Health,
  JetStreamStrategy,
  connectBus,
  createLog,
  createMetrics,
  ensureStreams,
  nestLogger,
  publishFenced,
  readFacts,
} from '@opmas/platform';
import type { Bus, Shell, StoredMessage } from '@opmas/platform';
import { OrderedReader } from '@opmas/platform';
import { parserConfigSchema } from './config.js';
import type { ParserConfig } from './config.js';
import { ParserModule } from './parser.module.js';
import { startPrivateNats } from './spec-support/private-nats.js';

jest.setTimeout(60_000);

const shard = 1;
const log = createLog('parser-spec', 'fatal');
const nowMicros = Date.now() * 1000;

let nats: Awaited<ReturnType<typeof startPrivateNats>>;
let bus: Bus;
let rawSequence = 0;

beforeAll(async () => {
  nats = await startPrivateNats();
  bus = await connectBus({ url: nats.url, name: 'parser-spec', log });
  await ensureStreams(bus, { duplicateWindowMs: 1000 });
});

afterAll(async () => {
  await bus.close();
  await nats.stop();
});

async function startParser(): Promise<{ metrics: Shell['metrics']; stop: () => Promise<void> }> {
  const config = parserConfigSchema.parse({
    NATS_URL: nats.url,
    OPMAS_SHARDS: '2',
    OPMAS_LEASE_MS: '1000',
    OPMAS_MAX_UNKNOWN_DEVICES: '2',
  });
  const own = await connectBus({ url: nats.url, name: 'parser', log });
  const metrics = createMetrics('parser');
  const shell: Shell<ParserConfig> = {
    name: 'parser',
    instance: 'spec',
    build: 'spec',
    config,
    log,
    metrics,
    health: new Health(),
    bus: own,
  };
  const app: INestMicroservice = await NestFactory.createMicroservice(ParserModule.for(shell), {
    strategy: new JetStreamStrategy(shell),
    logger: nestLogger(log),
  });
  await app.listen();
  return {
    metrics,
    stop: async () => {
      await app.close();
      await own.close();
    },
  };
}

async function sendFrame(number: number, lines: (string | object)[], kind: 'frame' | 'tick' = 'frame'): Promise<void> {
  const frameId = rawFrameId('site', shard, number);
  ({ sequence: rawSequence } = await publishFenced(bus, {
    subject: subjects.raw(shard, 'site'),
    id: frameId,
    headers: {
      [HEADERS.contentType]: NDJSON,
      [HEADERS.frameId]: frameId,
      [HEADERS.number]: String(number),
      [HEADERS.kind]: kind,
      [HEADERS.count]: String(lines.length),
      [HEADERS.config]: '0',
    },
    data: encodeNdjson(lines),
    expectedLastSequence: rawSequence,
  }));
}

function raw(number: number, index: number, host: string, text: string): object {
  return {
    id: rawRecordId('site', shard, number, index),
    receivedAt: formatInstant(nowMicros + number * 1000 + index),
    key: `host:${host}`,
    transport: 'tcp',
    peer: '192.0.2.9',
    port: 40_000,
    raw: `<29>Nov 23 10:00:00 ${host} ${text}`,
  };
}

async function eventFrames(count: number): Promise<StoredMessage[]> {
  const reader = new OrderedReader(bus, {
    stream: STREAM_NAMES.events,
    subject: subjects.events(shard),
    startSequence: 1,
  });
  const found: StoredMessage[] = [];
  const deadline = Date.now() + 20_000;
  while (found.length < count && Date.now() < deadline) found.push(...(await reader.next(100, 200)));
  await reader.close();
  return found;
}

const eventsOf = ({ data }: StoredMessage): ParsedEvent[] =>
  new TextDecoder()
    .decode(data)
    .split('\n')
    .filter(Boolean)
    .map((line) => parseEvent(JSON.parse(line)));

describe('the parser on JetStream', () => {
  it('turns RAW frames into EVENTS frames, registers devices up to the cap, and goes on after a restart', async () => {
    const first = await startParser();
    await sendFrame(1, [
      raw(1, 0, 'gw-1', "netifd: Interface 'wan' is now down"),
      'this is no record',
      raw(1, 1, 'gw-2', 'nothing known'),
      raw(1, 2, 'gw-3', 'nothing known'),
    ]);
    await sendFrame(2, [], 'tick');
    const [frame, tick] = await eventFrames(2);
    await first.stop();

    const events = eventsOf(frame!);
    expect(events.map(({ id, type }) => [id, type])).toEqual([
      ['site-1-1-0', 'wan.interface.down'],
      ['site-1-1-1', 'other.unparsed'],
      ['site-1-1-2', 'other.unparsed'],
    ]);
    expect(tick!.header(HEADERS.kind)).toBe('tick');
    expect(events.map((event) => event.deviceId !== null)).toEqual([true, true, false]);

    const devices = [];
    for await (const { fact } of readFacts(bus, STREAM_NAMES.config, 'opmas.config.device.*')) {
      devices.push(deviceSchema.parse((fact as { data: unknown }).data));
    }
    expect(devices.map(({ deviceId, keys }) => [deviceId, keys])).toEqual([
      [events[0]!.deviceId, ['host:gw-1']],
      [events[1]!.deviceId, ['host:gw-2']],
    ]);
    const metrics = await first.metrics.registry.metrics();
    expect(metrics).toMatch(/opmas_parser_unattributed_total\{[^}]*shard="1"[^}]*\} 1/);
    expect(metrics).toMatch(/opmas_stage_dead_letters_total\{[^}]*shard="1"[^}]*\} 1/);

    const second = await startParser();
    await sendFrame(3, [raw(3, 0, 'gw-1', "netifd: Interface 'wan' is now up")]);
    const frames = await eventFrames(3);
    await second.stop();
    expect(frames).toHaveLength(3);
    expect(eventsOf(frames[2]!)[0]).toMatchObject({ type: 'wan.interface.up', deviceId: events[0]!.deviceId });
  });
});
