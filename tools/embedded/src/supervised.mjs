/** One supervised process: started until it is ready, started again with back-off when it dies, stopped politely, killed late. */
import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { guardian } from './guardian.mjs';
import { StartFault, sleep } from './host.mjs';
import { LogFile } from './log-file.mjs';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A process that ran this long has earned a fresh back-off. */
const STEADY_MS = 60_000;
const PROBE_MS = 50;
/** After so long without being ready, what is missing is said. */
const PATIENCE_MS = 10_000;
const ROTATE_MS = 5_000;
/** What a process that has ended left in its group gets so long to end as well, before it is killed. */
const ORPHANS_MS = 1_000;
const ORPHAN_POLL_MS = 10;
/** sysexits' EX_CONFIG: starting again would change nothing. */
const CONFIGURATION_REFUSED = 78;

/**
 * What to run.
 * @typedef {object} Unit
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {Record<string, string>} [env] added to this process's own
 * @property {string} [cwd]
 * @property {{ uid: number, gid: number } | null} [user]
 * @property {NodeJS.Signals} [stopSignal] the polite one; SIGTERM
 * @property {number} [graceMs] from the polite signal to SIGKILL; 25 s
 * @property {number} [rank] order of stopping should the supervisor die; 0 services, 1 servers
 * @property {number} [readyTimeoutMs] 90 s
 * @property {() => Promise<true | string>} isReady true, or what is still missing
 */

/**
 * @typedef {object} Listener
 * @property {(text: string) => void} [say] one line for a person: a crash, a restart
 */

/**
 * Whether a process group has members. Those that nobody has collected yet (zombies) count.
 * @param {number} leader
 */
function groupExists(leader) {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Waits for the children that outlive their group's leader: they saw the same signal and end a moment later, or by force.
 * @param {number} leader process id of the leader that has ended; 0 when there was none
 */
async function endOrphans(leader) {
  if (leader === 0) return;
  const gone = async () => {
    for (let waited = 0; waited < ORPHANS_MS; waited += ORPHAN_POLL_MS) {
      if (!groupExists(leader)) return true;
      await sleep(ORPHAN_POLL_MS);
    }
    return false;
  };
  if (await gone()) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    return;
  }
  await gone();
}

export class Supervised {
  /** @type {Unit} */
  unit;
  /** @type {LogFile} */
  log;
  /** How often it was started again after it ended by itself. */
  restarts = 0;
  #restart;
  /** @type {(text: string) => void} */
  #say;
  /** @type {import('node:child_process').ChildProcess | null} */
  #child = null;
  /** @type {Promise<void>} */
  #ended = Promise.resolve();
  #wanted = false;
  #ready = false;
  #failures = 0;
  #startedAt = 0;
  #logFrom = 0;
  /** @type {NodeJS.Timeout | null} */
  #again = null;
  /** @type {NodeJS.Timeout | null} */
  #rotation = null;
  /** @type {number | null} */
  #lastCode = null;

  /**
   * @param {Unit} unit
   * @param {{ logPath: string, logBytes?: number, restart?: boolean } & Listener} options restart: whether a death is answered by a new start
   */
  constructor(unit, options) {
    this.unit = unit;
    this.log = new LogFile(options.logPath, options.logBytes ? { maxBytes: options.logBytes } : {});
    this.#restart = options.restart ?? true;
    this.#say = options.say ?? (() => undefined);
  }

  get name() {
    return this.unit.name;
  }

  /** The process id of the present life; 0 while there is none. */
  get pid() {
    return this.#child?.pid ?? 0;
  }

  get isRunning() {
    return this.#child !== null;
  }

