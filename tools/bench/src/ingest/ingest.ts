/** How fast lines over TCP become durable: the ingestor into JetStream, and syslog-ng into a plain file beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBuilt, startStack } from '@opmas/embedded';
import type { TestStack } from '@opmas/embedded';
import { readPublished } from '../e2e/counters.js';
import type { ProcessUse } from '../e2e/processes.js';
import { useBetween, useOf } from '../e2e/processes.js';
import type { Workload } from '../workload.js';
import { fleetOf } from '../workload.js';
import { countStored } from './stored.js';
import { startSyslogNg } from './syslog-ng.js';

const SENDER = fileURLToPath(new URL('./blast.js', import.meta.url));
const POLL_MS = 50;
/** Nothing moves for so long: what has not arrived is lost. */
const STALL_MS = 10_000;

export interface IngestOptions extends Workload {
  /** How often the lines are sent, one pass behind the other. */
  passes: number;
  connections: number;
  framing: 'lf' | 'octet-counted';
  build: boolean;
  say: (text: string) => void;
}

export interface IngestResult {
  receiver: string;
  sent: number;
  bytes: number;
  /** Counted afterwards in the stream or file, line by line. */
  stored: number;
  /** Lines that are there twice; null where it is not looked for. */
  doubled: number | null;
  /** From the first connection to the last line's being durable (in the page cache, for a plain file). */
  seconds: number;
  linesPerSecond: number;
  processes: ProcessUse[];
}

/** Whether every line was stored, once; only OPMAS promises it. */
export function isWhole({ sent, stored, doubled }: IngestResult): boolean {
  return doubled === null || (stored === sent && doubled === 0);
}

export async function benchIngest(options: IngestOptions): Promise<IngestResult[]> {
  const { say, build } = options;
  if (build) await ensureBuilt({ say, entries: ['services/ingestor/dist/main.js'] });
  const folder = mkdtempSync(join(tmpdir(), 'opmas-bench-'));
  try {
    say(`${(options.lines * options.passes).toLocaleString('en-US')} lines over ${options.connections} connections`);
    const load = writeLoad(options, folder);
    const own = await measureOwn(load, options);
    say('the same into syslog-ng');
    const other = await measureSyslogNg(load);
    return other === null ? [own] : [own, other];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file a connection; each router's lines are in one of them, in their order. */
interface Load {
  files: string[];
  passes: number;
  lines: number;
  bytes: number;
}

function writeLoad(options: IngestOptions, folder: string): Load {
  const files = Array.from({ length: options.connections }, (_, at) => join(folder, `load-${at}`));
  const handles = files.map((file) => openSync(file, 'w'));
  const texts = files.map(() => '');
  const ofHost = new Map<string, number>();
  let lines = 0;
  let bytes = 0;
  for (const { line, hostname } of fleetOf(options, Date.UTC(2026, 10, 23, 20) * 1000)) {
    const at = ofHost.get(hostname) ?? ofHost.size % files.length;
    ofHost.set(hostname, at);
    texts[at] += options.framing === 'lf' ? `${line}\n` : `${Buffer.byteLength(line)} ${line}`;
    if (++lines === options.lines) break;
  }
  handles.forEach((handle, at) => {
    bytes += writeSync(handle, texts[at] ?? '');
    closeSync(handle);
  });
  return { files, passes: options.passes, lines: lines * options.passes, bytes: bytes * options.passes };
}

interface Watched {
  receiver: string;
  port: number;
  processes: Record<string, number>;
  /** Grows with what is durable. */
  progress: () => Promise<number>;
  /** Its value when all is there; null: unknown, it is there when nothing grows any more. */
  goal: number | null;
}

async function measure(load: Load, watched: Watched): Promise<Omit<IngestResult, 'stored' | 'doubled'>> {
  const before = useOf(watched.processes);
  const startedMs = performance.now();
  const sender = spawn(process.execPath, [SENDER, String(watched.port), String(load.passes), ...load.files], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const sending = once(sender, 'exit') as Promise<[number | null]>;
  let senderUse: ProcessUse[] = [];
  let reached = await watched.progress();
  let movedMs = startedMs;
  while (watched.goal === null || reached < watched.goal) {
    await sleep(POLL_MS);
    const use = useOf({ sender: sender.pid ?? 0 });
    if (use.length > 0) senderUse = use;
    const now = await watched.progress();
    if (now !== reached) movedMs = performance.now();
    reached = now;
    if (performance.now() - movedMs > (watched.goal === null && sender.exitCode !== null ? 1500 : STALL_MS)) break;
  }
  const [code] = await sending;
  if (code !== 0) throw new Error(`the sender ended with code ${code}`);
  const seconds = (movedMs - startedMs) / 1000;
  return {
    receiver: watched.receiver,
    sent: load.lines,
    bytes: load.bytes,
    seconds: Number(seconds.toFixed(2)),
    linesPerSecond: Math.round(load.lines / seconds),
    processes: [...useBetween(before, useOf(watched.processes)), ...senderUse],
  };
}

async function measureOwn(load: Load, { say }: IngestOptions): Promise<IngestResult> {
  let stack: TestStack | null = null;
  try {
    say('starting a nats-server and an ingestor');
    stack = await startStack({ services: ['ingestor'], env: { OPMAS_AWAIT_RULES: 'false' } });
    const { health, syslogTcp, nats } = stack.endpoints;
    const published = (): Promise<number> => readPublished(health.ingestor);
    const result = await measure(load, {
      receiver: 'OPMAS ingestor -> JetStream',
      port: Number(new URL(syslogTcp).port),
      processes: { ingestor: stack.services.ingestor?.pid ?? 0, nats: stack.servers.nats?.pid ?? 0 },
      progress: published,
      goal: (await published()) + load.lines,
    });
    return { ...result, ...(await countStored(nats)) };
  } finally {
    await stack?.stop();
  }
}

async function measureSyslogNg(load: Load): Promise<IngestResult | null> {
  const other = await startSyslogNg('tcp');
  if (other === null) return null;
  try {
    const result = await measure(load, {
      receiver: 'syslog-ng -> plain file',
      port: other.port,
      processes: { 'syslog-ng': other.pid },
      progress: () => Promise.resolve(other.bytes()),
      goal: null,
    });
    return { ...result, stored: await other.lines(), doubled: null };
  } finally {
    await other.stop();
  }
}
