/** What this machine is: its version of Node, its users, its processes. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const MINIMUM_NODE = [20, 19];

/** A fault that a person can put right; shown without a stack. */
export class StartFault extends Error {
  /** @param {string} message what is wrong, and what to do about it */
  constructor(message) {
    super(message);
    this.name = 'StartFault';
  }
}

/**
 * Refuses a Node or a system that OPMAS does not run on.
 * @param {string} [version] such as `20.19.0`
 * @param {string} [platform] as `process.platform`
 */
export function checkHost(version = process.versions.node, platform = process.platform) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [needMajor = 0, needMinor = 0] = MINIMUM_NODE;
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    throw new StartFault(
      `Node ${version} is too old: OPMAS needs ${MINIMUM_NODE.join('.')} or newer. See https://nodejs.org`,
    );
  }
  if (platform === 'win32')
    throw new StartFault('Windows itself is not supported: run OPMAS inside WSL 2 (wsl --install).');
}

/** @returns {boolean} */
export function isRoot() {
  return process.getuid?.() === 0;
}

/**
 * The account that Postgres runs under where we are root (it refuses to run as root).
 * @returns {{ name: string, uid: number, gid: number } | null} null where we are an ordinary user already
 */
export function unprivilegedUser() {
  if (!isRoot()) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { name, uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new StartFault(
    'Postgres does not run as root, and there is neither a user "postgres" nor "nobody": start as an ordinary user.',
  );
}

/**
 * Whether an account may pass through every folder above a path. Groups other than the account's first are not looked at.
 * @param {string} path
 * @param {{ uid: number, gid: number }} account
 */
export function canTraverse(path, account) {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat) {
      const bit = stat.uid === account.uid ? 0o100 : stat.gid === account.gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/**
 * Tells one life of a process id from another that the system gave the same number; null where it is gone.
 * @param {number} pid
 * @returns {string | null}
 */
export function processIdentity(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // A zombie has ended; only its parent has not asked for its status yet.
      return fields[0] === 'Z' ? null : (fields[19] ?? null);
    }
    const started = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started.startsWith('Z') ? null : started.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

/**
 * A process's command line, for messages.
 * @param {number} pid
 */
export function commandOf(pid) {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/**
 * Whether a process runs. One that belongs to somebody else counts.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return processIdentity(pid) !== null;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
