/** A private Postgres, on loopback: its cluster is made on the first start, and runs under an unprivileged account where we are root. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { StartFault, canTraverse, unprivilegedUser } from '../host.mjs';

const USER = 'opmas';
const OPEN_PLACE = '/var/lib/opmas';

/**
 * Where the cluster may stand: in the data folder, or below /var/lib/opmas where the account cannot reach that.
 * @param {string} folder
 */
export function clusterFolder(folder) {
  const account = unprivilegedUser();
  if (!account || canTraverse(folder, account)) return folder;
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return join(OPEN_PLACE, `cluster-${digest}`);
}

/**
 * The version of Postgres that made a cluster; undefined where there is none yet.
 * @param {string} folder as given to `clusterFolder`
 * @returns {number | undefined}
 */
export function clusterMajor(folder) {
  const file = join(clusterFolder(folder), 'PG_VERSION');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/**
 * Makes the cluster unless it is there.
 * @param {object} options
 * @param {import('./postgres-binaries.mjs').Binaries} options.binaries
 * @param {string} options.folder
 * @param {string | undefined} options.password asked of every client; undefined: loopback is trusted, for tests
 * @returns {string} the cluster's folder
 */
function ensureCluster({ binaries, folder, password }) {
  const place = clusterFolder(folder);
  if (existsSync(join(place, 'PG_VERSION'))) return place;
  const account = unprivilegedUser();
  mkdirSync(place, { recursive: true });
  chmodSync(place, 0o700);
  const secretFile = `${place}.secret`;
  writeFileSync(secretFile, `${password ?? 'none'}\n`, { mode: 0o600 });
  if (account) {
    chownSync(place, account.uid, account.gid);
    chownSync(secretFile, account.uid, account.gid);
  }
  const auth = password ? ['--auth=scram-sha-256', `--pwfile=${secretFile}`] : ['--auth=trust', '--no-sync'];
  try {
    execFileSync(
      join(binaries.folder, 'initdb'),
      ['-D', place, '-U', USER, '--encoding=UTF8', '--locale=C', '--no-instructions', ...auth],
      // The caller's folder may be closed to that account.
      {
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, LC_ALL: 'C' },
        ...(account ? { uid: account.uid, gid: account.gid } : {}),
      },
    );
  } catch (error) {
    // Half a cluster would be taken for a whole one next time.
    rmSync(place, { recursive: true, force: true });
    const detail =
      String(/** @type {{ stderr?: Buffer }} */ (error).stderr ?? '').trim() || /** @type {Error} */ (error).message;
    throw new StartFault(`Postgres could not make its data folder ${place}: ${detail}`);
  } finally {
    rmSync(secretFile, { force: true });
  }
  return place;
}

/**
 * @param {object} options
 * @param {import('./postgres-binaries.mjs').Binaries} options.binaries
 * @param {number} options.port
 * @param {string} options.folder
 * @param {string} [options.password]
 * @param {string} [options.database] made when it is missing; `opmas`
 * @param {boolean} [options.durable] false: no fsync, for tests
 * @returns {import('../supervised.mjs').Unit & { url: string, storeDir: string }}
 */
export function postgresUnit(options) {
  const place = ensureCluster({ binaries: options.binaries, folder: options.folder, password: options.password });
  const database = options.database ?? 'opmas';
  const login = options.password ? `${USER}:${encodeURIComponent(options.password)}` : USER;
  const base = `postgres://${login}@127.0.0.1:${options.port}`;
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  return {
    name: 'postgres',
    command: join(options.binaries.folder, 'postgres'),
    args: ['-D', place, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { LC_ALL: 'C' },
    cwd: '/',
    user: unprivilegedUser(),
    rank: 1,
    // Fast shutdown: it does not wait for clients to leave.
    stopSignal: 'SIGINT',
    url: `${base}/${database}`,
    storeDir: place,
    isReady: () => ensureDatabase(`${base}/postgres`, database),
  };
}

/**
 * Connects, and makes the database unless it is there.
 * @param {string} maintenanceUrl
 * @param {string} database
 * @returns {Promise<true>}
 */
async function ensureDatabase(maintenanceUrl, database) {
  await withClient(maintenanceUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${quoted(database)}`);
  });
  return true;
}

/** @param {string} name */
function quoted(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * @template T
 * @param {string} url
 * @param {(client: import('pg').Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withClient(url, work) {
  // Loaded here, not above: the packages may not be installed yet when this module is read.
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
