/** The files that a run leaves in its data folder: who runs here, the servers' passwords, the addresses. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartFault, isAlive, processIdentity, sleep } from './host.mjs';

const GUARDIAN_LIMIT_MS = 60_000;

/**
 * @typedef {object} RunRecord
 * @property {number} pid
 * @property {string | null} identity
 * @property {string} startedAt
 * @property {{ name: string, pid: number, identity: string | null }[]} children
 */

/** @param {string} data */
const recordFile = (data) => join(data, 'run.json');

/**
 * @param {string} data
 * @returns {RunRecord | null}
 */
function readRecord(data) {
  try {
    return JSON.parse(readFileSync(recordFile(data), 'utf8'));
  } catch {
    return null;
  }
}

/** @param {{ pid: number, identity: string | null }} entry */
const stillRuns = (entry) => entry.pid > 0 && isAlive(entry.pid) && processIdentity(entry.pid) === entry.identity;

/**
 * Whether another start runs on this data folder right now.
 * @param {string} data
 */
export function isTaken(data) {
  const record = readRecord(data);
  return record !== null && record.pid !== process.pid && stillRuns(record);
}

/**
 * Takes the data folder for this process. A run that died without a word is said so, and what it left behind is ended first.
 * @param {string} data
 * @param {(text: string) => void} say
 */
export async function takeFolder(data, say) {
  mkdirSync(data, { recursive: true });
  const previous = readRecord(data);
  if (previous && previous.pid !== process.pid) {
    if (stillRuns(previous)) {
      throw new StartFault(
        `OPMAS already runs on ${data} (process ${previous.pid}): stop that one, or give this one a folder of its own (--data DIR).`,
      );
    }
    say(
      `the previous run (process ${previous.pid}, started ${previous.startedAt}) did not end properly; going on with its data`,
    );
    await endLeftovers(previous, say);
    rmSync(recordFile(data), { force: true });
  }
  writeRecord(data, []);
}

/**
 * @param {RunRecord} record
 * @param {(text: string) => void} say
 */
async function endLeftovers(record, say) {
  const left = () => record.children.filter(stillRuns);
  if (left().length === 0) return;
  say(
    `waiting for what it left running: ${left()
      .map((child) => `${child.name} (${child.pid})`)
      .join(', ')}`,
  );
  // The guardian of that run is stopping them in order.
  for (let waited = 0; waited < GUARDIAN_LIMIT_MS && left().length > 0; waited += 250) await sleep(250);
  for (const child of left()) process.kill(-child.pid, 'SIGKILL');
}

/**
 * @param {string} data
 * @param {{ name: string, pid: number }[]} children
 */
export function writeRecord(data, children) {
  /** @type {RunRecord} */
  const record = {
    pid: process.pid,
    identity: processIdentity(process.pid),
    startedAt: new Date().toISOString(),
    children: children.map((child) => ({ ...child, identity: processIdentity(child.pid) })),
  };
  writeWhole(recordFile(data), `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Gives the folder back, where this process has it.
 * @param {string} data
 */
export function leaveFolder(data) {
  if (readRecord(data)?.pid !== process.pid) return;
  rmSync(join(data, 'endpoints.json'), { force: true });
  rmSync(recordFile(data), { force: true });
}

/**
 * The private servers' passwords, made on the first start.
 * @param {string} data
 * @returns {{ postgres: string, redis: string }}
 */
export function serverPasswords(data) {
  const file = join(data, 'servers.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') {
      throw new StartFault(
        `${file} cannot be read (${/** @type {Error} */ (error).message}): restore it, Postgres' data needs it.`,
      );
    }
    const made = { postgres: randomBytes(18).toString('hex'), redis: randomBytes(18).toString('hex') };
    writeWhole(file, `${JSON.stringify(made)}\n`);
    return made;
  }
}

/**
 * The deployment's key, made on the first start.
 * @param {string} file
 */
export function ensureSecret(file) {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, `${randomBytes(32).toString('base64')}\n`);
}

/**
 * Written aside and renamed, so that no reader sees half a file; readable by this user alone, for it may hold a password.
 * @param {string} file
 * @param {string} text
 */
export function writeWhole(file, text) {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, text, { mode: 0o600 });
  chmodSync(aside, 0o600);
  renameSync(aside, file);
}
