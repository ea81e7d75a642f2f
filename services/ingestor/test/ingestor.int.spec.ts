/** The real ingestor against a real nats-server: kills, outages, a store put back, bad input. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HEADERS, STREAM_NAMES, factIdOf, parseFrameId, shardOf, subjects } from '@opmas/contracts';
import { appendFact } from '@opmas/platform';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IngestorProcess, metric } from './ingestor-process.js';
import type { Ports } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';
import { linesOf, readRaw, withBus } from './raw-stream.js';
import type { RawFrame } from './raw-stream.js';

jest.setTimeout(60_000);

let nats: NatsServer;
let directory: string;
const processes: IngestorProcess[] = [];

beforeEach(async () => {
  nats = await NatsServer.start();
  directory = mkdtempSync(join(tmpdir(), 'ingestor-journal-'));
});

afterEach(async () => {
  for (const child of processes.splice(0)) await child.stop('SIGKILL');
  await nats.remove();
  rmSync(directory, { recursive: true, force: true });
});

function start(env: Record<string, string> = {}): IngestorProcess {
  const child = new IngestorProcess({ NATS_URL: nats.url, OPMAS_JOURNAL_DIR: directory, ...env });
  processes.push(child);
  return child;
}

/** Lines of some routers, each with a number of its own. */
function someLines(from: number, count: number): string[] {
  return Array.from(
    { length: count },
    (_, i) => `<30>Nov 23 20:35:17 router-${(from + i) % 7} app[1]: line ${from + i}`,
  );
}

function sendTcp(port: number, data: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.end(data));
    socket.on('error', reject);
    socket.on('close', () => resolve());
    socket.resume();
  });
}

