/**
 * Syslog daemons as senders for tests. Debian lets only one of them be installed at a time, so they are unpacked beside
 * each other under .opmas and touch nothing of the system.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPlace } from './places.mjs';
import { findProgram } from './tools.mjs';

const DOWNLOAD_LIMIT_MS = 120_000;

/**
 * @typedef {object} Sender
 * @property {string} program
 * @property {string[]} packages Debian's, with the libraries that a small system lacks
 * @property {(folder: string) => string[]} args that a daemon outside its usual place needs
 */

/** @type {Record<string, Sender>} */
const senders = {
  rsyslog: {
    program: 'rsyslogd',
    packages: ['rsyslog', 'rsyslog-openssl', 'libestr0', 'libfastjson4', 'liblognorm5'],
    args: (folder) => ['-M', ...librariesIn(folder).filter((library) => library.endsWith('/rsyslog'))],
  },
  'syslog-ng': {
    program: 'syslog-ng',
    packages: [
      'syslog-ng-core',
      'libivykis0',
      'libnet1',
      'libwrap0',
      'libjson-c5',
      'libpcre3',
      'libglib2.0-0',
      'libcap2',
    ],
    args: (folder) => [`--module-path=${librariesIn(folder).find((path) => /syslog-ng\/\d/.test(path)) ?? ''}`],
  },
};

/**
 * Folders of an unpacked package that hold shared libraries.
 * @param {string} folder
 */
function librariesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.so(\.\d+)*$/.test(entry.name))
    .map((entry) => entry.parentPath)
    .filter((path, index, all) => all.indexOf(path) === index);
}

/**
 * Unpacked aside and renamed, so that an interrupted download is never taken for a whole one.
 * @param {string} folder
 * @param {string[]} packages
 */
function unpack(folder, packages) {
  mkdirSync(binaryPlace, { recursive: true });
  const aside = mkdtempSync(join(binaryPlace, '.unpacked-'));
  /** @type {import('node:child_process').ExecFileSyncOptions} */
  const options = { cwd: aside, timeout: DOWNLOAD_LIMIT_MS, stdio: ['ignore', 'ignore', 'pipe'] };
  try {
    try {
      execFileSync('apt-get', ['download', ...packages], options);
    } catch {
      // The lists are missing, or older than what the mirror still serves.
      execFileSync('apt-get', ['update'], options);
      execFileSync('apt-get', ['download', ...packages], options);
    }
    const archives = readdirSync(aside).filter((name) => name.endsWith('.deb'));
    for (const archive of archives) execFileSync('dpkg-deb', ['-x', archive, 'files'], options);
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(aside, 'files'), folder);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * How to run a daemon; or null and the reason, with which a test skips itself.
 * @param {'rsyslog' | 'syslog-ng'} name
 * @returns {{ path: string, args: string[], env: Record<string, string> } | { path: null, reason: string }}
 */
export function findSender(name) {
  const sender = senders[name];
  if (!sender) return { path: null, reason: `no syslog daemon of the name ${name} is known` };
  const folder = join(binaryPlace, `unpacked-${name}`);
  if (!existsSync(folder)) {
    if (!findProgram(['apt-get']) || !findProgram(['dpkg-deb']))
      return { path: null, reason: `${name}: no Debian packages here` };
    try {
      unpack(folder, sender.packages);
    } catch (error) {
      const { stderr, message } = /** @type {Error & { stderr?: Buffer }} */ (error);
      return { path: null, reason: `${name}: ${stderr?.toString().trim().split('\n').at(-1) || message}` };
    }
  }
  const path = join(folder, 'usr/sbin', sender.program);
  return { path, args: sender.args(folder), env: { LD_LIBRARY_PATH: librariesIn(folder).join(':') } };
}
