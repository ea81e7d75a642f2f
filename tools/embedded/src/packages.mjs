/** The npm packages: installed when they are missing, or not those of the lock file. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFault } from './host.mjs';
import { LogFile } from './log-file.mjs';
import { root, workPlace } from './places.mjs';

/** Enough for every linter's complaint. */
const WHOLE_LOG = 1024 * 1024;

/** @param {string} file */
function packagesOf(file) {
  try {
    /** @type {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} */
    const lock = JSON.parse(readFileSync(file, 'utf8'));
    return lock.packages;
  } catch {
    return null;
  }
}

/**
 * Whether what npm noted as installed is what the lock file asks for. Optional packages may be absent (other platforms').
 * @param {string} [folder] the work tree
 */
export function packagesAreInstalled(folder = root) {
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  const present = packagesOf(join(folder, 'node_modules/.package-lock.json'));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const installed = present[path];
    if (!installed) return entry.optional === true || entry.link === true;
    return installed.version === entry.version;
  });
}

/**
 * Runs a program with its output in a log file, and says where it stands while it is long.
 * @param {string} name of the log file
 * @param {string[]} command
 * @param {{ say: (text: string) => void, doing: string, env?: Record<string, string>, note?: (line: string) => string | null }} options
 *   note: turns a line of output into a line for a person
 */
export async function runLogged(name, [program = '', ...args], { say, doing, env = {}, note }) {
  mkdirSync(join(workPlace, 'logs'), { recursive: true });
  const log = new LogFile(join(workPlace, 'logs', `${name}.log`));
  log.rotate();
  const from = log.size;
  const output = log.open();
  const began = Date.now();
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', output, output], env: { ...process.env, ...env } });
  const end = () => child.kill();
  process.once('exit', end);
  let seen = 0;
  const heartbeat = setInterval(() => {
    const lines = log
      .linesSince(from)
      .map((line) => note?.(line) ?? null)
      .filter((line) => line !== null);
    for (const line of lines.slice(seen)) say(line);
    if (lines.length === seen) say(`${doing} (${Math.round((Date.now() - began) / 1000)} s)`);
    seen = lines.length;
  }, 10_000);
  /** @type {number | null} */
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', resolve);
  });
  clearInterval(heartbeat);
  process.off('exit', end);
  return {
    ok: status === 0,
    seconds: (Date.now() - began) / 1000,
    tail: () => log.tail(25, from),
    lines: () => log.linesSince(from, WHOLE_LOG),
    path: log.path,
  };
}

/** Runs npm as the one that started us, else the one on PATH. */
function npm() {
  const own = process.env['npm_execpath'];
  return own && /npm-cli\.c?js$/.test(own) && existsSync(own) ? [process.execPath, own] : ['npm'];
}

/**
 * Installs the packages where that is needed.
 * @param {(text: string) => void} say
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function ensurePackages(say) {
  if (packagesAreInstalled()) return false;
  say('installing packages (npm ci); the first time takes a minute or two');
  const result = await runLogged('npm-ci', [...npm(), 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    say,
    doing: 'still installing packages',
  });
  if (!result.ok) {
    throw new StartFault(
      `npm ci failed:\n${result
        .tail()
        .map((line) => `    ${line}`)
        .join('\n')}\n    (log: ${result.path})`,
    );
  }
  say(`packages installed in ${result.seconds.toFixed(0)} s`);
  return true;
}
