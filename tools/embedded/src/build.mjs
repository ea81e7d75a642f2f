/** The build: looked at first (nothing changed: nothing is run), then made by Nx, which builds what changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartFault } from './host.mjs';
import { runLogged } from './packages.mjs';
import { root, workPlace } from './places.mjs';

const SOURCES = ['libs', 'services', 'apps', 'tools'];
const PASSED_OVER = new Set(['node_modules', 'dist', 'coverage', '.nx', '.opmas']);
const stamp = join(workPlace, 'build.json');

/**
 * @param {string} folder relative to the root
 * @param {import('node:crypto').Hash} hash
 */
function addFolder(folder, hash) {
  const path = join(root, folder);
  if (!existsSync(path)) return;
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (PASSED_OVER.has(entry.name) || /\.(spec|md)\.?/.test(entry.name)) continue;
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) addFolder(name, hash);
    else addFile(name, hash);
  }
}

/**
 * @param {string} name
 * @param {import('node:crypto').Hash} hash
 */
function addFile(name, hash) {
  const stat = statSync(join(root, name), { throwIfNoEntry: false });
  if (stat) hash.update(`${name} ${stat.size} ${stat.mtimeMs}\n`);
}

/** Names, sizes and times of all that the build reads. */
export function fingerprint() {
  const hash = createHash('sha256');
  for (const folder of SOURCES) addFolder(folder, hash);
  for (const file of ['package-lock.json', 'tsconfig.base.json', 'nx.json']) addFile(file, hash);
  return hash.digest('hex');
}

/** @returns {{ fingerprint: string, everything: boolean } | null} */
function lastBuild() {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8'));
  } catch {
    return null;
  }
}

/** The projects that a start needs, by folder; each must have a package.json. */
function projects() {
  const folders = [...readdirSync(join(root, 'services')).map((name) => `services/${name}`), 'apps/ui', 'tools/cli'];
  return folders
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => /** @type {string} */ (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name));
}

/**
 * Builds what changed.
 * @param {object} options
 * @param {(text: string) => void} options.say
 * @param {string[]} options.entries files that must be there afterwards, relative to the root
 * @param {boolean} [options.everything] every project, not only those that a start needs
 * @returns {Promise<boolean>} whether anything had to be looked at
 */
export async function ensureBuilt({ say, entries, everything = false }) {
  const before = fingerprint();
  const missing = () => entries.filter((entry) => !existsSync(join(root, entry)));
  const last = lastBuild();
  if (missing().length === 0 && last?.fingerprint === before && (last.everything || !everything)) return false;
  say('building what changed (the first time takes a minute)');
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const which = everything ? [] : ['-p', projects().join(',')];
  const result = await runLogged(
    'build',
    [
      process.execPath,
      existsSync(nx) ? nx : join(root, 'node_modules/.bin/nx'),
      'run-many',
      '-t',
      'build',
      '--output-style=static',
      ...which,
    ],
    {
      say,
      doing: 'still building',
      env: { NX_DAEMON: 'false', NX_TUI: 'false', FORCE_COLOR: '0', NO_COLOR: '1' },
      note: (line) => (/^\s*✔\s+nx run (\S+)/.exec(line)?.[1] ? line.trim() : null),
    },
  );
  const absentFiles = missing();
  if (!result.ok || absentFiles.length > 0) {
    const absent = absentFiles.length > 0 ? `\n    missing: ${absentFiles.join(', ')}` : '';
    const faults = result.lines().filter((line) => /\berror\b/i.test(line) && !/^npm (error|warn)/.test(line));
    const shown = (faults.length > 0 ? faults.slice(0, 25) : result.tail()).map((line) => `    ${line}`).join('\n');
    throw new StartFault(`the build failed:\n${shown}${absent}\n    (log: ${result.path})`);
  }
  mkdirSync(workPlace, { recursive: true });
  writeFileSync(stamp, JSON.stringify({ fingerprint: before, everything }));
  say(`built in ${result.seconds.toFixed(0)} s`);
  return true;
}
