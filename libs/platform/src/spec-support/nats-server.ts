/** A real nats-server with JetStream for integration tests, whose store can be put back to an earlier state. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface NatsServer {
  url: string;
  /** SIGKILL, and the end of the process. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Copies the store as it is on disk now. */
  copyStore(): string;
  /** Kills the server, puts a copy of the store in the place of the current one (or one stream of it), starts again. */
  putBack(copy: string, stream?: string): Promise<void>;
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `more` goes behind the arguments that every test server has, e.g. `['--user', 'opmas', '--pass', 'p']`. */
export async function startNatsServer(more: readonly string[] = []): Promise<NatsServer> {
  const port = await freePort();
  const root = mkdtempSync(join(tmpdir(), 'opmas-nats-'));
  const store = join(root, 'store');
  let child: ChildProcess | null = null;
  let copies = 0;

  const start = async (): Promise<void> => {
    const started = spawn('nats-server', ['-js', '-sd', store, '-a', '127.0.0.1', '-p', String(port), ...more], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child = started;
    await new Promise<void>((resolve, reject) => {
      let text = '';
      started.stderr.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.includes('Server is ready')) resolve();
      });
      started.once('error', reject);
      started.once('exit', (code) => reject(new Error(`nats-server ended with ${code}: ${text}`)));
    });
  };
  const kill = async (): Promise<void> => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  const copyStore = (): string => {
    const copy = join(root, `copy-${copies++}`);
    cpSync(store, copy, { recursive: true });
    return copy;
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    start,
    copyStore,
    putBack: async (copy, stream) => {
      await kill();
      const inner = stream === undefined ? '' : join('jetstream', '$G', 'streams', stream);
      rmSync(join(store, inner), { recursive: true, force: true });
      cpSync(join(copy, inner), join(store, inner), { recursive: true });
      await start();
    },
    remove: async () => {
      await kill();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
