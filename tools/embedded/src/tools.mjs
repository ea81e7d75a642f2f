/** Finds the programs that OPMAS runs beside itself, or installs them: on PATH, in the usual folders, by the package manager, as a release. */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { StartFault, isRoot } from './host.mjs';
import { installRelease, releases } from './releases.mjs';

const FOLDERS = [
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/bin',
  '/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
];
const INSTALL_LIMIT_MS = 300_000;

/**
 * @typedef {object} Tool
 * @property {string[]} programs names of the program, the first one found counts
 * @property {string} apt Debian's package
 * @property {string | null} brew Homebrew's package
 * @property {keyof typeof releases | null} release
 */

/** @type {Record<string, Tool>} */
export const tools = {
  'nats-server': { programs: ['nats-server'], apt: 'nats-server', brew: 'nats-server', release: 'nats-server' },
  'redis-server': { programs: ['redis-server', 'valkey-server'], apt: 'redis-server', brew: 'redis', release: null },
  postgres: { programs: ['postgres'], apt: 'postgresql', brew: 'postgresql@17', release: null },
  // For tests only.
  dropbear: { programs: ['dropbear'], apt: 'dropbear-bin', brew: 'dropbear', release: null },
  dropbearkey: { programs: ['dropbearkey'], apt: 'dropbear-bin', brew: 'dropbear', release: null },
  chromium: { programs: ['chromium', 'chromium-browser', 'google-chrome'], apt: 'chromium', brew: null, release: null },
  busybox: { programs: ['busybox'], apt: 'busybox', brew: null, release: null },
  logger: { programs: ['logger'], apt: 'bsdutils', brew: null, release: null },
  rsyslog: { programs: ['rsyslogd'], apt: 'rsyslog', brew: 'rsyslog', release: null },
  'syslog-ng': { programs: ['syslog-ng'], apt: 'syslog-ng-core', brew: 'syslog-ng', release: null },
};

/**
 * A program on PATH or in one of the usual folders, which PATH often lacks (/usr/sbin, Homebrew's).
 * @param {string[]} names
 * @param {string[]} [further] folders to look into as well
 * @returns {string | null}
 */
export function findProgram(names, further = []) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...FOLDERS, ...further].filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  return null;
}

/**
 * The command that installs a package here, without asking anything; null where there is none, or no right to it.
 * @param {Tool} tool
 * @returns {{ steps: string[][], shown: string } | null}
 */
function packageManager(tool) {
  if (findProgram(['apt-get'])) {
    const sudo = isRoot()
      ? []
      : spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
        ? ['sudo', '-n']
        : null;
    if (!sudo) return null;
    const wait = ['-o', 'DPkg::Lock::Timeout=120'];
    const install = [
      ...sudo,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...wait,
      'install',
      '-y',
      '--no-install-recommends',
      tool.apt,
    ];
    const steps = [install];
    if (!aptListsExist()) steps.unshift([...sudo, 'apt-get', ...wait, 'update']);
    return { steps, shown: `apt-get install ${tool.apt}` };
  }
  if (tool.brew && findProgram(['brew']))
    return { steps: [['brew', 'install', tool.brew]], shown: `brew install ${tool.brew}` };
  return null;
}

function aptListsExist() {
  try {
    return readdirSync('/var/lib/apt/lists').some(
      (name) => name.endsWith('_Packages') || name.endsWith('_Packages.lz4'),
    );
  } catch {
    return false;
  }
}

/**
 * @param {string[]} command
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
function run([program = '', ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_LIMIT_MS });
    let output = '';
    const take = (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-4000));
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/**
 * @param {Tool} tool
 * @param {(text: string) => void} say
 * @returns {Promise<string | null>} null when it is there now, else why not
 */
async function installPackage(tool, say) {
  const manager = packageManager(tool);
  if (!manager) return 'no package manager that may be used without a password';
  say(`installing: ${manager.shown}`);
  let last = await runAll(manager.steps);
  if (!last.ok && manager.steps.length === 1 && manager.steps[0]?.includes('apt-get')) {
    // The lists may be older than what the mirror still serves.
    const update = manager.steps[0].slice(0, manager.steps[0].indexOf('install')).concat('update');
    last = await runAll([update, ...manager.steps]);
  }
  return last.ok ? null : `${manager.shown}: ${last.output.trim().split('\n').slice(-3).join(' | ')}`;
}

/** @param {string[][]} steps */
async function runAll(steps) {
  let last = { ok: true, output: '' };
  for (const step of steps) {
    last = await run(step);
    if (!last.ok) break;
  }
  return last;
}

/**
 * @param {string} name a key of `tools`
 * @param {(text: string) => void} [say] told before anything is downloaded
 * @returns {Promise<{ path: string } | { path: null, reason: string }>}
 */
export async function findOrInstall(name, say = () => undefined) {
  const tool = tools[name];
  if (!tool) return { path: null, reason: `no tool of the name ${name} is known` };
  const found = findProgram(tool.programs) ?? installedRelease(tool);
  if (found) return { path: found };
  const reasons = [];
  const refusal = await installPackage(tool, say);
  const installed = findProgram(tool.programs);
  if (installed) return { path: installed };
  if (refusal) reasons.push(refusal);
  if (tool.release) {
    try {
      return { path: await installRelease(tool.release, say) };
    } catch (error) {
      reasons.push(/** @type {Error} */ (error).message);
    }
  }
  return { path: null, reason: `${name} is not here and could not be installed: ${reasons.join('; ')}` };
}

/** @param {Tool} tool */
function installedRelease(tool) {
  const path = tool.release ? releases[tool.release].path() : null;
  return path && existsSync(path) ? path : null;
}

/**
 * The program, or a fault that says what to install.
 * @param {'nats-server' | 'redis-server'} name
 * @param {(text: string) => void} say
 */
export async function requireTool(name, say) {
  const answer = await findOrInstall(name, say);
  if (answer.path !== null) return answer.path;
  const tool = /** @type {Tool} */ (tools[name]);
  const variable = name === 'nats-server' ? 'NATS_URL' : 'REDIS_URL';
  throw new StartFault(
    `${answer.reason}\n  Install it by hand (Debian, Ubuntu: apt-get install ${tool.apt}; macOS: brew install ${tool.brew}), or set ${variable} to a server of yours.`,
  );
}
