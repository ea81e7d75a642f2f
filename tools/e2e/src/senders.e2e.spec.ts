import { STREAM_NAMES, ndjsonLines } from '@opmas/contracts';
import type { RawRecord } from '@opmas/contracts';
import type { TestStack } from '@opmas/embedded';
import { findOrInstall, startStack } from '@opmas/embedded';
import type { Bus } from '@opmas/platform';
import { OrderedReader, connectBus, createLog } from '@opmas/platform';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { DAEMONS } from './sender-daemons.js';
import type { Route } from './sender-daemons.js';
import { NO_FAULTS, faults, rawTokens } from './contents.js';

jest.setTimeout(120_000);

const LINES = 10_000;
/** Lines that a sender is given at once: a datagram burst beyond what a kernel's default receive buffer holds is lost to any receiver. */
const CHUNK = 200;
const PATIENCE_MS = 60_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('real senders', () => {
  let stack: TestStack;
  let bus: Bus;
  let logger = '';
  const sent: string[] = [];

  beforeAll(async () => {
    stack = await startStack({ services: ['ingestor'], env: { OPMAS_AWAIT_RULES: '0' } });
    bus = await connectBus({ url: stack.endpoints.nats, name: 'senders', log: createLog('e2e', 'fatal') });
    const found = await findOrInstall('logger');
    if (found.path === null) throw new Error(found.reason);
    logger = found.path;
  });
  afterAll(async () => {
    await bus?.close();
    await stack?.stop();
  });

  /** Writes the lines to a `logger`, a chunk at a time. */
  async function log(args: string[], tokens: readonly string[]): Promise<void> {
    const child = spawn(logger, ['-t', 'probe', ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    for (let at = 0; at < tokens.length; at += CHUNK) {
      const text = tokens.slice(at, at + CHUNK).map((token) => `port 3 link is up token=${token}\n`);
      child.stdin.write(text.join(''));
      await sleep(5);
    }
    child.stdin.end();
    expect(await ended).toBe(0);
  }

  /** The records with this case's tokens, as they came after `firstSequence`; all of them, or what came in time. */
  async function stored(name: string, firstSequence: number): Promise<RawRecord[]> {
    const reader = new OrderedReader(bus, { stream: STREAM_NAMES.raw, startSequence: firstSequence, batch: 200 });
    const records: RawRecord[] = [];
    const deadline = Date.now() + PATIENCE_MS;
    try {
      while (records.length < LINES && Date.now() < deadline) {
        for (const message of await reader.next(200, 1000)) {
          const lines = ndjsonLines(message.data).map((line) => JSON.parse(line) as RawRecord);
          records.push(...lines.filter(({ raw }) => raw.includes(` token=${name}-`)));
        }
      }
    } finally {
      await reader.close();
    }
    return records;
  }

  async function deliver(name: string, send: (tokens: string[]) => Promise<void>): Promise<RawRecord[]> {
    const tokens = Array.from({ length: LINES }, (_, index) => `${name}-${index}`);
    const { state } = await bus.jsm.streams.info(STREAM_NAMES.raw);
    sent.push(...tokens);
    await send(tokens);
    const records = await stored(name, state.last_seq + 1);
    const inOrder = records.map(({ raw }) => /token=(\S+)/.exec(raw)?.[1]);
    expect(new Set(inOrder).size).toBe(LINES);
    expect(inOrder).toEqual(tokens);
    expect(records.filter(({ partial, truncated }) => partial ?? truncated)).toEqual([]);
    return records;
  }

  const portOf = (endpoint: string): number => Number(new URL(endpoint).port);

  describe('logger', () => {
    const remote = (...more: string[]): string[] => ['-n', '127.0.0.1', ...more];
    const udp = (): string[] => remote('-d', '-P', String(portOf(stack.endpoints.syslogUdp)));
    const tcp = (): string[] => remote('-T', '-P', String(portOf(stack.endpoints.syslogTcp)));

    it.each([
      ['udp-3164', () => [...udp(), '--rfc3164'], /^<13>\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ probe: port 3/],
      [
        'udp-5424',
        () => [...udp(), '--rfc5424'],
        /^<13>1 \d{4}-\d\d-\d\dT\S+ \S+ probe - - \[timeQuality [^\]]+\] port 3/,
      ],
      ['tcp-lf', () => [...tcp(), '--rfc3164'], /^<13>\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ probe: port 3/],
      [
        'tcp-counted',
        () => [...tcp(), '--octet-count', '--rfc5424'],
        /^<13>1 \d{4}-\S+ \S+ probe - - \[[^\]]+\] port 3/,
      ],
    ])('%s: every line is stored once, in order', async (name, args, form) => {
      const records = await deliver(`logger-${name}`, (tokens) => log(args(), tokens));
      expect(records.filter(({ raw }) => !form.test(raw))).toEqual([]);
    });
  });

  const udp = (): Route => ({ port: portOf(stack.endpoints.syslogUdp), protocol: 'udp', framing: 'lf' });
  const tcp = (framing: Route['framing']): Route => ({
    port: portOf(stack.endpoints.syslogTcp),
    protocol: 'tcp',
    framing,
  });
  const tls = (framing: Route['framing']): Route => ({
    port: portOf(stack.endpoints.syslogTls),
    protocol: 'tls',
    framing,
    caFile: join(stack.data, 'tls', 'ca.pem'),
  });
  const streams = {
    'tcp-lf': () => tcp('lf'),
    'tcp-counted': () => tcp('octet-counted'),
    'tls-lf': () => tls('lf'),
    'tls-counted': () => tls('octet-counted'),
  };
  const routes: Record<keyof typeof DAEMONS, Record<string, () => Route>> = {
    busybox: { udp },
    rsyslog: { udp, ...streams },
    'syslog-ng': { udp, ...streams },
  };

  describe.each(Object.keys(routes) as (keyof typeof DAEMONS)[])('%s', (name) => {
    const { start, absence } = DAEMONS[name];
    const reason = absence();
    if (reason !== null) process.stderr.write(`${name} is skipped: ${reason}\n`);
    const itHere = reason === null ? it : it.skip;

    itHere.each(Object.keys(routes[name]))('%s: every line is stored once, in order', async (path) => {
      const route = routes[name][path]!();
      const daemon = await start(route);
      try {
        const records = await deliver(`${name}-${path}`, (tokens) => log(['-u', daemon.socket], tokens));
        const isCounted = route.framing === 'octet-counted';
        expect(records.filter(({ raw }) => /^<13>1 /.test(raw) !== isCounted)).toEqual([]);
      } finally {
        await daemon.stop();
      }
    });
  });

  it('have left each of their lines in OPMAS_RAW once, and nothing else', async () => {
    expect(faults(await rawTokens(bus), sent)).toEqual(NO_FAULTS);
  });
});
