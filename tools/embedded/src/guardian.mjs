/** The tie between this process and its children: a small process that ends them should this one die without a word. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { processIdentity } from './host.mjs';

const program = fileURLToPath(new URL('./guardian-process.mjs', import.meta.url));

export class Guardian {
  /** @type {import('node:child_process').ChildProcess | null} */
  #process = null;

  /** @param {string} line */
  #tell(line) {
    if (!this.#process) {
      this.#process = spawn(process.execPath, [program], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
      this.#process.stdin?.on('error', () => undefined);
      this.#process.unref();
      /** @type {import('node:net').Socket} */ (this.#process.stdin).unref();
    }
    this.#process.stdin?.write(`${line}\n`);
  }

  /**
   * @param {number} pid leader of its own process group
   * @param {number} rank lower ranks are stopped first
   * @param {NodeJS.Signals} signal the polite one
   */
  watch(pid, rank, signal) {
    const identity = processIdentity(pid);
    if (identity) this.#tell(`watch ${pid} ${rank} ${signal} ${identity}`);
  }

  /** @param {number} pid */
  forget(pid) {
    if (this.#process) this.#tell(`forget ${pid}`);
  }

  /**
   * A folder that goes when this process does.
   * @param {string} folder
   */
  removeAtEnd(folder) {
    this.#tell(`remove ${folder}`);
  }

  /** Ends the guardian; resolves when it is gone, and with it whatever it still watched. */
  async close() {
    const guardian = this.#process;
    if (!guardian) return;
    this.#process = null;
    const ended = new Promise((resolve) => guardian.once('exit', resolve));
    guardian.ref();
    guardian.stdin?.end();
    await ended;
  }
}

/** @type {Guardian | null} */
let shared = null;

/** The one guardian of this process. */
export function guardian() {
  shared ??= new Guardian();
  return shared;
}