const sendLines = (ports: Ports, lines: string[]): Promise<void> => sendTcp(ports.tcp, `${lines.join('\n')}\n`);

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    if (await isSo().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const accepted = (ports: Ports, count: number): Promise<void> =>
  until(`${count} are accepted`, async () => (await metric(ports, 'accepted_records_total')) >= count);

/** Waits until the stream holds so many lines. */
async function stored(count: number): Promise<RawFrame[]> {
  let frames: RawFrame[] = [];
  await until(`${count} lines are stored`, async () => {
    frames = await readRaw(nats.url);
    return linesOf(frames).length >= count;
  });
  return frames;
}

/** Each line once, and those of one router in order. */
function expectEachOnce(frames: RawFrame[], lines: string[]): void {
  const got = linesOf(frames);
  expect([...got].sort()).toEqual([...lines].sort());
  for (let router = 0; router < 7; router++) {
    const ofRouter = (all: string[]): string[] => all.filter((line) => line.includes(` router-${router} `));
    expect(ofRouter(got)).toEqual(ofRouter(lines));
  }
}

const post = (ports: Ports, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${ports.http}/v1/logs`, { method: 'POST', body, headers });

describe('lines', () => {
  it('over TCP, UDP and HTTP become frames of the contract, each line once and in order', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    const lines = someLines(0, 5000);
    await sendLines(ports, lines);
    const frames = await stored(5000);
    expectEachOnce(frames, lines);
    const shards = new Set(frames.flatMap(({ records }) => records.map(({ key }) => key)));
    expect([...shards].sort()).toEqual(Array.from({ length: 7 }, (_, i) => `host:router-${i}`));
    for (const { header, records, kind } of frames.filter((frame) => frame.records.length > 0)) {
      expect([kind, header('content-type')]).toEqual(['frame', 'application/x-ndjson']);
      expect(header(HEADERS.traceparent)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(records.length).toBeLessThanOrEqual(200);
      const place = parseFrameId(header(HEADERS.frameId))!;
      for (const { key } of records) expect(shardOf(key, 4)).toBe(place.shard);
    }
    const udp = createSocket('udp4');
    await new Promise((resolve) =>
      udp.send('<30>Nov 23 20:35:17 OpenWrt app: by udp\n', ports.udp, '127.0.0.1', resolve),
    );
    udp.close();
    const answer = await post(ports, '{"line":"by http","host":"Attic"}\n', { 'content-type': 'application/x-ndjson' });
    expect([answer.status, await answer.json()]).toEqual([200, { accepted: 1, frames: 1 }]);
    const records = (await stored(5002)).flatMap((frame) => frame.records);
    expect(records.find(({ transport }) => transport === 'udp')).toMatchObject({
      key: 'addr:127.0.0.1',
      raw: '<30>Nov 23 20:35:17 OpenWrt app: by udp',
    });
    expect(records.find(({ transport }) => transport === 'http')).toMatchObject({ key: 'host:attic', raw: 'by http' });
    expect(await child.stop('SIGTERM')).toBe(0);
  });

  it('wait in the journal while NATS is away, from the start on', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    await sendLines(ports, someLines(0, 1000));
    await stored(1000);
    await nats.kill();
    await sendLines(ports, someLines(1000, 1000));
    await accepted(ports, 2000);
    await nats.start();
    await stored(2000);
    await nats.kill();
    await child.stop('SIGTERM');
    const again = start();
    await sendLines(await again.ports(), someLines(2000, 1000));
    await nats.start();
    expectEachOnce(await stored(3000), someLines(0, 3000));
  });

  it('are neither lost nor doubled when NATS is killed again and again while they come', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    const sending = (async () => {
      for (let from = 0; from < 20_000; from += 500) {
        await sendLines(ports, someLines(from, 500));
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    })();
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await nats.kill();
      await nats.start();
    }
    await sending;
    expectEachOnce(await stored(20_000), someLines(0, 20_000));
  });

  it('are neither lost nor doubled when the ingestor is killed, with NATS there and away', async () => {
    let child = start();
    let sent = 0;
    for (const isAway of [false, true, false, true]) {
      const ports = await child.ports();
      if (sent === 0) await child.logged('ready');
      if (isAway) await nats.kill();
      await sendLines(ports, someLines(sent, 2000));
      sent += 2000;
      await accepted(ports, 2000);
      await child.stop('SIGKILL');
      child = start();
      if (isAway) await nats.start();
      await child.logged('ready');
    }
    expectEachOnce(await stored(sent), someLines(0, sent));
  });

  it('are there again when the stream was put back to an earlier state', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    await sendLines(ports, someLines(0, 1000));
    await stored(1000);
    nats.keepStore();
    await sendLines(ports, someLines(1000, 3000));
    const before = await stored(4000);
    await nats.putStoreBack();
    await sendLines(ports, someLines(4000, 1000));
    const frames = await stored(5000);
    expectEachOnce(frames, someLines(0, 5000));
    const textOf = (frame: RawFrame): string =>
      JSON.stringify([frame.header(HEADERS.frameId), frame.header(HEADERS.config), frame.records]);
    const after = new Set(frames.map(textOf));
    for (const frame of before) expect(after.has(textOf(frame))).toBe(true);
  });

  it('of a killed ingestor are published once also where the stream was put back meanwhile', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    await sendLines(ports, someLines(0, 500));
    await stored(500);
    nats.keepStore();
    await sendLines(ports, someLines(500, 500));
    await stored(1000);
    await child.stop('SIGKILL');
    await nats.putStoreBack();
    start();
    expectEachOnce(await stored(1000), someLines(0, 1000));
  });

  it('wait for the rule set on a first start', async () => {
    const child = start({ OPMAS_AWAIT_RULES: 'true' });
    const ports = await child.ports();
    await child.logged('ready');
    await sendLines(ports, someLines(0, 10));
    await accepted(ports, 10);
    const readiness = (await (await fetch(`http://127.0.0.1:${ports.health}/readyz`)).json()) as { ok: boolean };
    expect(readiness).toMatchObject({
      ok: false,
      checks: { rules: { ok: false, detail: 'waiting for the rule set' } },
    });
    expect((await post(ports, 'x')).status).toBe(503);
    expect((await readRaw(nats.url)).length).toBe(0);
    await withBus(nats.url, (bus) =>
      appendFact(
        bus,
        STREAM_NAMES.config,
        subjects.config('build', 'rules'),
        {
          specversion: '1.0',
          id: factIdOf('rules', 'published', 1),
          type: 'opmas.config.build.published',
          source: '/test',
          subject: 'rules',
          time: '2026-11-23T20:35:17.000000Z',
          data: { kind: 'rules', build: 'test', digest: 'x', count: 5 },
        },
        0,
      ),
    );
    const frames = await stored(10);
    expectEachOnce(frames, someLines(0, 10));
    await until('a frame shows the change', async () =>
      (await readRaw(nats.url)).some(({ header }) => header(HEADERS.config) === '1'),
    );
    expect((await post(ports, 'x')).status).toBe(200);
  });
});

