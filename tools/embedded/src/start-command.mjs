/** `npm start`: from a fresh clone to a running system, and back. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { guardian } from './guardian.mjs';
import { StartFault, checkHost } from './host.mjs';
import { LogFile } from './log-file.mjs';
import { parseOptions, usage } from './options.mjs';
import { ensurePackages } from './packages.mjs';
import { root, workPlace } from './places.mjs';
import { releasePorts } from './ports.mjs';
import { isTaken, leaveFolder, takeFolder, writeRecord, writeWhole } from './run-record.mjs';
import { Stack } from './stack.mjs';
import { Supervised } from './supervised.mjs';

const DEMO_ENTRY = 'tools/cli/bin/opmas.mjs';
const WATCH_MS = 1_000;
const LOG_BYTES = 1024 * 1024;

/** @typedef {import('./options.mjs').StartOptions} StartOptions */

class StartCommand {
  #options;
  #env;
  #began = Date.now();
  /** @type {Stack} */
  #stack;
  /** @type {Supervised | null} */
  #demo = null;
  #password;
  #passwordShown = false;
  /** @type {LogFile} */
  #apiLog;
  #apiLogFrom;
  /** @type {NodeJS.Timeout | null} */
  #watch = null;
  /** @type {Promise<void> | null} */
  #end = null;

