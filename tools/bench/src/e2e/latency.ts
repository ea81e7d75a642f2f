/**
 * From receipt to row and to finding, while a fleet talks at a steady rate. Probes go over a connection of their own:
 * lines with a token, and bursts of bad passwords, each from an address that nobody has seen before.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestStack } from '@opmas/embedded';
import { connectBus, createLog } from '@opmas/platform';
import type { Client } from 'pg';
import type { Percentiles } from './percentiles.js';
import { percentiles } from './percentiles.js';

const CLI = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'cli', 'bin', 'opmas.mjs');
const PROBE_EVERY_MS = 50;
/** Every so many probes one is a burst that must bring about a finding. */
const BURST_EVERY = 4;
const PASSWORDS_A_BURST = 5;
const ROW_POLL_MS = 10;
const PATIENCE_MS = 10_000;
const PROBE_HOST = 'bench-probe-01';

export interface LatencyResult {
  command: string;
  seconds: number;
  /** ms; the clock starts when the probe's last line is handed to the kernel, on the same machine. */
  toRow: Percentiles;
  toFindingFact: Percentiles;
  toFindingRow: Percentiles;
  missing: number;
  /** How exact the figures for rows are. */
  pollMs: number;
}

/** Probes on their way: what they are waited for by, and when they left. */
class Departures {
  readonly #leftAtMs = new Map<string, number>();
  readonly latencies: number[] = [];

  leave(name: string): void {
    this.#leftAtMs.set(name, performance.now());
  }

  arrive(name: string, atMs: number): void {
    const leftAtMs = this.#leftAtMs.get(name);
    if (leftAtMs === undefined) return;
    this.#leftAtMs.delete(name);
    this.latencies.push(atMs - leftAtMs);
  }

  get missing(): number {
    return this.#leftAtMs.size;
  }
}

interface Probes {
  rows: Departures;
  facts: Departures;
  findings: Departures;
}

export async function measureLatency(
  stack: TestStack,
  database: Client,
  load: { rate: number; devices: number; seconds: number },
): Promise<LatencyResult> {
  const args = [
    'simulate',
    '--devices',
    `${load.devices}`,
    '--rate',
    `${load.rate}`,
    '--scenario',
    'quiet',
    '--seed',
    'load',
  ];
  args.push('--duration', `${load.seconds + 4}s`, '--to', stack.endpoints.syslogTcp);
  const fleet = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(fleet, 'close');
  const probes: Probes = { rows: new Departures(), facts: new Departures(), findings: new Departures() };
  const stop = new AbortController();
  const watching = [watchFacts(stack, probes.facts, stop.signal), watchRows(database, probes, stop.signal)];
  try {
    // The fleet's first seconds (new devices, opened connections) are not what is asked about.
    await sleep(3000);
    await sendProbes(stack, probes, load.seconds * 1000);
    const waitedFrom = performance.now();
    const missing = (): number => probes.rows.missing + probes.facts.missing + probes.findings.missing;
    while (missing() > 0 && performance.now() - waitedFrom < PATIENCE_MS) await sleep(50);
    return {
      command: `opmas ${args.join(' ')}`,
      seconds: load.seconds,
      toRow: percentiles(probes.rows.latencies),
      toFindingFact: percentiles(probes.facts.latencies),
      toFindingRow: percentiles(probes.findings.latencies),
      missing: missing(),
      pollMs: ROW_POLL_MS,
    };
  } finally {
    stop.abort();
    fleet.kill();
    await Promise.all([...watching, ended]);
  }
}

async function sendProbes(stack: TestStack, probes: Probes, durationMs: number): Promise<void> {
  const { hostname, port } = new URL(stack.endpoints.syslogTcp.replace(/^tcp:/, 'http:'));
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const startedAtMs = performance.now();
  for (let number = 0; performance.now() - startedAtMs < durationMs; number++) {
    await sleep(Math.max(0, startedAtMs + number * PROBE_EVERY_MS - performance.now()));
    if (number % BURST_EVERY === 0) await sendBurst(socket, number, probes);
    else {
      const token = `bench-${number}`;
      await write(socket, `<13>${stamp()} ${PROBE_HOST} opmas-sim: token=${token}\n`);
      probes.rows.leave(token);
    }
  }
  socket.end();
}

async function sendBurst(socket: Socket, number: number, probes: Probes): Promise<void> {
  const source = `198.18.${Math.floor(number / 250) % 250}.${(number % 250) + 1}`;
  const line = (port: number): string =>
    `<84>${stamp()} ${PROBE_HOST} dropbear[${4000 + port}]: Bad password attempt for 'root' from ${source}:${40_000 + port}\n`;
  await write(socket, Array.from({ length: PASSWORDS_A_BURST }, (_, port) => line(port)).join(''));
  probes.facts.leave(source);
  probes.findings.leave(source);
}

function write(socket: Socket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

function stamp(): string {
  // Mon, 23 Nov 2026 20:00:00 GMT
  const text = new Date().toUTCString();
  return `${text.slice(8, 11)} ${text.slice(5, 7).replace(/^0/, ' ')} ${text.slice(17, 25)}`;
}

/** Finding facts as JetStream publishes them: a plain subscription sees each at once. */
async function watchFacts(stack: TestStack, facts: Departures, signal: AbortSignal): Promise<void> {
  const bus = await connectBus({ url: stack.endpoints.nats, name: 'bench', log: createLog('bench', 'silent') });
  const subscription = bus.nc.subscribe('opmas.findings.>');
  signal.addEventListener('abort', () => subscription.unsubscribe());
  for await (const message of subscription) {
    const atMs = performance.now();
    for (const line of message.string().split('\n')) {
      const source = /"opmas\.finding\.opened".*"group":\{"sourceIp":"(198\.18\.[\d.]+)"/.exec(line)?.[1];
      if (source !== undefined) facts.arrive(source, atMs);
    }
  }
  await bus.close();
}

async function watchRows(database: Client, { rows, findings }: Probes, signal: AbortSignal): Promise<void> {
  const since = new Date(Date.now() - 1000).toISOString();
  const seen = new Set<string>();
  while (!signal.aborted) {
    const tokens = await database.query<{ token: string }>(
      "SELECT substring(body from 'token=(bench-\\d+)') AS token FROM events WHERE received_at > $1 AND app_name = 'opmas-sim'",
      [since],
    );
    const opened = await database.query<{ source: string }>(
      "SELECT substring(body from '198\\.18\\.\\d+\\.\\d+') AS source FROM findings WHERE opened_at > $1",
      [since],
    );
    const atMs = performance.now();
    for (const { token } of tokens.rows) arriveOnce(seen, rows, token, atMs);
    for (const { source } of opened.rows) arriveOnce(seen, findings, source, atMs);
    await sleep(ROW_POLL_MS);
  }
}

function arriveOnce(seen: Set<string>, departures: Departures, name: string, atMs: number): void {
  if (seen.has(name)) return;
  seen.add(name);
  departures.arrive(name, atMs);
}
