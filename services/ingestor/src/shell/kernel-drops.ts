/**
 * What the kernel tells of a process's own UDP sockets: bytes that wait to be read, and datagrams that it dropped because
 * the receive buffer was full (or their checksum was wrong). From /proc/net/udp and udp6, which only Linux has.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

const TABLES = ['/proc/net/udp', '/proc/net/udp6'];

export interface UdpSocketState {
  port: number;
  inode: string;
  /** As the kernel counts them, its own overhead among them. */
  queuedBytes: number;
  /** Since the socket was opened; a counter of 32 bits. */
  drops: number;
}

/** A line of the table; null for a line that is none. Newer kernels write the counter without a sign, older ones with. */
export function parseUdpLine(line: string): UdpSocketState | null {
  const columns = line.trim().split(/\s+/);
  const port = /:([0-9A-F]{4})$/.exec(columns[1] ?? '')?.[1];
  const queued = /:([0-9A-F]+)$/.exec(columns[4] ?? '')?.[1];
  const [inode, drops] = [columns[9], columns[12]];
  if (!port || !queued || inode === undefined || drops === undefined || !/^-?\d+$/.test(drops)) return null;
  return { port: parseInt(port, 16), inode, queuedBytes: parseInt(queued, 16), drops: Number(drops) >>> 0 };
}

/** How many were dropped between two readings of the counter, which may have wrapped once. */
export function dropsBetween(before: number, after: number): number {
  return (after - before) >>> 0;
}

/** Every UDP socket of the network namespace by its inode; null where the system does not tell. */
export function readUdpTables(): Map<string, UdpSocketState> | null {
  const sockets = new Map<string, UdpSocketState>();
  let isTold = false;
  for (const path of TABLES) {
    try {
      for (const line of readFileSync(path, 'utf8').split('\n').slice(1)) {
        const socket = parseUdpLine(line);
        if (socket) sockets.set(socket.inode, socket);
      }
      isTold = true;
    } catch {
      // No /proc, or no IPv6.
    }
  }
  return isTold ? sockets : null;
}

/** Inodes of the sockets that this process has open, by rising descriptor; empty where there is no /proc. */
function ownSocketInodes(): string[] {
  try {
    return readdirSync('/proc/self/fd')
      .sort((a, b) => Number(a) - Number(b))
      .flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/self/fd/${fd}`))?.[1] ?? []);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** What was new at a look at the kernel's counters, socket by socket. */
export interface KernelLook {
  drops: number[];
  queuedBytes: number;
}

/** The kernel's counters of this process's sockets on a port. */
export class KernelDrops {
  readonly #inodes: readonly string[];
  readonly #seen: number[];

  /** To be made when the sockets are bound. */
  constructor(port: number) {
    const table = readUdpTables();
    this.#inodes = ownSocketInodes().filter((inode) => table?.get(inode)?.port === port);
    // A socket begins with none: what came before this first look counts as well.
    this.#seen = this.#inodes.map(() => 0);
  }

  /** False where the system does not tell. */
  get isTold(): boolean {
    return this.#inodes.length > 0;
  }

  /** What changed since the last look; null where the tables cannot be read now: the next look has it. */
  look(): KernelLook | null {
    const table = this.isTold ? readUdpTables() : null;
    if (!table) return null;
    let queuedBytes = 0;
    const drops = this.#inodes.map((inode, at) => {
      const socket = table.get(inode);
      if (!socket) return 0;
      queuedBytes += socket.queuedBytes;
      const fresh = dropsBetween(this.#seen[at] ?? 0, socket.drops);
      this.#seen[at] = socket.drops;
      return fresh;
    });
    return { drops, queuedBytes };
  }
}
