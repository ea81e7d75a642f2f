/** A parser that is stopped, a stream that is small: nothing that it has not read is discarded. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HEADERS, STREAM_NAMES, ndjsonLines } from '@opmas/contracts';
import { connectBus, createLog } from '@opmas/platform';
import type { Bus } from '@opmas/platform';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IngestorProcess, metric } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;
const ROUTERS = 7;
const COMMON = { OPMAS_STREAMS_MIB: '64', OPMAS_SHARDS: '4' };
const PARSER = fileURLToPath(new URL('../../parser/src/main.ts', import.meta.url));

let nats: NatsServer;
let bus: Bus;
let directory: string;
const processes: IngestorProcess[] = [];

beforeEach(async () => {
  nats = await NatsServer.start();
  bus = await connectBus({ url: nats.url, name: 'test', log: createLog('test', 'fatal') });
  directory = mkdtempSync(join(tmpdir(), 'raw-room-'));
});

afterEach(async () => {
  for (const child of processes.splice(0)) await child.stop('SIGKILL');
  await bus.close();
  await nats.remove();
  rmSync(directory, { recursive: true, force: true });
});

function start(env: Record<string, string>, main?: string): IngestorProcess {
  const child = new IngestorProcess({ NATS_URL: nats.url, ...COMMON, ...env }, main);
  processes.push(child);
  return child;
}

const startIngestor = (): IngestorProcess =>
  start({
    OPMAS_JOURNAL_DIR: directory,
    OPMAS_JOURNAL_MAX_MIB: '8',
    OPMAS_JOURNAL_SEGMENT_MIB: '0.5',
    OPMAS_JOURNAL_RETAIN_MS: '0',
  });

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await isSo());) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const lineOf = (number: number): string =>
  `<30>Nov 23 20:35:17 router-${number % ROUTERS} app[1]: ${number} ${'x'.repeat(1000)}`;

/** Numbers of the lines of each router. */
const sentBy = (count: number): number[][] =>
  Array.from({ length: ROUTERS }, (_, router) =>
    Array.from({ length: count }, (__, number) => number).filter((number) => number % ROUTERS === router),
  );

/** Sends lines over one connection, in order, as fast as they are taken. */
async function send(port: number, count: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const failed = new Promise<never>((_, reject) => socket.once('error', reject));
  for (let from = 0; from < count; from += 100) {
    const lines = Array.from({ length: Math.min(100, count - from) }, (_, i) => lineOf(from + i)).join('\n');
    if (!socket.write(`${lines}\n`))
      await Promise.race([failed, new Promise((resolve) => socket.once('drain', resolve))]);
  }
  await new Promise<void>((resolve) => socket.end(resolve));
}

interface Published {
  /** Numbers of the lines of each router, as they were published. */
  lines: number[][];
  /** Numbers of the frames of each subject. */
  frames: Map<string, number[]>;
}

/** What is published on a stream's subjects from now on. */
function listen(subject: string): Published {
  const published: Published = { lines: Array.from({ length: ROUTERS }, () => []), frames: new Map() };
  bus.nc.subscribe(subject, {
    callback: (_error, message) => {
      for (const line of ndjsonLines(message.data)) {
        const [, router, number] = /router-(\d) app\[1\]: (\d+) /.exec(line)!;
        published.lines[Number(router)]!.push(Number(number));
      }
      const numbers = published.frames.get(message.subject) ?? [];
      numbers.push(Number(message.headers?.get(HEADERS.number)));
      published.frames.set(message.subject, numbers);
    },
  });
  return published;
}

const post = (port: number, type: string, body: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/v1/logs`, { method: 'POST', body, headers: { 'content-type': type } });

describe('a parser that is away', () => {
  it('finds all that came meanwhile, once and in order, though it is more than OPMAS_RAW can hold', async () => {
    const count = 40_000;
    const ingestor = startIngestor();
    const ports = await ingestor.ports();
    await ingestor.logged('ready');
    const raw = listen('opmas.raw.>');
    const events = listen('opmas.events.*');
    const sending = send(ports.tcp, count);

    await ingestor.logged('OPMAS_RAW has no room');
    await ingestor.logged('held back');
    const { state, config } = await bus.jsm.streams.info(STREAM_NAMES.raw);
    expect([state.first_seq, state.bytes > 0.8 * config.max_bytes, state.bytes <= 0.95 * config.max_bytes]).toEqual([
      1,
      true,
      true,
    ]);
    expect(await metric(ports, 'raw_held')).toBe(1);
    expect(await metric(ports, 'raw_unread_bytes')).toBeGreaterThan(0.8 * config.max_bytes);
    const accepted = await metric(ports, 'accepted_records_total');
    expect(accepted * 1000).toBeLessThan(config.max_bytes + 9 * MIB);
    const ready = await fetch(`http://127.0.0.1:${ports.health}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('OPMAS_RAW has no room')]);
    for (const answer of [
      await post(ports.http, 'text/plain', 'a line\n'),
      await post(ports.otlp, 'application/json', '{"resourceLogs":[]}'),
    ]) {
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
    }

    const parser = start({ OPMAS_SNAPSHOT_MS: '1000' }, PARSER);
    await sending;
    await until('every line is an event', () => events.lines.flat().length >= count);
    for (const { lines } of [raw, events]) expect(lines).toEqual(sentBy(count));
    for (const numbers of raw.frames.values()) expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    await until('there is room', async () => (await metric(ports, 'raw_held')) === 0);
    await until('it is ready', async () => (await fetch(`http://127.0.0.1:${ports.health}/readyz`)).ok);
    expect((await post(ports.http, 'text/plain', '<30>Nov 23 20:35:17 router-0 app[1]: 40000 x\n')).status).toBe(200);
    expect(await parser.stop('SIGTERM')).toBe(0);
  });

  it('is waited for by an ingestor that was killed meanwhile, too', async () => {
    const count = 20_000;
    const killed = startIngestor();
    const ports = await killed.ports();
    await killed.logged('ready');
    const events = listen('opmas.events.*');
    await send(ports.tcp, count);
    await killed.logged('OPMAS_RAW has no room');
    await until('all is accepted', async () => (await metric(ports, 'accepted_records_total')) === count);
    await killed.stop('SIGKILL');
    const ingestor = startIngestor();
    await ingestor.logged('OPMAS_RAW has no room');
    const { state } = await bus.jsm.streams.info(STREAM_NAMES.raw);
    expect(state.first_seq).toBe(1);
    start({}, PARSER);
    await until('every line is an event', () => events.lines.flat().length >= count);
    expect(events.lines).toEqual(sentBy(count));
  });
});
