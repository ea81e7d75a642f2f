/** Datagrams that the kernel dropped because a socket's buffer was full: the last column of /proc/net/udp and udp6. */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}

/** Inodes of the sockets that this process has open now; empty where there is no /proc. */
export function ownSocketInodes(): Set<string> {
  const inodes = new Set<string>();
  try {
    for (const fd of readdirSync('/proc/self/fd')) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/self/fd/${fd}`))?.[1];
      if (inode) inodes.add(inode);
    }
  } catch {
    // No /proc: drops cannot be told.
  }
  return inodes;
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Port, inode and drops of a line of the table; null for a line that is none. */
export function parseUdpLine(line: string): { port: number; inode: string; drops: number } | null {
  const columns = line.trim().split(/\s+/);
  const port = /:([0-9A-F]{4})$/.exec(columns[1] ?? '')?.[1];
  const [inode, drops] = [columns[9], columns[12]];
  if (!port || inode === undefined || drops === undefined) return null;
  return { port: parseInt(port, 16), inode, drops: Number(drops) };
}

/** Drops so far of sockets on a port, by their inodes; 0 where the system does not tell. */
export function readKernelDrops(port: number, inodes: ReadonlySet<string>): number {
  let drops = 0;
  for (const line of [...readLines('/proc/net/udp'), ...readLines('/proc/net/udp6')]) {
    const parsed = parseUdpLine(line);
    if (parsed && parsed.port === port && inodes.has(parsed.inode)) drops += parsed.drops;
  }
  return drops;
}
