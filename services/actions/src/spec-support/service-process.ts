/** The service as a process of its own, started again whenever it is killed. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServiceProcess {
  pid(): number;
  /** How often it was started. */
  starts(): number;
  /** Resolves when a log line with this message comes, or came before. */
  said(message: string): Promise<void>;
  log(): string[];
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL('./service-under-test.ts', import.meta.url));
const loader = fileURLToPath(new URL('./register-sources.mjs', import.meta.url));

export function startService(env: Record<string, string>): ServiceProcess {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let child: ChildProcess;
  let starts = 0;
  let isStopped = false;

  const start = (): void => {
    starts++;
    child = spawn(process.execPath, ['--import', loader, '--conditions=@opmas/source', main], {
      env: { PATH: process.env['PATH'], OPMAS_LEASE_MS: '1000', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout!, child.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        for (const wake of [...waiting]) wake();
      });
    }
    child.once('exit', () => {
      if (!isStopped) start();
    });
  };
  start();
  return {
    pid: () => child.pid!,
    starts: () => starts,
    log: () => lines,
    said: (message) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!lines.some((line) => line.includes(`"msg":"${message}"`))) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    stop: async () => {
      isStopped = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
