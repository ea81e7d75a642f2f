/** The receiver that is compared with: syslog-ng, TCP or UDP in, a plain file out. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimPort, findSender } from '@opmas/embedded';

const START_LIMIT_MS = 15_000;

export interface RunningSyslogNg {
  readonly port: number;
  readonly pid: number;
  /** Bytes of the file so far. */
  bytes(): number;
  /** Lines of the file. */
  lines(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it; null where it cannot be had. */
export async function startSyslogNg(transport: 'tcp' | 'udp'): Promise<RunningSyslogNg | null> {
  const program = findSender('syslog-ng');
  if (program.path === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'opmas-bench-syslog-ng-'));
  const port = await claimPort();
  const out = join(folder, 'out.log');
  writeFileSync(join(folder, 'conf'), configuration(transport, port, out));
  const state = ['-p', join(folder, 'pid'), '-c', join(folder, 'ctl'), '-R', join(folder, 'persist')];
  const args = ['-F', '--no-caps', '-f', join(folder, 'conf'), ...state, ...program.args];
  const child = spawn(program.path, args, {
    env: { ...process.env, ...program.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await listening(child, transport, port);
  } catch {
    await stop();
    throw new Error(`syslog-ng does not listen on port ${port}: ${said}`);
  }
  const bytes = (): number => statSync(out, { throwIfNoEntry: false })?.size ?? 0;
  return { port, pid: child.pid ?? 0, bytes, lines: () => countLines(out), stop };
}

/** As its manual advises for speed: flow control, threads, generous windows; names kept as the line has them. */
function configuration(transport: 'tcp' | 'udp', port: number, out: string): string {
  const source = transport === 'tcp' ? 'max-connections(100) log-iw-size(1000000)' : 'so-rcvbuf(16777216)';
  return `@version: 3.35
options { stats-freq(0); keep-hostname(yes); use-dns(no); threaded(yes); time-reopen(1); };
source s { network(ip("127.0.0.1") port(${port}) transport("${transport}") ${source} log-fetch-limit(1000)); };
destination d { file("${out}" flush-lines(1000) log-fifo-size(2000000)); };
log { source(s); destination(d); flags(flow-control); };
`;
}

async function listening(child: ChildProcess, transport: 'tcp' | 'udp', port: number): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    if (child.exitCode !== null || performance.now() > deadline) throw new Error('not listening');
    await sleep(100);
    if (transport === 'udp') {
      // Nothing answers on UDP; it has read its configuration long before this has passed.
      await sleep(2000);
      if (child.exitCode === null) return;
    } else if (await accepts(port)) return;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy().destroyed));
    socket.once('error', () => resolve(false));
  });
}

async function countLines(path: string): Promise<number> {
  let lines = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  }
  return lines;
}
