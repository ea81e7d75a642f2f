/**
 * The guardian's own process: it ends what its owner left behind.
 *
 * It reads `watch <pid> <rank> <signal> <identity>`, `forget <pid>` and `remove <folder>` from standard input. When that ends, however its
 * owner died, whatever is still watched is stopped, lowest rank first (services before the servers they drain into), killed
 * after a grace time, and the folders are removed.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { processIdentity, sleep } from './host.mjs';

const GRACE_MS = 25_000;
const STEP_MS = 100;

/** @type {Map<number, { rank: number, signal: string, identity: string }>} */
const watched = new Map();
/** @type {Set<string>} */
const folders = new Set();

/** @param {string} line */
function obey(line) {
  const [verb, ...words] = line.split(' ');
  const pid = Number(words[0]);
  if (verb === 'watch')
    watched.set(pid, { rank: Number(words[1]), signal: words[2] ?? 'SIGTERM', identity: words.slice(3).join(' ') });
  if (verb === 'forget') watched.delete(pid);
  if (verb === 'remove') folders.add(words.join(' '));
  if (verb === 'keep') folders.delete(words.join(' '));
}

/** @param {number} pid */
function lives(pid) {
  return processIdentity(pid) === watched.get(pid)?.identity;
}

/**
 * @param {number} pid
 * @param {string} signal
 */
function send(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It ended by itself.
  }
}

/** @param {number[]} pids */
async function stop(pids) {
  // A paused process does not see a polite signal before it is continued.
  for (const pid of pids) {
    send(pid, watched.get(pid)?.signal ?? 'SIGTERM');
    send(pid, 'SIGCONT');
  }
  for (let waited = 0; waited < GRACE_MS && pids.some(lives); waited += STEP_MS) await sleep(STEP_MS);
  for (const pid of pids.filter(lives)) send(pid, 'SIGKILL');
}

for await (const line of createInterface({ input: process.stdin })) obey(line);
const ranks = [...new Set([...watched.values()].map((entry) => entry.rank))].sort((a, b) => a - b);
for (const rank of ranks)
  await stop([...watched].filter(([pid, entry]) => entry.rank === rank && lives(pid)).map(([pid]) => pid));
for (const folder of folders) rmSync(folder, { recursive: true, force: true });
