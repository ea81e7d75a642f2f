/** Datagrams to the real ingestor: both families, a kernel that drops, a journal that is full. Each is stored or counted. */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IngestorProcess, metric } from './ingestor-process.js';
import type { Ports } from './ingestor-process.js';
import { NatsServer } from './nats-server.js';
import { readRaw } from './raw-stream.js';
import type { RawFrame } from './raw-stream.js';

jest.setTimeout(60_000);

let nats: NatsServer;
let directory: string;
const processes: IngestorProcess[] = [];
const sockets: Socket[] = [];

beforeEach(async () => {
  nats = await NatsServer.start();
  directory = mkdtempSync(join(tmpdir(), 'ingestor-journal-'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  for (const child of processes.splice(0)) await child.stop('SIGKILL');
  await nats.remove();
  rmSync(directory, { recursive: true, force: true });
});

function start(env: Record<string, string> = {}): IngestorProcess {
  const child = new IngestorProcess({ NATS_URL: nats.url, OPMAS_JOURNAL_DIR: directory, ...env });
  processes.push(child);
  return child;
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    if (await isSo().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One sender: a socket of its own, each datagram handed to the kernel before the next. */
class Sender {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #port: number;

  constructor(address: string, port: number) {
    this.#address = address;
    this.#port = port;
    this.#socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    sockets.push(this.#socket);
  }

  /** Sends from another address of this machine. */
  async from(address: string): Promise<this> {
    await new Promise<void>((resolve) => this.#socket.bind(0, address, resolve));
    return this;
  }

  send(line: string): Promise<void> {
    return new Promise((resolve, reject) =>
      this.#socket.send(line, this.#port, this.#address, (error) => (error ? reject(error) : resolve())),
    );
  }
}

const recordsOf = (frames: RawFrame[]) => frames.flatMap(({ records }) => records);

/** All records of the stream, when it has so many. */
async function stored(count: number): Promise<ReturnType<typeof recordsOf>> {
  let records: ReturnType<typeof recordsOf> = [];
  await until(`${count} records are stored`, async () => {
    records = recordsOf(await readRaw(nats.url));
    return records.length >= count;
  });
  return records;
}

/** By sender, as the metrics have it. */
async function lostBySender(ports: Ports): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${ports.health}/metrics`)).text();
  const found = text.matchAll(/^opmas_ingestor_lost_datagrams_total\{sender="([^"]+)"[^}]*\} (\d+)$/gm);
  return Object.fromEntries([...found].map((match) => [match[1]!, Number(match[2])]));
}

const lost = (ports: Ports, reason: string): Promise<number> => metric(ports, `lost_total{reason="${reason}"`);
const accepted = (ports: Ports): Promise<number> => metric(ports, 'accepted_records_total{transport="udp"');

describe('the UDP listener', () => {
  it('takes IPv4 and IPv6 on one port, and IPv4 alone where it is told so', async () => {
    const both = start({ SYSLOG_HOST: '::' });
    const ports = await both.ports();
    await new Sender('127.0.0.1', ports.udp).send('<13>by four\n');
    await new Sender('::1', ports.udp).send('<13>by six\n');
    await until('both are there', async () => (await accepted(ports)) === 2);
    await both.stop('SIGTERM');
    const four = start({ SYSLOG_HOST: '0.0.0.0' });
    const fourPorts = await four.ports();
    await new Sender('127.0.0.1', fourPorts.udp).send('<13>by four alone\0');
    await until('it is there', async () => (await accepted(fourPorts)) === 1);
    const records = await stored(3);
    expect(records.map(({ raw, peer, key }) => [raw, peer, key]).sort()).toEqual([
      ['<13>by four alone', '127.0.0.1', 'addr:127.0.0.1'],
      ['<13>by four', '127.0.0.1', 'addr:127.0.0.1'],
      ['<13>by six', '::1', 'addr:::1'],
    ]);
  });

  it('says what the kernel granted, and with which setting it grants more', async () => {
    const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
    const child = start({ OPMAS_UDP_RECEIVE_BUFFER_MIB: String((limit * 2) / 1024 / 1024) });
    const ports = await child.ports();
    expect((await child.logged('smaller buffer')).msg).toContain(`sysctl -w net.core.rmem_max=${limit * 2}`);
    expect(await metric(ports, 'udp_receive_buffer_bytes')).toBe(limit);
    const { checks } = (await (await fetch(`http://127.0.0.1:${ports.health}/readyz`)).json()) as {
      checks: Record<string, { ok: boolean; detail: string }>;
    };
    expect(checks['udp']!.ok).toBe(true);
    expect(checks['udp']!.detail).toContain(`sysctl -w net.core.rmem_max=${limit * 2}`);
  });

  it('reads what the kernel has taken before it ends', async () => {
    const child = start();
    const ports = await child.ports();
    await child.logged('ready');
    const sender = new Sender('127.0.0.1', ports.udp);
    process.kill(child.pid, 'SIGSTOP');
    for (let i = 0; i < 500; i++) await sender.send(`<13>datagram ${i}`);
    process.kill(child.pid, 'SIGTERM');
    process.kill(child.pid, 'SIGCONT');
    await child.ended;
    expect((await stored(500)).map(({ raw }) => raw)).toEqual(
      Array.from({ length: 500 }, (_, i) => `<13>datagram ${i}`),
    );
  });

  it('counts to the datagram what the kernel dropped while nobody read', async () => {
    const child = start({ OPMAS_UDP_RECEIVE_BUFFER_MIB: '0.0625' });
    const ports = await child.ports();
    const senders = [new Sender('127.0.0.1', ports.udp), new Sender('127.0.0.1', ports.udp)];
    const sent = 3000;
    for (const pause of [false, true, true]) {
      if (pause) process.kill(child.pid, 'SIGSTOP');
      for (let i = 0; i < sent / 3; i++) await senders[i % 2]!.send(`<13>datagram ${i} ${'x'.repeat(200)}`);
      if (pause) process.kill(child.pid, 'SIGCONT');
    }
    await until(
      'each is accepted or counted',
      async () => (await accepted(ports)) + (await lost(ports, 'kernel')) === sent,
    );
    const dropped = await lost(ports, 'kernel');
    expect(dropped).toBeGreaterThan(500);
    expect(await metric(ports, `udp_kernel_drops_total{listener="127.0.0.1:${ports.udp}",socket="1"`)).toBe(dropped);
    expect((await stored(sent - dropped)).length).toBe(sent - dropped);
  });
});

/** A journal of 1 MiB in small segments, which holds nothing longer than it must. */
const TINY = { OPMAS_JOURNAL_MAX_MIB: '1', OPMAS_JOURNAL_SEGMENT_MIB: '0.0625', OPMAS_JOURNAL_RETAIN_MS: '0' };

describe('a full journal', () => {
  /** Numbered datagrams of two senders by turns, until so many were given up. */
  async function overload(ports: Ports, least: number, sent: Record<string, number>): Promise<void> {
    const senders = await Promise.all(
      Object.keys(sent).map(
        async (address) => [address, await new Sender('127.0.0.1', ports.udp).from(address)] as const,
      ),
    );
    await until('enough is given up', async () => {
      for (let i = 0; i < 300; i++) {
        const [address, sender] = senders[i % 3 === 0 ? 0 : 1]!;
        await sender.send(`<13>datagram ${sent[address]!++} ${'x'.repeat(300)}`);
      }
      return (await lost(ports, 'shed')) >= least;
    });
  }

  it('gives up the oldest datagrams, keeps the newest, and tells of each sender how many, also after a kill', async () => {
    let child = start(TINY);
    let ports = await child.ports();
    await child.logged('ready');
    await nats.kill();
    const sent = { '127.0.0.2': 0, '127.0.0.3': 0 };
    await overload(ports, 3000, sent);
    const total = (): number => sent['127.0.0.2'] + sent['127.0.0.3'];
    const accounted = async (): Promise<number> =>
      (await accepted(ports)) + (await lost(ports, 'journal')) + (await lost(ports, 'kernel'));
    await until('each is accepted or counted', async () => (await accounted()) === total());
    expect(await lost(ports, 'journal')).toBe(0);
    expect(await lost(ports, 'kernel')).toBe(0);
    const before = await lostBySender(ports);
    expect(before['127.0.0.2']! + before['127.0.0.3']!).toBe(await lost(ports, 'shed'));

    await child.stop('SIGKILL');
    await nats.start();
    child = start(TINY);
    ports = await child.ports();
    await child.logged('ready');
    const after = await lostBySender(ports);
    const records = await stored(total() - after['127.0.0.2']! - after['127.0.0.3']!);
    expect(after).toEqual(before);
    for (const address of ['127.0.0.2', '127.0.0.3'] as const) {
      const numbers = records.filter(({ peer }) => peer === address).map(({ raw }) => Number(raw.split(' ')[1]));
      // One stretch went, all of it counted: behind what had been handed out for publishing, before the newest.
      const gone = after[address]!;
      const first = numbers.findIndex((number, at) => number !== at);
      const kept = Array.from({ length: sent[address] }, (_, number) => number);
      kept.splice(first, gone);
      expect(numbers).toEqual(kept);
      expect(first).toBeLessThan(gone);
    }
  });
});
