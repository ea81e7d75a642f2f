/** A whole OPMAS: its servers, its services and its web pages, started in order and stopped in order. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureCertificate, ownNames } from './certificate.mjs';
import { StartFault } from './host.mjs';
import { isOff, publicPorts } from './options.mjs';
import { root } from './places.mjs';
import { claimPort, holderOf, isFree, releasePort } from './ports.mjs';
import { ensureSecret, serverPasswords } from './run-record.mjs';
import { natsUnit } from './servers/nats.mjs';
import { requirePostgres } from './servers/postgres-binaries.mjs';
import { clusterMajor, postgresUnit } from './servers/postgres.mjs';
import { redisUnit } from './servers/redis.mjs';
import { services as allServices } from './services.mjs';
import { Supervised } from './supervised.mjs';
import { requireTool } from './tools.mjs';

/** A nursery of 32 MiB: frames live for one turn of the event loop, and the default 16 sweeps half of them into the old space. */
const NODE_FLAGS = ['--max-semi-space-size=32', '--enable-source-maps'];

/**
 * @typedef {object} StackOptions
 * @property {string} data
 * @property {Record<import('./options.mjs').PortKey, number>} ports 0: a free one
 * @property {(text: string) => void} say
 * @property {NodeJS.ProcessEnv} env NATS_URL, DATABASE_URL and REDIS_URL replace the private servers
 * @property {string} [adminPassword]
 * @property {Record<string, string>} [serviceEnv] for every service, over what the table says
 * @property {string[]} [only] names of the services to start; all
 * @property {boolean} [durable] false: Postgres without fsync, for tests
 * @property {import('./services.mjs').Service[]} [services] another table, for tests
 * @property {boolean} [restart] whether a service that dies is started again; true
 */

/** @typedef {{ syslogUdp: string, syslogTcp: string, syslogTls: string, ingestHttp: string, otlpHttp: string, api: string, ui: string, nats: string, postgres: string, redis: string, health: Record<string, string> }} Endpoints */

/**
 * @typedef {object} Running
 * @property {Supervised} process
 * @property {number} healthPort
 */

export class Stack {
  #options;
  /** @type {Record<import('./options.mjs').PortKey, number>} */
  #ports;
  /** @type {number[]} */
  #claimed = [];
  /** @type {Map<string, Supervised>} */
  servers = new Map();
  /** @type {Map<string, Running>} */
  services = new Map();
  #urls = { nats: '', postgres: '', redis: '' };
  /** @type {string | null} */
  #authority = null;
  #tls = { cert: '', key: '', ca: '' };
  #stopping = false;

  /** @param {StackOptions} options */
  constructor(options) {
    this.#options = options;
    this.#ports = { ...options.ports };
  }

  get rows() {
    const { only, services = allServices } = this.#options;
    return only ? services.filter((row) => only.includes(row.name)) : services;
  }

