/**
 * Ports: free ones that no two of our processes take at once, and who holds one that is in use.
 *
 * A free port is chosen below the range that the system gives to outgoing connections, and claimed by a file that is
 * created exclusively, so that two test runs side by side never choose the same one between the look and the bind.
 */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { commandOf, isAlive } from './host.mjs';

const FIRST = 20_000;
const LAST = 31_999;
const registry = join(tmpdir(), `opmas-ports-${userInfo().uid}`);

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function tcpIsFree(port, host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * @param {number} port
 * @param {string} host
 * @returns {Promise<boolean>}
 */
function udpIsFree(port, host) {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', () => resolve(false));
    socket.bind({ port, address: host, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}

/**
 * Whether a port can be bound on every address; on loopback alone where IPv6 is off.
 * @param {number} port
 * @param {'tcp' | 'udp'} protocol
 */
export async function isFree(port, protocol) {
  const probe = protocol === 'tcp' ? tcpIsFree : udpIsFree;
  return (await probe(port, '0.0.0.0')) && (await probe(port, '127.0.0.1'));
}

/** @param {string} file */
function claim(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(readFileSafely(file));
    if (holder > 0 && isAlive(holder)) return false;
    rmSync(file, { force: true });
    return false;
  }
}

/** @param {string} file */
function readFileSafely(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * A port that is free for TCP and UDP on every address, ours until this process ends or gives it back.
 * @returns {Promise<number>}
 */
export async function claimPort() {
  mkdirSync(registry, { recursive: true });
  const span = LAST - FIRST + 1;
  const start = Math.floor(Math.random() * span);
  for (let step = 0; step < span; step += 1) {
    const port = FIRST + ((start + step) % span);
    if (!claim(join(registry, String(port)))) continue;
    if ((await isFree(port, 'tcp')) && (await isFree(port, 'udp'))) return port;
    releasePort(port);
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

/**
 * Gives a claimed port back.
 * @param {number} port
 */
export function releasePort(port) {
  const file = join(registry, String(port));
  if (readFileSafely(file) === String(process.pid)) rmSync(file, { force: true });
}

/** Gives back every port that this process claimed. */
export function releasePorts() {
  try {
    for (const name of readdirSync(registry)) releasePort(Number(name));
  } catch {
    // Nothing was ever claimed.
  }
}

/**
 * @param {number} port
 * @param {'tcp' | 'udp'} protocol
 * @returns {Set<string>} the socket inodes bound to the port
 */
function inodesOf(port, protocol) {
  const inodes = new Set();
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const table of [protocol, `${protocol}6`]) {
    for (const line of readFileSafely(`/proc/net/${table}`).split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const listens = protocol === 'udp' || fields[3] === '0A';
      if (listens && fields[1]?.endsWith(`:${wanted}`) && fields[9]) inodes.add(fields[9]);
    }
  }
  return inodes;
}

/**
 * The process that holds a port, as far as this user may know.
 * @param {number} port
 * @param {'tcp' | 'udp'} protocol
 * @returns {{ pid: number, command: string } | null}
 */
export function holderOf(port, protocol) {
  if (process.platform !== 'linux') return holderByLsof(port, protocol);
  const inodes = inodesOf(port, protocol);
  if (inodes.size === 0) return null;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
        const target = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
        const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
        if (inode && inodes.has(inode)) return { pid: Number(pid), command: commandOf(Number(pid)) };
      }
    } catch {
      // The process ended meanwhile, or belongs to somebody else.
    }
  }
  return null;
}

/**
 * @param {number} port
 * @param {'tcp' | 'udp'} protocol
 */
function holderByLsof(port, protocol) {
  try {
    const filter = protocol === 'tcp' ? [`-iTCP:${port}`, '-sTCP:LISTEN'] : [`-iUDP:${port}`];
    const pid = Number(execFileSync('lsof', ['-nP', '-t', ...filter], { encoding: 'utf8' }).split('\n')[0]);
    return pid > 0 ? { pid, command: commandOf(pid) } : null;
  } catch {
    return null;
  }
}
