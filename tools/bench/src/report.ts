/** The results for people, and as a file. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { formatTable } from '@opmas/cli';
import type { EndToEndResult } from './e2e/end-to-end.js';
import type { ThroughputResult } from './e2e/throughput.js';
import type { IngestResult } from './ingest/ingest.js';
import type { UdpResult } from './ingest/udp.js';
import type { MicroResult } from './micro/stopwatch.js';

export interface BenchReport {
  /** The command that gave every figure in it. */
  command: string;
  startedAt: string;
  /** `load` is the machine's load average before the start: above 0.5 something else takes a part. */
  machine: { cpu: string; cores: number; memoryGib: number; node: string; platform: string; load: number };
  commit: string | null;
  micro: MicroResult[];
  ingest: IngestResult[];
  udp: UdpResult[];
  endToEnd: EndToEndResult | null;
}

export function machineOf(): BenchReport['machine'] {
  const all = cpus();
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    load: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** The commit that is checked out, with a mark where files differ from it; null outside a repository. */
export function commitOf(root: string): string | null {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return null;
  }
}

/** Writes `bench-results/<instant>.json` under `folder`; answers the path. */
export function saveReport(report: BenchReport, folder: string): string {
  const directory = join(folder, 'bench-results');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${report.startedAt.slice(0, 19).replaceAll(':', '-')}.json`);
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}

export function reportText({ command, machine, micro, ingest, udp, endToEnd }: BenchReport): string {
  const parts = [
    `${command}\n${machine.cores} x ${machine.cpu}, ${machine.memoryGib} GiB, Node ${machine.node}, load ${machine.load} before\n`,
  ];
  if (micro.length > 0) {
    const rows = micro.map((result) => [
      result.what,
      result.lines,
      result.linesPerSecond,
      result.best,
      result.worst,
      result.note,
    ]);
    parts.push(formatTable(['in one process, on one core', 'lines', 'lines/s', 'best', 'worst', ''], rows));
  }
  if (ingest.length > 0) parts.push(ingestText(ingest));
  if (udp.length > 0) parts.push(udpText(udp));
  if (endToEnd) {
    parts.push(...endToEnd.throughput.map(throughputText), latencyText(endToEnd));
  }
  return parts.join('\n');
}

function ingestText(results: readonly IngestResult[]): string {
  const rows = results.map(({ receiver, sent, stored, doubled, seconds, linesPerSecond }) => [
    receiver,
    sent,
    stored,
    doubled ?? 'not looked for',
    `${seconds.toFixed(2)} s`,
    linesPerSecond,
  ]);
  const uses = results.flatMap(({ receiver, sent, processes }) =>
    processes.map((use) => [
      `${use.name} (${receiver})`,
      use.cpuSeconds.toFixed(2),
      ((use.cpuSeconds / sent) * 1e6).toFixed(2),
      use.peakMib,
    ]),
  );
  return [
    formatTable(['lines over TCP', 'sent', 'stored', 'doubled', 'durable after', 'lines/s'], rows),
    formatTable(['process', 'CPU s', 'CPU s a million lines', 'peak MiB'], uses),
  ].join('\n');
}

function udpText(results: readonly UdpResult[]): string {
  const rows = results.map(({ receiver, sent, seconds, received, stored, doubled, lost }) => [
    receiver,
    sent,
    Math.round(sent / seconds),
    received ?? 'unknown',
    stored,
    doubled ?? 'not looked for',
    sent - stored,
    lost === null ? 'not counted' : lostText(lost),
  ]);
  const uses = results.flatMap(({ receiver, sent, seconds, processes }) =>
    processes.map((use) => [
      `${use.name} (${receiver})`,
      use.cpuSeconds.toFixed(2),
      ((use.cpuSeconds / sent) * 1e6).toFixed(2),
      `${((use.cpuSeconds / seconds) * 100).toFixed(0)} %`,
      use.peakMib,
    ]),
  );
  return [
    formatTable(
      ['datagrams', 'sent', 'a second', 'taken by the kernel', 'stored', 'doubled', 'missing', 'counted as lost'],
      rows,
    ),
    formatTable(['process', 'CPU s', 'CPU s a million datagrams', 'of a core', 'peak MiB'], uses),
    `net.core.rmem_max ${results[0]?.receiveBufferLimit ?? 'unknown'}\n`,
  ].join('\n');
}

function lostText(lost: Readonly<Record<string, number>>): string {
  const parts = Object.entries(lost).map(([reason, count]) => `${reason} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

const HOP_TITLES = {
  accepted: 'accepted by the ingestor',
  raw: 'stored in OPMAS_RAW',
  events: 'parsed, in OPMAS_EVENTS',
  evaluated: 'evaluated by the agents',
  rows: 'rows in Postgres',
} as const;

function throughputText(result: ThroughputResult): string {
  const hops = result.hops.map(({ hop, lines, seconds, linesPerSecond }) => [
    HOP_TITLES[hop],
    lines,
    `${seconds.toFixed(2)} s`,
    linesPerSecond,
  ]);
  const uses = result.processes.map((use) => [use.name, use.cpuSeconds.toFixed(2), use.rssMib, use.peakMib]);
  return [
    formatTable(
      [
        `${result.transport.toUpperCase()}: ${result.sent.toLocaleString('en-US')} lines sent`,
        'lines',
        'all there after',
        'lines/s',
      ],
      hops,
    ),
    `rows counted ${result.rows.toLocaleString('en-US')}, missing ${result.missing.toLocaleString('en-US')}, ` +
      `counted as lost: ${lostText(result.losses.lost)}, dead letters ${result.losses.deadLetters}\n`,
    formatTable(['process', 'CPU s', 'RSS MiB', 'peak MiB'], uses),
  ].join('\n');
}

function latencyText({ latency, postgres }: EndToEndResult): string {
  const rows = [
    ['row that the API shows', latency.toRow],
    ['finding in OPMAS_FINDINGS', latency.toFindingFact],
    ['finding that the API shows', latency.toFindingRow],
  ] as const;
  const cells = rows.map(([what, { samples, p50, p99, most }]) => [what, samples, p50, p99, most]);
  const settings = Object.entries(postgres).map(([name, value]) => `${name}=${value}`);
  return [
    formatTable(['from receipt to, ms', 'probes', 'p50', 'p99', 'most'], cells),
    `${latency.missing} probes missing; rows are looked for every ${latency.pollMs} ms; beside: ${latency.command}\n` +
      `Postgres: ${settings.join(', ')}\n`,
  ].join('\n');
}