  async #claim() {
    const port = await claimPort();
    this.#claimed.push(port);
    return port;
  }

  /** Settles every public port before anything starts: one that is taken is a fault that names it. */
  async settlePorts() {
    for (const { key, variable, usual, protocol } of publicPorts) {
      if (!this.#isServed(key)) continue;
      if (this.#ports[key] === 0) this.#ports[key] = await this.#claim();
      else await checkPort(this.#ports[key], protocol, variable, usual);
    }
  }

  /** @param {import('./options.mjs').PortKey} key */
  #isServed(key) {
    if (isOff(key, this.#options.env)) return false;
    const owner = key === 'ui' ? 'ui' : key === 'api' ? 'query-api' : 'ingestor';
    return this.rows.some((row) => row.name === owner);
  }

  /** Starts the private servers that nothing replaces, at the same time. */
  async startServers() {
    const { env, data, say } = this.#options;
    const passwords = env['DATABASE_URL'] && env['REDIS_URL'] ? { postgres: '', redis: '' } : serverPasswords(data);
    const starts = [];
    if (env['NATS_URL']) this.#urls.nats = env['NATS_URL'];
    else {
      const program = await requireTool('nats-server', say);
      const unit = natsUnit({ program, port: await this.#claim(), folder: join(data, 'nats') });
      this.#urls.nats = unit.url;
      starts.push(this.#startServer(unit));
    }
    if (env['REDIS_URL']) this.#urls.redis = env['REDIS_URL'];
    else {
      const program = await requireTool('redis-server', say);
      const unit = redisUnit({
        program,
        port: await this.#claim(),
        folder: join(data, 'redis'),
        password: passwords.redis,
      });
      this.#urls.redis = unit.url;
      starts.push(this.#startServer(unit));
    }
    if (env['DATABASE_URL']) this.#urls.postgres = env['DATABASE_URL'];
    else starts.push(this.#startPostgres(passwords.postgres));
    await Promise.all(starts);
  }

  /** @param {string} password */
  async #startPostgres(password) {
    const { data, say, durable = true } = this.#options;
    const folder = join(data, 'postgres');
    const major = clusterMajor(folder);
    const binaries = await requirePostgres(major === undefined ? {} : { major }, say);
    const unit = postgresUnit({ binaries, port: await this.#claim(), folder, password, durable });
    this.#urls.postgres = unit.url;
    await this.#startServer(unit);
  }

  /** @param {import('./supervised.mjs').Unit} unit */
  async #startServer(unit) {
    this.#refuseWhileStopping();
    const server = this.#supervise(unit, true);
    this.servers.set(unit.name, server);
    await server.start();
  }

  /**
   * @param {import('./supervised.mjs').Unit} unit
   * @param {boolean} restart
   */
  #supervise(unit, restart) {
    return new Supervised(unit, {
      logPath: join(this.#options.data, 'logs', `${unit.name}.log`),
      restart,
      say: this.#options.say,
    });
  }

  /** Starts every service of the table at the same time, and waits until each says that it is ready. */
  async startServices() {
    // Made here, because two services would make it at the same time.
    ensureSecret(this.#place().secretFile);
    if (this.#isServed('syslogTls')) await this.#settleCertificate();
    await Promise.all(this.rows.map((row) => this.startService(row.name)));
  }

  /** The certificate that the environment names, or one of this data folder. */
  async #settleCertificate() {
    const { env, data, say } = this.#options;
    const given = (/** @type {string} */ name) => (env[name] ? resolve(env[name]) : '');
    const ca = given('SYSLOG_TLS_CA_FILE');
    if (env['SYSLOG_TLS_CERT_FILE'] !== undefined) {
      this.#tls = { cert: given('SYSLOG_TLS_CERT_FILE'), key: given('SYSLOG_TLS_KEY_FILE'), ca };
      return;
    }
    const made = await ensureCertificate(join(data, 'tls'), { names: ownNames(env['OPMAS_TLS_NAMES']), say });
    this.#tls = { cert: made.cert, key: made.key, ca };
    this.#authority = made.ca;
  }

  /** What senders over TLS are to trust, where the certificate was made here. */
  get authority() {
    return this.#authority;
  }

  /**
   * @param {string} name a row of the table
   * @param {{ as?: string, env?: Record<string, string> }} [options] as: another name, for a rival replica
   * @returns {Promise<Supervised>}
   */
  async startService(name, options = {}) {
    const process = await this.addService(name, options);
    this.#refuseWhileStopping();
    await process.start();
    return process;
  }

  /**
   * Describes a service without starting it.
   * @param {string} name
   * @param {{ as?: string, env?: Record<string, string> }} [options]
   */
  async addService(name, options = {}) {
    const row = this.rows.find((candidate) => candidate.name === name);
    if (!row) throw new Error(`no service of the name ${name}`);
    const as = options.as ?? name;
    const healthPort = row.healthPort?.(this.#place()) ?? (await this.#claim());
    const { data } = this.#options;
    mkdirSync(data, { recursive: true });
    /** @type {import('./supervised.mjs').Unit} */
    const unit = {
      name: as,
      command: process.execPath,
      args: [...NODE_FLAGS, join(root, row.entry)],
      // Files that a service makes by a relative name belong to the data.
      cwd: data,
      env: {
        ...this.#commonEnv(as, healthPort),
        ...row.env(this.#place()),
        ...this.#options.serviceEnv,
        ...options.env,
      },
      isReady: () => askReady(healthPort),
    };
    const supervised = this.#supervise(unit, this.#options.restart ?? true);
    this.services.set(as, { process: supervised, healthPort });
    return supervised;
  }

  /** @returns {import('./services.mjs').Place} */
  #place() {
    const { data, env, adminPassword } = this.#options;
    const secretFile = env['OPMAS_SECRET_FILE'] ? resolve(env['OPMAS_SECRET_FILE']) : join(data, 'secret.key');
    return {
      data,
      ports: this.#ports,
      database: this.#urls.postgres,
      redis: this.#urls.redis,
      secretFile,
      tls: this.#tls,
      adminPassword,
    };
  }

  /**
   * @param {string} instance
   * @param {number} healthPort
   * @returns {Record<string, string>}
   */
  #commonEnv(instance, healthPort) {
    const { data } = this.#options;
    // Stable over restarts, so that a replica gets its shards back at once; unlike any other machine's or data folder's.
    const place = createHash('sha256').update(`${hostname()} ${data}`).digest('hex').slice(0, 8);
    return {
      NODE_ENV: 'production',
      NATS_URL: this.#urls.nats,
      HTTP_PORT: String(healthPort),
      OPMAS_INSTANCE: `${place}-${instance}`,
      OPMAS_PARENT_PID: String(process.pid),
    };
  }

  /** What was still being prepared when another part failed must not start behind the stop's back. */
  #refuseWhileStopping() {
    if (this.#stopping) throw new StartFault('stopped before everything had started');
  }

  /** Processes that run now. */
  children() {
    const all = [...this.servers.values(), ...[...this.services.values()].map((running) => running.process)];
    return all.filter((child) => child.pid > 0).map((child) => ({ name: child.name, pid: child.pid }));
  }

  /** @returns {Endpoints} */
  endpoints() {
    const ports = this.#ports;
    const health = Object.fromEntries(
      [...this.services].map(([name, { healthPort }]) => [name, `http://127.0.0.1:${healthPort}`]),
    );
    return {
      syslogUdp: `udp://127.0.0.1:${ports.syslogUdp}`,
      syslogTcp: `tcp://127.0.0.1:${ports.syslogTcp}`,
      syslogTls: `tls://127.0.0.1:${ports.syslogTls}`,
      ingestHttp: `http://127.0.0.1:${ports.ingestHttp}`,
      otlpHttp: `http://127.0.0.1:${ports.otlpHttp}`,
      api: `http://127.0.0.1:${ports.api}`,
      ui: `http://127.0.0.1:${ports.ui}`,
      nats: this.#urls.nats,
      postgres: this.#urls.postgres,
      redis: this.#urls.redis,
      health,
    };
  }

  /** Stops the services one after the other, consumers before what they read from, then the servers. A second call waits with the first. */
  async stop() {
    if (this.#stopping) return;
    this.#stopping = true;
    const order = this.rows.map((row) => row.name);
    const running = [...this.services.values()].map((entry) => entry.process);
    const rank = (/** @type {string} */ name) => order.findIndex((candidate) => name.startsWith(candidate));
    running.sort((a, b) => rank(a.name) - rank(b.name));
    for (const service of running) await service.stop();
    for (const name of ['redis', 'postgres', 'nats']) await this.servers.get(name)?.stop();
    for (const port of this.#claimed) releasePort(port);
  }

  /** Ends everything at once, by force. */
  kill() {
    for (const { process } of this.services.values()) void process.stop(0);
    for (const server of this.servers.values()) void server.stop(0);
  }
}

/**
 * @param {number} port
 * @param {'tcp' | 'udp'} protocol
 * @param {string} variable
 * @param {number} usual
 */
async function checkPort(port, protocol, variable, usual) {
  if (await isFree(port, protocol)) return;
  const holder = holderOf(port, protocol);
  const who = holder ? ` by process ${holder.pid} (${holder.command.slice(0, 120)})` : '';
  throw new StartFault(
    `port ${port} (${protocol}) is in use${who}.\n  End that process, or choose another port: ${variable}=${usual + 1000} npm start. All ports at once: npm start -- --port-offset 1000`,
  );
}

/**
 * @param {number} port
 * @returns {Promise<true | string>}
 */
async function askReady(port) {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(
    () => null,
  );
  if (!response) return 'it does not answer yet';
  if (response.ok) {
    await response.body?.cancel();
    return true;
  }
  const text = await response.text();
  return failedChecks(text) || `it answers with status ${response.status}`;
}

/** @param {string} text the body of /readyz */
function failedChecks(text) {
  try {
    const { checks = {} } = JSON.parse(text);
    return Object.entries(checks)
      .filter(([, check]) => !check.ok)
      .map(([name, check]) => `${name}: ${check.detail}`)
      .join('; ');
  } catch {
    return '';
  }
}
