/** A real nats-server with JetStream for integration tests, one of whose streams can be put back to an earlier state. */
import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why no server can be started; null where it can. */
export function whyNoNats(): string | null {
  return spawnSync('nats-server', ['--version']).error ? 'nats-server is not on the PATH' : null;
}

export interface NatsServer {
  url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Copies one stream's files as they are now. */
  copyStream(stream: string): string;
  /** Kills the server, puts the copy in the stream's place, starts again: what a power cut does. */
  putBack(stream: string, copy: string): Promise<void>;
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startNatsServer(): Promise<NatsServer> {
  const port = await freePort();
  const root = mkdtempSync(join(tmpdir(), 'opmas-actions-nats-'));
  const folderOf = (stream: string): string => join(root, 'store', 'jetstream', '$G', 'streams', stream);
  let child: ChildProcess | null = null;
  let copies = 0;

  const start = async (): Promise<void> => {
    const argv = ['-js', '-sd', join(root, 'store'), '-a', '127.0.0.1', '-p', String(port)];
    const started = spawn('nats-server', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    child = started;
    await new Promise<void>((resolve, reject) => {
      started.stderr.on('data', (data: Buffer) => data.toString().includes('Server is ready') && resolve());
      started.once('error', reject);
      started.once('exit', (code) => reject(new Error(`nats-server ended with ${code}`)));
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
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    start,
    copyStream: (stream) => {
      const copy = join(root, `copy-${copies++}`);
      cpSync(folderOf(stream), copy, { recursive: true });
      return copy;
    },
    putBack: async (stream, copy) => {
      await kill();
      rmSync(folderOf(stream), { recursive: true, force: true });
      cpSync(copy, folderOf(stream), { recursive: true });
      await start();
    },
    remove: async () => {
      await kill();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
