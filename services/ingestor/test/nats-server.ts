/** A real nats-server with JetStream on a store of its own. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

export class NatsServer {
  readonly port: number;
  readonly #root = mkdtempSync(join(tmpdir(), 'ingestor-nats-'));
  #child: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<NatsServer> {
    const server = new NatsServer(await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const child = spawn(
      'nats-server',
      ['-js', '-sd', join(this.#root, 'store'), '-a', '127.0.0.1', '-p', String(this.port)],
      {
        env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin`, NODE_OPTIONS: '' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stderr.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.includes('Server is ready')) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`nats-server ended: ${text}`)));
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  keepStore(): void {
    cpSync(join(this.#root, 'store'), join(this.#root, 'kept'), { recursive: true });
  }

  /** As after a power cut: killed, put back to what `keepStore` kept, started. */
  async putStoreBack(): Promise<void> {
    await this.kill();
    rmSync(join(this.#root, 'store'), { recursive: true });
    cpSync(join(this.#root, 'kept'), join(this.#root, 'store'), { recursive: true });
    await this.start();
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#root, { recursive: true, force: true });
  }
}
