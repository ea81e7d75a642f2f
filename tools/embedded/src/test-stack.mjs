/** The whole system for end-to-end tests: free ports, a folder of its own, a handle for each process. */
import { rmSync } from 'node:fs';
import { guardian } from './guardian.mjs';
import { Stack } from './stack.mjs';
import { temporaryFolder } from './test-servers.mjs';

const FREE_PORTS = { syslogUdp: 0, syslogTcp: 0, syslogTls: 0, ingestHttp: 0, otlpHttp: 0, api: 0, ui: 0 };
export const TEST_PASSWORD = 'opmas-test-password';

/**
 * @param {import('./supervised.mjs').Supervised} process
 */
function handleOf(process) {
  return {
    name: process.name,
    logPath: process.log.path,
    get pid() {
      return process.pid;
    },
    get restarts() {
      return process.restarts;
    },
    kill9: () => process.kill9(),
    stop: () => process.stop(),
    start: () => process.start(),
    waitReady: () => process.waitReady(),
    pause: () => process.pause(),
    resume: () => process.resume(),
  };
}

/**
 * @param {object} [options]
 * @param {Record<string, string>} [options.env] for every service
 * @param {number} [options.leaseMs]
 * @param {number} [options.duplicateWindowMs]
 * @param {string[]} [options.services] which to start; all but the web pages
 * @param {import('./services.mjs').Service[]} [options.table] another table of services
 * @param {boolean} [options.restart] whether a service that dies is started again; true
 */
export async function startStack(options = {}) {
  const data = temporaryFolder('stack');
  /** @type {string[]} */
  const said = [];
  const stack = new Stack({
    data,
    ports: { ...FREE_PORTS },
    say: (text) => said.push(text),
    env: {},
    durable: false,
    restart: options.restart ?? true,
    adminPassword: TEST_PASSWORD,
    serviceEnv: {
      ...(options.leaseMs ? { OPMAS_LEASE_MS: String(options.leaseMs) } : {}),
      ...(options.duplicateWindowMs ? { OPMAS_DUPLICATE_WINDOW_MS: String(options.duplicateWindowMs) } : {}),
      ...options.env,
    },
    only: options.services ?? ['query-api', 'actions', 'agents', 'parser', 'ingestor'],
    ...(options.table
      ? { services: options.table, only: options.services ?? options.table.map((row) => row.name) }
      : {}),
  });
  const stop = async () => {
    await stack.stop();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await stack.settlePorts();
    await stack.startServers();
    await stack.startServices();
  } catch (error) {
    await stack.stop();
    await guardian().close();
    throw error;
  }
  const services = () =>
    Object.fromEntries([...stack.services].map(([name, { process }]) => [name, handleOf(process)]));
  const servers = Object.fromEntries(
    [...stack.servers].map(([name, server]) => [
      name,
      Object.assign(handleOf(server), { storeDir: storeDirOf(server) }),
    ]),
  );
  return {
    data,
    endpoints: stack.endpoints(),
    admin: { username: 'admin', password: TEST_PASSWORD },
    servers,
    get services() {
      return services();
    },
    /** What a person would have been told: crashes and new starts. */
    said: /** @type {readonly string[]} */ (said),
    /**
     * Another replica of a service, on the same servers.
     * @param {string} name
     * @param {{ as?: string, env?: Record<string, string> }} [rival]
     */
    startRival: async (name, rival = {}) =>
      handleOf(await stack.startService(name, { as: rival.as ?? `${name}-rival`, env: rival.env ?? {} })),
    stop,
  };
}

/** @param {import('./supervised.mjs').Supervised} server */
function storeDirOf(server) {
  return /** @type {{ storeDir?: string }} */ (server.unit).storeDir ?? '';
}