describe('an import', () => {
  it('under a key is stored once, through a kill before its answer', async () => {
    const child = start({ OPMAS_HTTP_ACK_TIMEOUT_MS: '60000' });
    const ports = await child.ports();
    await child.logged('ready');
    const body = someLines(0, 6000).join('\n');
    const headers = { 'idempotency-key': 'import-1' };
    const lost = post(ports, body, headers).catch(() => null);
    await until('some of it is stored', async () => linesOf(await readRaw(nats.url)).length > 0);
    await child.stop('SIGKILL');
    await lost;
    const again = start();
    const portsAgain = await again.ports();
    await again.logged('ready');
    const answer = await post(portsAgain, body, headers);
    expect(answer.status).toBe(200);
    const first = await answer.json();
    expect(first).toMatchObject({ accepted: 6000 });
    expect(await (await post(portsAgain, body, headers)).json()).toEqual(first);
    const other = await post(portsAgain, 'another body', headers);
    expect([other.status, other.headers.get('content-type')]).toEqual([422, 'application/problem+json']);
    expectEachOnce(await readRaw(nats.url), someLines(0, 6000));
  });

  it('is refused whole with the numbers of its unreadable lines', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    const answer = await post(ports, '{"line":"good"}\nbad\n\n{"lime":1}\n', {
      'content-type': 'application/x-ndjson',
    });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ status: 422, errors: [{ line: 2 }, { line: 4 }] });
    expect((await post(ports, 'x', { 'content-type': 'image/png' })).status).toBe(415);
    expect((await fetch(`http://127.0.0.1:${ports.http}/elsewhere`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${ports.http}/v1/logs`)).status).toBe(405);
    expect(await metric(ports, 'accepted_records_total')).toBe(0);
  });

  it('is told to come back while JetStream is away, and to be smaller where it is too large', async () => {
    const child = start({ OPMAS_HTTP_MAX_BODY_MIB: '0.0625' });
    const ports = await child.ports();
    await child.logged('ready');
    expect((await post(ports, 'x\n'.repeat(40_000))).status).toBe(413);
    await nats.kill();
    await until('the connection is lost', async () => (await post(ports, 'x')).status === 503);
    const answer = await post(ports, 'x');
    expect([answer.headers.get('retry-after'), answer.headers.get('content-type')]).toEqual([
      '5',
      'application/problem+json',
    ]);
  });
});

describe('bad input', () => {
  it('garbage, huge lines, half frames, wrong counts and 10,000 names from one address are kept or counted, and the rest goes on', async () => {
    const child = start({ OPMAS_MAX_KEYS_PER_PEER: '100' });
    const ports = await child.ports();
    await child.logged('ready');
    const garbage = Buffer.from(
      Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251).filter((byte) => byte !== 10 && byte !== 0),
    );
    await sendTcp(ports.tcp, garbage);
    await sendTcp(ports.tcp, Buffer.alloc(1024 * 1024, 1));
    await sendTcp(ports.tcp, `99 <13>Nov 23 20:35:17 a b: wrong count\n<13>Nov 23 20:35:17 a b: half`);
    const names = Array.from({ length: 10_000 }, (_, i) => `<13>Nov 23 20:35:17 name-${i} app: x`);
    await sendTcp(ports.tcp, names.join('\0'));
    const records = (await stored(10_004)).flatMap((frame) => frame.records);
    expect(records.length).toBe(10_004);
    const kept = records.find(({ rawBase64 }) => rawBase64 !== undefined)!;
    expect(Buffer.from(kept.rawBase64!, 'base64').equals(garbage)).toBe(true);
    expect(records.filter(({ truncated }) => truncated).map(({ raw }) => raw.length)).toEqual([65_536]);
    expect(records.filter(({ partial }) => partial).length).toBe(3);
    expect(new Set(records.map(({ key }) => key)).size).toBeLessThanOrEqual(101);
    expect(await metric(ports, 'discarded_bytes_total')).toBe(1024 * 1024 - 65_536);
    expect(await metric(ports, 'framing_total{what="wrongCounts"')).toBe(1);
  });

  it('a port in use and a journal in use are named, and end the start', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const blocked = start({ SYSLOG_TCP_PORT: String(port) });
    expect((await blocked.ended).code).toBe(1);
    expect(blocked.output).toContain(`port ${port}`);
    expect(blocked.output).toContain('SYSLOG_TCP_PORT');
    await new Promise((resolve) => holder.close(resolve));
    const first = start();
    await first.ports();
    const second = start();
    expect((await second.ended).code).toBe(1);
    expect(second.output).toContain(`in use by process ${first.pid}`);
  });

  it('a full journal holds TCP senders back and loses nothing of theirs, and says what UDP lost', async () => {
    const child = start({
      OPMAS_JOURNAL_MAX_MIB: '1',
      OPMAS_JOURNAL_SEGMENT_MIB: '0.0625',
      OPMAS_JOURNAL_RETAIN_MS: '0',
    });
    const ports = await child.ports();
    await child.logged('ready');
    await nats.kill();
    const lines = someLines(0, 40_000);
    const sending = sendLines(ports, lines);
    await child.logged('held back');
    const held = await metric(ports, 'accepted_records_total');
    expect(held).toBeLessThan(40_000);
    const udp = createSocket('udp4');
    const refused = (): Promise<number> => metric(ports, 'lost_total{reason="journal"');
    const shed = (): Promise<number> => metric(ports, 'lost_total{reason="shed"');
    let datagrams = 0;
    await until('UDP is shed', async () => {
      for (let i = 0; i < 50; i++, datagrams++) {
        await new Promise((resolve) =>
          udp.send(`<13>datagram ${datagrams} ${'x'.repeat(500)}`, ports.udp, '127.0.0.1', resolve),
        );
      }
      return (await refused()) + (await shed()) > 50;
    });
    udp.close();
    const udpAccepted = (): Promise<number> => metric(ports, 'accepted_records_total{transport="udp"');
    await until(
      'every datagram is accepted or counted',
      async () => (await udpAccepted()) + (await refused()) === datagrams,
    );
    const kept = (await udpAccepted()) - (await shed());
    await nats.start();
    await sending;
    const frames = await stored(40_000 + kept);
    const ofUdp = linesOf(frames).filter((line) => line.startsWith('<13>datagram'));
    expect([ofUdp.length, new Set(ofUdp).size]).toEqual([kept, kept]);
    expect(
      linesOf(frames)
        .filter((line) => !line.startsWith('<13>datagram'))
        .sort(),
    ).toEqual([...lines].sort());
  });
});
