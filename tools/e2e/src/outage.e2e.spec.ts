/**
 * NATS is away for long under full traffic, the ingestor is killed meanwhile, and once more with the whole NATS store put
 * back: what came over TCP and was read is stored once, what UDP lost is counted to the datagram.
 */
import { STREAM_NAMES } from '@opmas/contracts';
import type { TestStack } from '@opmas/embedded';
import { startStack } from '@opmas/embedded';
import type { Bus } from '@opmas/platform';
import { connectBus, createLog } from '@opmas/platform';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doubledFrames, tokenSequence } from './contents.js';
import { NumberedTraffic } from './numbered-traffic.js';

/** Lines a second, half over TCP and half over UDP. */
const RATE = Number(process.env['OPMAS_E2E_OUTAGE_RATE'] ?? 1000);
/** How long NATS is away. */
const OUTAGE_SECONDS = Number(process.env['OPMAS_E2E_OUTAGE_SECONDS'] ?? 4);
/** How far the store is put back. */
const PUT_BACK_SECONDS = Number(process.env['OPMAS_E2E_PUT_BACK_SECONDS'] ?? 4);
const PATIENCE_MS = 60_000 + (OUTAGE_SECONDS + PUT_BACK_SECONDS) * 5000;

jest.setTimeout(PATIENCE_MS * 4);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: string, isSo: () => Promise<boolean>, everyMs = 100): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ;) {
    if (await isSo().catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await sleep(everyMs);
  }
}

/** What the ingestor says of itself, since its start. */
interface Counts {
  tcp: number;
  udp: number;
  /** Datagrams that it, or the kernel, lost. */
  lostDatagrams: number;
  /** Anything else that was lost. */
  lostOther: number;
  bytesInFlight: number;
}

/** Where the ingestor was killed, as the senders saw it. */
interface Kill {
  before: Counts;
  /** By UDP sender: its next number when the ingestor was gone, and when it was certainly there again. */
  gone: number[];
  back: number[];
}

