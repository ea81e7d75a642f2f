/**
 * Real servers for integration tests: those of NATS_URL, DATABASE_URL and REDIS_URL where they are set, else private
 * ones on free ports in temporary folders. Each call has a database of its own.
 */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

export interface Servers {
  natsUrl: string;
  databaseUrl: string;
  redisUrl: string;
  /** Another empty database on the same server. */
  anotherDatabase(): Promise<{ url: string; drop: () => Promise<void> }>;
  stop(): Promise<void>;
}

/** A nats-server of the test's own, whose store can be put back. */
export interface OwnNats {
  url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  copyStore(): string;
  putBack(copy: string): Promise<void>;
  remove(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.end();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

export async function startOwnNats(): Promise<OwnNats> {
  const port = await freePort();
  const root = mkdtempSync(join(tmpdir(), 'opmas-query-nats-'));
  const store = join(root, 'store');
  let child: ChildProcess | null = null;
  let copies = 0;
  const start = async (): Promise<void> => {
    child = spawn('nats-server', ['-js', '-sd', store, '-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    await untilOpen(port);
  };
  const kill = async (): Promise<void> => {
    if (child) await end(child, 'SIGKILL');
    child = null;
  };
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    start,
    kill,
    copyStore: () => {
      const copy = join(root, `copy-${copies++}`);
      cpSync(store, copy, { recursive: true });
      return copy;
    },
    putBack: async (copy) => {
      await kill();
      rmSync(store, { recursive: true, force: true });
      cpSync(copy, store, { recursive: true });
      await start();
    },
    remove: async () => {
      await kill();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function postgresBin(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions[0] === undefined ? '' : join(root, versions[0], 'bin');
}

/** Postgres refuses to run as root: then it runs as the user `postgres` (or `nobody`). */
function unprivileged(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue;
    }
  }
  throw new Error('running as root, and there is no user postgres or nobody to run Postgres as');
}

async function startPostgres(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const root = mkdtempSync(join(tmpdir(), 'opmas-query-pg-'));
  const user = unprivileged();
  if (user) chownSync(root, user.uid, user.gid);
  chmodSync(root, 0o700);
  const data = join(root, 'data');
  const bin = postgresBin();
  const as = user ?? {};
  execFileSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'opmas', '-E', 'UTF8', '--locale=C.UTF-8'], {
    ...as,
    cwd: root,
    stdio: 'ignore',
  });
  const options = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-k', root, '-c', 'fsync=off'];
  const child = spawn(join(bin, 'postgres'), options, { ...as, cwd: root, stdio: 'ignore' });
  await untilOpen(port);
  return {
    url: `postgres://opmas@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await end(child, 'SIGINT');
      rmSync(root, { recursive: true, force: true });
    },
  };
}

async function startRedis(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await freePort();
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
    cwd: tmpdir(),
  });
  await untilOpen(port);
  return { url: `redis://127.0.0.1:${port}`, stop: () => end(child, 'SIGTERM') };
}

let databases = 0;

/** Makes an empty database on the server; answers its URL and how to drop it. */
async function emptyDatabase(serverUrl: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `opmas_test_${process.pid}_${Date.now()}_${databases++}`;
  const run = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: serverUrl });
    for (let attempt = 0; ; attempt++) {
      try {
        await client.connect();
        break;
      } catch (error) {
        if (attempt > 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return run(statement);
      }
    }
    await client.query(statement);
    await client.end();
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** Postgres and Redis, and NATS unless the test brings its own. */
export async function startServers(options: { nats?: boolean } = {}): Promise<Servers> {
  const { NATS_URL, DATABASE_URL, REDIS_URL } = process.env;
  const nats = options.nats === false || NATS_URL ? null : await startOwnNats();
  const postgres = DATABASE_URL ? null : await startPostgres();
  const redis = REDIS_URL ? null : await startRedis();
  const database = await emptyDatabase(DATABASE_URL ?? postgres!.url);
  return {
    natsUrl: NATS_URL ?? nats?.url ?? '',
    databaseUrl: database.url,
    redisUrl: REDIS_URL ?? redis!.url,
    anotherDatabase: () => emptyDatabase(DATABASE_URL ?? postgres!.url),
    stop: async () => {
      await database.drop();
      await nats?.remove();
      await postgres?.stop();
      await redis?.stop();
    },
  };
}
