/** The whole chain on a stack of its own: throughput over TCP and UDP, then latency under a steady load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, startStack } from '@opmas/embedded';
import type { TestStack } from '@opmas/embedded';
import pg from 'pg';
import type { Workload } from '../workload.js';
import { writeLines } from '../workload.js';
import type { LatencyResult } from './latency.js';
import { measureLatency } from './latency.js';
import type { ThroughputResult } from './throughput.js';
import { measureThroughput } from './throughput.js';

export interface EndToEndOptions extends Workload {
  /** Lines a second over UDP, which has no back-pressure; null: as fast as it goes. */
  udpRate: number | null;
  latencyRate: number;
  latencySeconds: number;
  /** False: run what was built before. */
  build: boolean;
  say: (text: string) => void;
}

export interface EndToEndResult {
  /** How the stack's Postgres keeps its promises: what its figures are worth depends on it. */
  postgres: Record<string, string>;
  bytes: number;
  throughput: ThroughputResult[];
  latency: LatencyResult;
}

const ENTRIES = ['ingestor', 'parser', 'agents', 'actions', 'query-api'].map((name) => `services/${name}/dist/main.js`);

export async function benchEndToEnd(options: EndToEndOptions): Promise<EndToEndResult> {
  const { say } = options;
  if (options.build) await ensureBuilt({ say, entries: [...ENTRIES, 'tools/cli/dist/main.js'] });
  const folder = mkdtempSync(join(tmpdir(), 'opmas-bench-'));
  let stack: TestStack | null = null;
  let database: pg.Client | null = null;
  try {
    say('starting a stack of its own');
    stack = await startStack();
    database = new pg.Client({ connectionString: stack.endpoints.postgres });
    await database.connect();
    return await measureAll(stack, database, join(folder, 'fleet.log'), options);
  } finally {
    await database?.end();
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureAll(
  stack: TestStack,
  database: pg.Client,
  file: string,
  options: EndToEndOptions,
): Promise<EndToEndResult> {
  const { say, lines } = options;
  const bytes = await writeLines(options, Date.now() * 1000, file);
  say(`${lines.toLocaleString('en-US')} lines (${(bytes / 1e6).toFixed(1)} MB) over TCP`);
  const tcp = await measureThroughput(stack, database, {
    transport: 'tcp',
    file,
    lines,
    peers: options.devices,
    rate: null,
  });
  say('the same over UDP');
  const udp = await measureThroughput(stack, database, {
    transport: 'udp',
    file,
    lines,
    peers: options.devices,
    rate: options.udpRate,
  });
  say(`latency for ${options.latencySeconds} s, beside ${options.latencyRate} lines/s`);
  const latency = await measureLatency(stack, database, {
    rate: options.latencyRate,
    devices: options.devices,
    seconds: options.latencySeconds,
  });
  return { postgres: await promises(database), bytes, throughput: [tcp, udp], latency };
}

async function promises(database: pg.Client): Promise<Record<string, string>> {
  const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes'];
  const { rows } = await database.query<{ name: string; setting: string }>(
    'SELECT name, setting FROM pg_settings WHERE name = ANY($1)',
    [names],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}
