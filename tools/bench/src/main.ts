/** `npm run bench`: what the pipeline can do on this machine. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchEndToEnd } from './e2e/end-to-end.js';
import { benchIngest, isWhole } from './ingest/ingest.js';
import { benchUdp, isAccountedFor } from './ingest/udp.js';
import { benchEngine } from './micro/engine.js';
import { benchJournal } from './micro/journal.js';
import { benchParser } from './micro/parser.js';
import type { MicroResult } from './micro/stopwatch.js';
import type { BenchReport } from './report.js';
import { commitOf, machineOf, reportText, saveReport } from './report.js';
import type { WorkloadLine } from './workload.js';
import { linesOf } from './workload.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const BENCHES = ['parser', 'engine', 'journal', 'ingest', 'udp', 'e2e'] as const;
type BenchName = (typeof BENCHES)[number];

const USAGE = `Usage: npm run bench -- [parser] [engine] [journal] [ingest] [udp] [e2e] [options]

Without a name all of them run. parser, engine and journal measure one function in one process; ingest sends lines over
TCP into an ingestor with a nats-server, and into syslog-ng with a plain file where it can be had; udp does so with
datagrams at an even pace, and says what is lost; e2e starts a stack of
its own, sends a file of simulated lines through it over TCP and UDP, and measures how long probes take.

  --lines N            lines of the workload (200000)
  --devices N          simulated routers, each with a connection of its own (50)
  --seed TEXT          seed of the workload (bench)
  --passes N           how often ingest sends the lines (10)
  --connections N      TCP connections of ingest (4)
  --framing NAME       of ingest: lf or octet-counted (lf)
  --datagram-rate N    datagrams a second of udp (50000)
  --seconds N          how long udp sends (60)
  --udp-rate N|max     lines a second over UDP of e2e (8000)
  --latency-rate N     lines a second beside the probes (1000)
  --latency-seconds N  how long probes are sent (20)
  --json               the report as JSON on standard output
  --no-save            write no file (default: bench-results/<instant>.json)
  --no-build           run what was built before
`;

interface BenchOptions {
  benches: BenchName[];
  lines: number;
  devices: number;
  seed: string;
  passes: number;
  connections: number;
  framing: 'lf' | 'octet-counted';
  rate: number;
  seconds: number;
  udpRate: number | null;
  latencyRate: number;
  latencySeconds: number;
  json: boolean;
  save: boolean;
  build: boolean;
}

/** Runs the benches that `argv` names; answers the exit code: 0 done, 1 lines are missing, 2 wrong use. */
export async function runBench(argv: readonly string[]): Promise<number> {
  let options: BenchOptions | null;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options === null) {
    process.stdout.write(USAGE);
    return 0;
  }
  const report = await measureAll(argv, options);
  const path = options.save ? saveReport(report, ROOT) : null;
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `\n${reportText(report)}`);
  if (path !== null) process.stderr.write(`\nwritten to ${path}\n`);
  const overTcp = report.endToEnd?.throughput.filter(({ transport }) => transport === 'tcp') ?? [];
  const isComplete =
    overTcp.every(({ missing }) => missing === 0) && report.ingest.every(isWhole) && report.udp.every(isAccountedFor);
  return isComplete ? 0 : 1;
}

function readOptions(argv: readonly string[]): BenchOptions | null {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      lines: { type: 'string', default: '200000' },
      devices: { type: 'string', default: '50' },
      seed: { type: 'string', default: 'bench' },
      passes: { type: 'string', default: '10' },
      connections: { type: 'string', default: '4' },
      framing: { type: 'string', default: 'lf' },
      'datagram-rate': { type: 'string', default: '50000' },
      seconds: { type: 'string', default: '60' },
      'udp-rate': { type: 'string', default: '8000' },
      'latency-rate': { type: 'string', default: '1000' },
      'latency-seconds': { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      'no-save': { type: 'boolean', default: false },
      'no-build': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const benches = positionals.map((name) => {
    const bench = BENCHES.find((one) => one === name);
    if (bench === undefined) throw new Error(`no bench of the name ${name}; there are ${BENCHES.join(', ')}`);
    return bench;
  });
  return {
    benches: benches.length > 0 ? benches : [...BENCHES],
    lines: positive('--lines', values.lines),
    devices: positive('--devices', values.devices),
    seed: values.seed,
    passes: positive('--passes', values.passes),
    connections: positive('--connections', values.connections),
    framing: framingOf(values.framing),
    rate: positive('--datagram-rate', values['datagram-rate']),
    seconds: positive('--seconds', values.seconds),
    udpRate: values['udp-rate'] === 'max' ? null : positive('--udp-rate', values['udp-rate']),
    latencyRate: positive('--latency-rate', values['latency-rate']),
    latencySeconds: positive('--latency-seconds', values['latency-seconds']),
    json: values.json,
    save: !values['no-save'],
    build: !values['no-build'],
  };
}

function positive(name: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${name} ${text}: expected a whole number from 1`);
  return Number(text);
}

function framingOf(text: string): 'lf' | 'octet-counted' {
  if (text !== 'lf' && text !== 'octet-counted') throw new Error(`--framing ${text}: expected lf or octet-counted`);
  return text;
}

const MICRO: Record<
  Exclude<BenchName, 'ingest' | 'udp' | 'e2e'>,
  (lines: readonly WorkloadLine[]) => Promise<MicroResult[]>
> = {
  parser: benchParser,
  engine: benchEngine,
  journal: benchJournal,
};

async function measureAll(argv: readonly string[], options: BenchOptions): Promise<BenchReport> {
  const say = (text: string): void => void process.stderr.write(`bench: ${text}\n`);
  const startedAt = new Date();
  const report: BenchReport = {
    command: ['npm run bench --', ...argv].join(' '),
    startedAt: startedAt.toISOString(),
    machine: machineOf(),
    commit: commitOf(ROOT),
    micro: [],
    ingest: [],
    udp: [],
    endToEnd: null,
  };
  // A fixed instant: the in-process benches chew on the same bytes in every run.
  const lines = linesOf(options, Date.UTC(2026, 10, 23, 20) * 1000);
  for (const name of ['parser', 'engine', 'journal'] as const) {
    if (!options.benches.includes(name)) continue;
    say(`${name}, in this process`);
    report.micro.push(...(await MICRO[name](lines)));
  }
  if (options.benches.includes('ingest')) report.ingest = await benchIngest({ ...options, say });
  if (options.benches.includes('udp')) report.udp = await benchUdp({ ...options, say });
  if (options.benches.includes('e2e')) report.endToEnd = await benchEndToEnd({ ...options, say });
  return report;
}
