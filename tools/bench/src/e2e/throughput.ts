/** A file of lines through the whole chain, as fast as it goes: how long each hop takes, and whether all arrive. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TestStack } from '@opmas/embedded';
import type { Client } from 'pg';
import type { Hops, LossReport } from './counters.js';
import { HOP_NAMES, readHops, readLosses } from './counters.js';
import type { ProcessUse } from './processes.js';
import { useBetween, useOf } from './processes.js';

const CLI = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'cli', 'bin', 'opmas.mjs');
const POLL_MS = 200;
/** Nothing moves for so long: what has not arrived is lost. */
const STALL_MS = 15_000;

export interface HopResult {
  hop: keyof Hops;
  lines: number;
  /** From the first line's departure until the hop had them all. */
  seconds: number;
  linesPerSecond: number;
}

export interface ThroughputResult {
  transport: 'tcp' | 'udp';
  command: string;
  sent: number;
  hops: HopResult[];
  /** Rows in Postgres that the file's lines became, counted by their hostnames. */
  rows: number;
  missing: number;
  losses: LossReport;
  processes: ProcessUse[];
}

export interface Delivery {
  transport: 'tcp' | 'udp';
  file: string;
  lines: number;
  peers: number;
  /** Lines a second; null: as fast as it goes. */
  rate: number | null;
}

export async function measureThroughput(
  stack: TestStack,
  database: Client,
  delivery: Delivery,
): Promise<ThroughputResult> {
  const target = delivery.transport === 'tcp' ? stack.endpoints.syslogTcp : stack.endpoints.syslogUdp;
  const args = [
    'send',
    delivery.file,
    '--to',
    target,
    '--peers',
    String(delivery.peers),
    '--rate',
    String(delivery.rate ?? 'max'),
    '--json',
  ];
  const before = await readHops(stack.endpoints.health, database);
  const rowsBefore = await countRows(database);
  const processes = pidsOf(stack);
  const usedBefore = useOf(processes);
  const startedAtMs = performance.now();
  const sender = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const sending = resultOf(sender);
  let senderUse: ProcessUse[] = [];
  const arrivals = await watch(stack, database, before, delivery.lines, startedAtMs, () => {
    const use = useOf({ sender: sender.pid ?? 0 });
    if (use.length > 0) senderUse = use;
  });
  const { sent } = await sending;
  const rows = (await countRows(database)) - rowsBefore;
  return {
    transport: delivery.transport,
    command: `opmas ${args.join(' ')}`,
    sent,
    hops: arrivals,
    rows,
    missing: delivery.lines - rows,
    losses: await readLosses(stack.endpoints.health),
    processes: [...useBetween(usedBefore, useOf(processes)), ...senderUse],
  };
}

function pidsOf(stack: TestStack): Record<string, number> {
  const all = [...Object.entries(stack.services), ...Object.entries(stack.servers)];
  return Object.fromEntries(all.map(([name, handle]) => [name, handle.pid]));
}

async function resultOf(sender: ReturnType<typeof spawn>): Promise<{ sent: number }> {
  let text = '';
  sender.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
  const [code] = (await once(sender, 'close')) as [number | null];
  if (code !== 0) throw new Error(`the sender ended with code ${code}`);
  return JSON.parse(text) as { sent: number };
}

/** Polls until every hop has all lines, or nothing has moved for a while. */
async function watch(
  stack: TestStack,
  database: Client,
  before: Hops,
  lines: number,
  startedAtMs: number,
  onPoll: () => void,
): Promise<HopResult[]> {
  const movedAtMs = Object.fromEntries(HOP_NAMES.map((hop) => [hop, startedAtMs])) as Record<keyof Hops, number>;
  let reached: Hops = before;
  const isComplete = (): boolean => HOP_NAMES.every((hop) => reached[hop] - before[hop] >= lines);
  const isStalled = (): boolean => performance.now() - Math.max(...Object.values(movedAtMs)) > STALL_MS;
  while (!isComplete() && !isStalled()) {
    await sleep(POLL_MS);
    onPoll();
    const now = await readHops(stack.endpoints.health, database);
    const atMs = performance.now();
    for (const hop of HOP_NAMES) if (now[hop] !== reached[hop]) movedAtMs[hop] = atMs;
    reached = now;
  }
  return HOP_NAMES.map((hop) => {
    const count = reached[hop] - before[hop];
    const seconds = Math.max((movedAtMs[hop] - startedAtMs) / 1000, 0.001);
    return { hop, lines: count, seconds: Number(seconds.toFixed(2)), linesPerSecond: Math.round(count / seconds) };
  });
}

/** Rows of the simulated routers: their names and nobody else's. */
async function countRows(database: Client): Promise<number> {
  const { rows } = await database.query<{ count: string }>(
    "SELECT count(*) AS count FROM events WHERE hostname LIKE 'gw-%' OR hostname LIKE 'ap-%'",
  );
  return Number(rows[0]?.count ?? 0);
}