describe('an outage under traffic', () => {
  let stack: TestStack;
  let bus: Bus;
  /** What the streams held after each traffic that is over. */
  const settledBefore = new Map<string, Map<string, number[]>>();

  beforeAll(async () => {
    const snapshotMs = Math.max(2000, (PUT_BACK_SECONDS * 1000) / 4);
    stack = await startStack({ duplicateWindowMs: 1000, env: { OPMAS_SNAPSHOT_MS: String(snapshotMs) } });
    bus = await connectBus({ url: stack.endpoints.nats, name: 'outage', log: createLog('e2e', 'fatal') });
  });
  afterAll(async () => {
    await bus?.close();
    await stack?.stop();
  });

  async function counts(): Promise<Counts> {
    const text = await (await fetch(`${stack.endpoints.health['ingestor']}/metrics`)).text();
    const sum = (name: string): number =>
      text
        .split('\n')
        .filter((line) => line.startsWith(`opmas_ingestor_${name}`))
        .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
    if (!text.includes('opmas_ingestor_bytes_in_flight ')) throw new Error('the ingestor is not attached yet');
    const lostDatagrams = sum('lost_total{reason="journal"') + sum('lost_total{reason="kernel"');
    return {
      tcp: sum('accepted_records_total{transport="tcp"'),
      udp: sum('accepted_records_total{transport="udp"'),
      lostDatagrams,
      lostOther: sum('lost_total') - lostDatagrams,
      bytesInFlight: sum('bytes_in_flight'),
    };
  }

  /** SIGKILL in full traffic; datagrams pause just before it, until each of them is accounted for. */
  async function killIngestor(traffic: NumberedTraffic, since: Counts): Promise<Kill> {
    const connections = traffic.tcp[0]!.connections.length;
    await traffic.pauseUdp();
    let before = since;
    await until('each datagram is accepted or counted', async () => {
      before = await counts();
      return before.udp + before.lostDatagrams - since.udp - since.lostDatagrams === traffic.udpSent;
    });
    await stack.services['ingestor']!.kill9();
    traffic.resumeUdp();
    const gone = traffic.udp.map(({ sent }) => sent);
    await traffic.connected(connections + 1);
    return { before, gone, back: traffic.udp.map(({ sent }) => sent) };
  }

  /** All that the ingestor has is in OPMAS_RAW, and nothing comes any more. */
  async function settled(): Promise<Counts> {
    let last: Counts | null = null;
    await until(
      'the journal is drained',
      async () => {
        const now = await counts();
        const isSettled =
          now.bytesInFlight === 0 &&
          last !== null &&
          now.udp + now.lostDatagrams + now.tcp === last.udp + last.lostDatagrams + last.tcp;
        last = now;
        return isSettled;
      },
      1500,
    );
    return last!;
  }

  /** Numbers under each name, in the order of the stream. */
  function byName(tokens: readonly string[], prefix: string): Map<string, number[]> {
    const numbers = new Map<string, number[]>();
    for (const token of tokens.filter((one) => one.startsWith(`${prefix}-`))) {
      const at = token.lastIndexOf('-');
      const name = token.slice(0, at);
      if (!numbers.has(name)) numbers.set(name, []);
      numbers.get(name)!.push(Number(token.slice(at + 1)));
    }
    return numbers;
  }

  /** Numbers that are no step forward: out of order, or there twice. */
  const backward = (numbers: readonly number[]): number[] =>
    numbers.filter((one, i) => i > 0 && one <= numbers[i - 1]!);

  /** Each connection's lines are there from the first on, once and in order; only a cut one may lack its unread end. */
  function expectTcp(traffic: NumberedTraffic, stored: Map<string, number[]>): { stored: number; unread: number } {
    const total = { stored: 0, unread: 0 };
    for (const { name, sent, isCut } of traffic.tcp.flatMap(({ connections }) => connections)) {
      const numbers = stored.get(name) ?? [];
      expect({ name, backward: backward(numbers), last: numbers.at(-1) ?? -1 }).toEqual({
        name,
        backward: [],
        last: numbers.length - 1,
      });
      if (!isCut) expect({ name, stored: numbers.length }).toEqual({ name, stored: sent });
      total.stored += numbers.length;
      total.unread += sent - numbers.length;
    }
    return total;
  }

  /** Each datagram is stored once, or counted, or was sent while nobody listened. */
  function expectUdp(traffic: NumberedTraffic, stored: Map<string, number[]>, kill: Kill): Record<string, number> {
    const total = { stored: 0, lostBefore: 0, lostAfter: 0, unheard: 0 };
    traffic.udp.forEach(({ host, sent }, i) => {
      const numbers = stored.get(host) ?? [];
      expect({ host, backward: backward(numbers) }).toEqual({ host, backward: [] });
      const heardAgain = numbers.find((one) => one >= kill.gone[i]!) ?? sent;
      expect(heardAgain).toBeLessThanOrEqual(kill.back[i]!);
      const before = numbers.filter((one) => one < kill.gone[i]!).length;
      total.stored += numbers.length;
      total.lostBefore += kill.gone[i]! - before;
      total.unheard += heardAgain - kill.gone[i]!;
      total.lostAfter += sent - heardAgain - (numbers.length - before);
    });
    return total;
  }

  async function verify(name: string, traffic: NumberedTraffic, since: Counts, kill: Kill): Promise<void> {
    const after = await settled();
    const raw = await tokenSequence(bus, STREAM_NAMES.raw);
    const stored = byName(raw, name);
    const tcp = expectTcp(traffic, stored);
    const acceptedBeforeKill = kill.before.tcp - since.tcp;
    expect(tcp.stored).toBeGreaterThanOrEqual(acceptedBeforeKill + after.tcp);
    const udp = expectUdp(traffic, stored, kill);
    expect(udp).toMatchObject({
      lostBefore: kill.before.lostDatagrams - since.lostDatagrams,
      lostAfter: after.lostDatagrams,
    });
    expect(after.lostOther).toBe(0);
    expect(await doubledFrames(bus, STREAM_NAMES.raw)).toEqual([]);
    expect(new Set(raw).size).toBe(raw.length);
    for (const [earlier, numbers] of settledBefore) expect(byName(raw, earlier)).toEqual(numbers);
    settledBefore.set(name, stored);
    let events: string[] = [];
    await until(
      'the parser is done',
      async () => {
        events = await tokenSequence(bus, STREAM_NAMES.events);
        return events.length >= raw.length;
      },
      1000,
    );
    expect(events.length).toBe(raw.length);
    for (const [each, numbers] of settledBefore) expect(byName(events, each)).toEqual(numbers);
    expect(await doubledFrames(bus, STREAM_NAMES.events)).toEqual([]);
    const figures = { tcp, udp, refused: traffic.udp.reduce((sum, one) => sum + one.refused, 0) };
    if (process.env['OPMAS_E2E_OUTAGE_RATE']) process.stderr.write(`${name}: ${JSON.stringify(figures)}\n`);
  }

  it('of NATS, with the ingestor killed in between, costs nothing that was read', async () => {
    const since = await counts();
    const traffic = new NumberedTraffic('stop', RATE, stack.endpoints);
    await traffic.start();
    await sleep(1000);
    await stack.servers['nats']!.stop();
    await sleep(OUTAGE_SECONDS * 500);
    const kill = await killIngestor(traffic, since);
    await sleep(OUTAGE_SECONDS * 500);
    await stack.servers['nats']!.start();
    await stack.services['ingestor']!.waitReady();
    await sleep(1000);
    await traffic.stop();
    await verify('stop', traffic, since, kill);
  });

  it('that puts the whole NATS store back, with the ingestor killed in between, costs nothing that was read', async () => {
    const nats = stack.servers['nats']!;
    const copy = mkdtempSync(join(tmpdir(), 'opmas-outage-'));
    const traffic = new NumberedTraffic('back', RATE, stack.endpoints);
    const since = await counts();
    await traffic.start();
    await nats.stop();
    cpSync(nats.storeDir, copy, { recursive: true });
    await nats.start();
    await sleep(PUT_BACK_SECONDS * 500);
    const kill = await killIngestor(traffic, since);
    await sleep(PUT_BACK_SECONDS * 500);
    await nats.stop();
    rmSync(nats.storeDir, { recursive: true });
    cpSync(copy, nats.storeDir, { recursive: true });
    rmSync(copy, { recursive: true });
    await nats.start();
    await stack.services['ingestor']!.waitReady();
    await sleep(1000);
    await traffic.stop();
    await verify('back', traffic, since, kill);
  });
});
