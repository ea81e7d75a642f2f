/** Real servers for tests: each in a folder of its own on a free port, gone at the end, even when the test run is killed. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardian } from './guardian.mjs';
import { claimPort, releasePort } from './ports.mjs';
import { natsUnit } from './servers/nats.mjs';
import { requirePostgres } from './servers/postgres-binaries.mjs';
import { postgresUnit } from './servers/postgres.mjs';
import { redisUnit } from './servers/redis.mjs';
import { Supervised } from './supervised.mjs';
import { requireTool } from './tools.mjs';

const silent = () => undefined;

/**
 * A new folder that other accounts may pass through (Postgres'), removed at the end.
 * @param {string} name
 */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `opmas-${name}-`));
  chmodSync(folder, 0o711);
  guardian().removeAtEnd(folder);
  return folder;
}

/**
 * @param {string} name
 * @param {(place: { port: number, folder: string }) => import('./supervised.mjs').Unit & { url: string, storeDir: string }} describe
 */
async function startServer(name, describe) {
  const folder = temporaryFolder(name);
  const port = await claimPort();
  const unit = describe({ port, folder: join(folder, name) });
  const server = new Supervised(unit, { logPath: join(folder, `${name}.log`), restart: false });
  const handle = {
    url: unit.url,
    port,
    storeDir: unit.storeDir,
    logPath: server.log.path,
    get pid() {
      return server.pid;
    },
    start: () => server.start(),
    halt: () => server.stop(),
    kill9: () => server.kill9(),
    restart: async () => {
      await server.stop();
      await server.start();
    },
    pause: () => server.pause(),
    resume: () => server.resume(),
    stop: async () => {
      await server.stop(5_000);
      releasePort(port);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
  } catch (error) {
    await handle.stop();
    throw error;
  }
  return handle;
}

/** @param {{ maxPayloadBytes?: number, configuration?: string }} [options] */
export async function startNats(options = {}) {
  const program = await requireTool('nats-server', silent);
  return startServer('nats', (place) => natsUnit({ ...place, ...options, program }));
}

/** @param {{ bundledOnly?: boolean }} [options] */
export async function startPostgres(options = {}) {
  const binaries = await requirePostgres(options, silent);
  return startServer('postgres', (place) => postgresUnit({ ...place, binaries, durable: false }));
}

export async function startRedis() {
  const program = await requireTool('redis-server', silent);
  return startServer('redis', (place) => redisUnit({ ...place, program }));
}
