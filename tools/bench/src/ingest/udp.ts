/** What becomes of datagrams at an even pace: stored, or counted as lost. syslog-ng into a plain file beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, startStack } from '@opmas/embedded';
import type { TestStack } from '@opmas/embedded';
import { readLosses, readPublished } from '../e2e/counters.js';
import type { ProcessUse } from '../e2e/processes.js';
import { useBetween, useOf } from '../e2e/processes.js';
import type { Workload } from '../workload.js';
import { writeLines } from '../workload.js';
import { countStored } from './stored.js';
import { startSyslogNg } from './syslog-ng.js';

const SENDER = fileURLToPath(new URL('./udp-sender.js', import.meta.url));
const POLL_MS = 200;
/** Nothing moves for so long: what has not arrived is lost. */
const STILL_MS = 3000;
/** Different lines; they are sent again and again. */
const MOST_LINES = 100_000;

export interface UdpOptions extends Workload {
  rate: number;
  seconds: number;
  build: boolean;
  say: (text: string) => void;
}

export interface UdpResult {
  receiver: string;
  sent: number;
  /** How long sending took, which tells whether the sender kept its pace. */
  seconds: number;
  /** Of `sent`, what the kernel had room for; null where nobody tells. */
  received: number | null;
  /** Counted afterwards in the stream or file. */
  stored: number;
  /** Lines that are there twice; null where it is not looked for. */
  doubled: number | null;
  /** By reason, as the receiver counted; null where it counts nothing. */
  lost: Record<string, number> | null;
  processes: ProcessUse[];
  /** What the kernel gives a socket at most, bytes; null where it does not tell. */
  receiveBufferLimit: number | null;
}

export async function benchUdp(options: UdpOptions): Promise<UdpResult[]> {
  const { say, build, rate, seconds } = options;
  if (build) await ensureBuilt({ say, entries: ['services/ingestor/dist/main.js'] });
  const folder = mkdtempSync(join(tmpdir(), 'opmas-bench-'));
  const file = join(folder, 'lines.log');
  try {
    await writeLines(
      { ...options, lines: Math.min(options.lines, MOST_LINES) },
      Date.UTC(2026, 10, 23, 20) * 1000,
      file,
    );
    say(`${rate.toLocaleString('en-US')} datagrams/s from one sender for ${seconds} s`);
    const own = await measureOwn(file, options);
    say('the same into syslog-ng');
    const other = await measureSyslogNg(file, options);
    return other === null ? [own] : [own, other];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Watched {
  port: number;
  processes: Record<string, number>;
  /** Grows while something arrives. */
  progress: () => Promise<number>;
}

type Sent = Pick<UdpResult, 'sent' | 'seconds' | 'processes' | 'receiveBufferLimit'>;

async function send(file: string, { rate, seconds }: UdpOptions, watched: Watched): Promise<Sent> {
  const before = useOf(watched.processes);
  const args = [SENDER, String(watched.port), String(rate), String(seconds), file];
  const sender = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  sender.stdout.setEncoding('utf8').on('data', (part: string) => (said += part));
  let senderUse: ProcessUse[] = [];
  const polling = setInterval(() => {
    const use = useOf({ sender: sender.pid ?? 0 });
    if (use.length > 0) senderUse = use;
  }, POLL_MS);
  const [code] = (await once(sender, 'close')) as [number | null];
  clearInterval(polling);
  if (code !== 0) throw new Error(`the sender ended with code ${code}`);
  let reached = -1;
  for (let stillSinceMs = performance.now(); performance.now() - stillSinceMs < STILL_MS; await sleep(POLL_MS)) {
    const now = await watched.progress();
    if (now !== reached) stillSinceMs = performance.now();
    reached = now;
  }
  const { sent, seconds: took } = JSON.parse(said) as { sent: number; seconds: number };
  const processes = [...useBetween(before, useOf(watched.processes)), ...senderUse];
  return { sent, seconds: took, processes, receiveBufferLimit: receiveBufferLimit() };
}

function receiveBufferLimit(): number | null {
  try {
    return Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
  } catch {
    return null;
  }
}

async function measureOwn(file: string, options: UdpOptions): Promise<UdpResult> {
  let stack: TestStack | null = null;
  try {
    options.say('starting a nats-server and an ingestor');
    stack = await startStack({ services: ['ingestor'], env: { OPMAS_AWAIT_RULES: 'false' } });
    const { health, syslogUdp, nats } = stack.endpoints;
    const result = await send(file, options, {
      port: Number(new URL(syslogUdp).port),
      processes: { ingestor: stack.services.ingestor?.pid ?? 0, nats: stack.servers.nats?.pid ?? 0 },
      progress: () => readPublished(health.ingestor),
    });
    const { lost } = await readLosses(health);
    const received = result.sent - (lost['kernel'] ?? 0);
    return { receiver: 'OPMAS ingestor -> JetStream', ...result, received, ...(await countStored(nats)), lost };
  } finally {
    await stack?.stop();
  }
}

async function measureSyslogNg(file: string, options: UdpOptions): Promise<UdpResult | null> {
  const other = await startSyslogNg('udp');
  if (other === null) return null;
  try {
    const result = await send(file, options, {
      port: other.port,
      processes: { 'syslog-ng': other.pid },
      progress: () => Promise.resolve(other.bytes()),
    });
    const stored = await other.lines();
    return { receiver: 'syslog-ng -> plain file', ...result, received: null, stored, doubled: null, lost: null };
  } finally {
    await other.stop();
  }
}

/** Whether every datagram is stored once, or counted as lost; only OPMAS counts. */
export function isAccountedFor({ sent, stored, doubled, lost }: UdpResult): boolean {
  return lost === null || (doubled ?? 0) + stored + Object.values(lost).reduce((sum, count) => sum + count, 0) === sent;
}