  /** The log lines of the present life. */
  linesOfThisLife() {
    return this.log.linesSince(this.#logFrom);
  }

  /** Starts it and waits until it is ready. Throws a StartFault with its last log lines when it does not become so. */
  async start() {
    this.#wanted = true;
    this.#rotation ??= setInterval(() => this.log.rotate(), ROTATE_MS).unref();
    if (!this.#child) this.#spawn();
    await this.waitReady();
  }

  /**
   * @param {number} [timeoutMs]
   */
  async waitReady(timeoutMs = this.unit.readyTimeoutMs ?? 90_000) {
    const deadline = Date.now() + timeoutMs;
    let sayAt = Date.now() + PATIENCE_MS;
    let missing = 'it has not started';
    while (Date.now() < deadline) {
      if (!this.#wanted) throw new StartFault(`${this.name} was stopped before it was ready`);
      if (!this.#child && (!this.#restart || this.#lastCode === CONFIGURATION_REFUSED)) break;
      if (this.#child) {
        const answer = await this.unit.isReady().catch((/** @type {Error} */ error) => error.message);
        // A life that ended during the probe may have left the answer of another.
        if (answer === true && this.#child) {
          this.#ready = true;
          return;
        }
        missing = answer === true ? 'it ended' : answer;
      }
      if (Date.now() > sayAt) {
        this.#say(`still waiting for ${this.name}: ${this.#child ? missing : this.#ending()}`);
        sayAt += PATIENCE_MS;
      }
      await sleep(PROBE_MS);
    }
    throw new StartFault(
      `${this.name} did not become ready: ${this.#child ? missing : this.#ending()}${this.#excerpt()}`,
    );
  }

  #ending() {
    return `it ended with status ${this.#lastCode ?? 'unknown'}`;
  }

  #excerpt() {
    const lines = this.log.tail(6, this.#logFrom);
    const shown = lines.length > 0 ? `\n${lines.map((line) => `    ${line.slice(0, 300)}`).join('\n')}` : '';
    return `${shown}\n    (log: ${this.log.path})`;
  }

  #spawn() {
    const { unit } = this;
    this.#logFrom = this.log.size;
    this.#startedAt = Date.now();
    this.#ready = false;
    const output = this.log.open();
    const child = spawn(unit.command, unit.args, {
      cwd: unit.cwd,
      env: { ...process.env, ...unit.env },
      // Its own process group: Ctrl-C in a terminal reaches the supervisor alone, which stops everything in order.
      detached: true,
      stdio: ['ignore', output, output],
      ...(unit.user ? { uid: unit.user.uid, gid: unit.user.gid } : {}),
    });
    closeSync(output);
    this.#child = child;
    const { pid } = child;
    if (pid) guardian().watch(pid, unit.rank ?? 0, unit.stopSignal ?? 'SIGTERM');
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => this.#afterEnd(child, `cannot be run: ${error.message}`, null, resolve));
      child.once('exit', (code, signal) => {
        if (pid) guardian().forget(pid);
        this.#afterEnd(child, signal ? `was ended by ${signal}` : `ended with status ${code}`, code, resolve);
      });
    });
  }

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {string} how
   * @param {number | null} code
   * @param {() => void} resolve
   */
  #afterEnd(child, how, code, resolve) {
    if (this.#child !== child) return resolve();
    this.#child = null;
    this.#lastCode = code;
    resolve();
    if (!this.#wanted || !this.#restart) return;
    if (code === CONFIGURATION_REFUSED) {
      this.#say(`${this.name} refused its configuration and stays down:${this.#excerpt()}`);
      return;
    }
    if (this.#ready && Date.now() - this.#startedAt > STEADY_MS) this.#failures = 0;
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    this.#say(`${this.name} ${how}; starting it again in ${pauseMs / 1000} s. Its last lines:${this.#excerpt()}`);
    this.#again = setTimeout(() => {
      this.#again = null;
      if (!this.#wanted || this.#child) return;
      this.restarts += 1;
      this.#spawn();
      this.waitReady().then(
        () => this.#say(`${this.name} is ready again`),
        () => undefined,
      );
    }, pauseMs);
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    if (!this.pid) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It ended by itself.
    }
  }

  /**
   * Stops it politely, by force after the grace time. Resolves when the process and the children in its group are gone; a second
   * call waits for the same end.
   */
  async stop(graceMs = this.unit.graceMs ?? 25_000) {
    this.#wanted = false;
    const { pid } = this;
    if (this.#again) clearTimeout(this.#again);
    this.#again = null;
    if (this.#rotation) clearInterval(this.#rotation);
    this.#rotation = null;
    this.signal(this.unit.stopSignal ?? 'SIGTERM');
    // One that is paused sees the signal only when it goes on.
    this.signal('SIGCONT');
    const force = setTimeout(() => this.signal('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(force);
    await endOrphans(pid);
  }

  /** As a power cut to this one process. It is started again unless `restart` was false; resolves when it is gone. */
  async kill9() {
    const ended = this.#ended;
    this.signal('SIGKILL');
    await ended;
  }

  /** Stops it where it stands (SIGSTOP). */
  pause() {
    this.signal('SIGSTOP');
  }

  /** Lets it go on (SIGCONT). */
  resume() {
    this.signal('SIGCONT');
  }
}