  /**
   * @param {StartOptions} options
   * @param {NodeJS.ProcessEnv} env
   */
  constructor(options, env) {
    this.#options = options;
    this.#env = env;
    this.#password = env['OPMAS_ADMIN_PASSWORD'] ?? randomBytes(12).toString('base64url');
    this.#apiLog = new LogFile(join(options.data, 'logs', 'query-api.log'));
    this.#apiLogFrom = this.#apiLog.size;
    this.#stack = new Stack({
      data: options.data,
      ports: options.ports,
      env,
      say: (text) => this.#say(text, true),
      adminPassword: this.#password,
      ...(options.ui ? {} : { only: ['query-api', 'actions', 'agents', 'parser', 'ingestor'] }),
    });
  }

  /**
   * @param {string} text
   * @param {boolean} [always] said with --quiet too: something goes wrong
   */
  #say(text, always = false) {
    if (!this.#options.quiet || always) process.stdout.write(`  ${text}\n`);
  }

  async run() {
    const say = (/** @type {string} */ text) => this.#say(text);
    await takeFolder(this.#options.data, (text) => this.#say(text, true));
    if (this.#options.ephemeral) guardian().removeAtEnd(this.#options.data);
    await this.#stack.settlePorts();
    await ensurePackages(say);
    await ensureBuilt({ say, entries: this.#stack.rows.map((row) => row.entry) });
    say('starting servers (NATS, Postgres, Redis)');
    await this.#stack.startServers();
    writeRecord(this.#options.data, this.#stack.children());
    say(`starting ${this.#stack.rows.map((row) => row.name).join(', ')}`);
    await this.#stack.startServices();
    writeRecord(this.#options.data, this.#stack.children());
    this.#writeEndpoints();
    if (this.#options.demo) await this.#startDemo();
    this.#showTable();
    this.#showPassword();
    this.#watch = setInterval(() => this.#showPassword(), WATCH_MS);
    const seconds = ((Date.now() - this.#began) / 1000).toFixed(1);
    process.stdout.write(
      `OPMAS ready in ${seconds} s: ${this.#options.ui ? this.#stack.endpoints().ui : this.#stack.endpoints().api}\n`,
    );
  }

  /** Into the data folder; for a temporary one into the usual place as well, where scripts look, unless another run lives there. */
  #writeEndpoints() {
    const text = `${JSON.stringify(this.#stack.endpoints(), null, 2)}\n`;
    writeWhole(join(this.#options.data, 'endpoints.json'), text);
    if (!this.#options.ephemeral || isTaken(workPlace)) return;
    mkdirSync(workPlace, { recursive: true });
    writeWhole(join(workPlace, 'endpoints.json'), text);
  }

  async #startDemo() {
    if (!existsSync(join(root, DEMO_ENTRY))) throw new StartFault(`--demo needs ${DEMO_ENTRY}, which is not there`);
    const target = this.#stack.endpoints().syslogTcp;
    const fleet = ['--devices', '30', '--rate', '50', '--scenario', 'mixed', '--seed', '1', '--to', target];
    this.#demo = new Supervised(
      {
        name: 'demo',
        command: process.execPath,
        args: [join(root, DEMO_ENTRY), 'simulate', ...fleet],
        cwd: root,
        graceMs: 3_000,
        isReady: async () => true,
      },
      { logPath: join(this.#options.data, 'logs', 'demo.log'), say: (text) => this.#say(text, true) },
    );
    await this.#demo.start();
  }

  #showTable() {
    if (this.#options.quiet) return;
    const { syslogUdp, syslogTcp, syslogTls, ingestHttp, otlpHttp, api, ui, nats, postgres, redis } =
      this.#stack.endpoints();
    const rows = [
      ...(this.#options.ui ? [['web pages', ui]] : []),
      ['API', `${api}/api/v1   (described at ${api}/api/docs)`],
      ['syslog', `${syslogUdp}, ${syslogTcp}${syslogTls.endsWith(':0') ? '' : `, ${syslogTls}`}`],
      ...(this.#stack.authority ? [['TLS senders', `trust ${this.#stack.authority}`]] : []),
      ['HTTP import', `${ingestHttp}/v1/logs`],
      ...(otlpHttp.endsWith(':0') ? [] : [['OTLP logs', `${otlpHttp}/v1/logs`]]),
      ['NATS', withoutPassword(nats)],
      ['Postgres', withoutPassword(postgres)],
      ['Redis', withoutPassword(redis)],
      ['data, logs', `${this.#options.data}${this.#options.ephemeral ? ' (removed at the end)' : ''}`],
      ...(this.#demo ? [['demo', '30 simulated routers, 50 lines/s']] : []),
    ];
    process.stdout.write(`\n${rows.map(([name = '', value = '']) => `  ${name.padEnd(12)} ${value}\n`).join('')}\n`);
  }

  /** The password is told when the user was really made with it, and never again. */
  #showPassword() {
    if (this.#passwordShown) return;
    const made = this.#apiLog
      .linesSince(this.#apiLogFrom, LOG_BYTES)
      .some((line) => line.includes('"event":"admin-created"'));
    this.#apiLogFrom = this.#apiLog.size;
    if (!made) return;
    this.#passwordShown = true;
    const shown = this.#env['OPMAS_ADMIN_PASSWORD']
      ? 'as given in OPMAS_ADMIN_PASSWORD'
      : `${this.#password}   (shown this once)`;
    process.stdout.write(`  user admin, password ${shown}\n\n`);
  }

  get isStopping() {
    return this.#end !== null;
  }

  /** Stops everything in order; a second call waits for the same end. */
  stop() {
    this.#end ??= this.#stop();
    return this.#end;
  }

  async #stop() {
    if (this.#watch) clearInterval(this.#watch);
    // Also when the start failed after the user was made: nobody would ever learn it.
    this.#showPassword();
    await this.#demo?.stop();
    await this.#stack.stop();
    await guardian().close();
    leaveFolder(this.#options.data);
    if (this.#options.ephemeral) {
      rmSync(this.#options.data, { recursive: true, force: true });
      if (!isTaken(workPlace)) rmSync(join(workPlace, 'endpoints.json'), { force: true });
    }
    releasePorts();
  }

  kill() {
    void this.#demo?.stop(0);
    this.#stack.kill();
  }
}

/** @param {string} url */
function withoutPassword(url) {
  return url.replace(/:[^:@/]*@/, ':***@');
}

/**
 * Runs until it is told to stop; answers the status to end with.
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
export async function startCommand(argv, env) {
  /** @type {StartCommand | null} */
  let command = null;
  try {
    checkHost();
    const options = parseOptions(argv, env);
    if (options.help) {
      process.stdout.write(usage);
      return 0;
    }
    command = new StartCommand(options, env);
    const told = signalled(command, env);
    await Promise.race([command.run(), told]);
    await told;
    return 0;
  } catch (error) {
    if (command?.isStopping) {
      // Told to stop while it was starting: what fails then is the start's own end.
      await command.stop();
      return 0;
    }
    const fault = /** @type {Error} */ (error);
    process.stderr.write(`\nOPMAS cannot start: ${fault instanceof StartFault ? fault.message : fault.stack}\n`);
    await command?.stop();
    return 1;
  }
}

/**
 * Under npm: calls back when npm is gone, which a shell between the two may not tell us.
 * @param {NodeJS.ProcessEnv} env
 * @param {() => void} gone
 */
function watchNpm(env, gone) {
  const parent = process.ppid;
  if (!env['npm_lifecycle_event'] || parent <= 1) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, WATCH_MS);
  timer.unref();
}

/**
 * Resolves when everything is stopped after a signal. A second signal ends everything by force.
 * @param {StartCommand} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
function signalled(command, env) {
  return new Promise((resolve, reject) => {
    let count = 0;
    const stop = () => {
      count += 1;
      if (count === 1) {
        process.stdout.write('\n  stopping (once more: at once, by force)\n');
        command.stop().then(resolve, reject);
      } else if (count === 2) command.kill();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
    watchNpm(env, () => count === 0 && stop());
  });
}
