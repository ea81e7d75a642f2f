/** CPU seconds and memory of processes and their children, from /proc (Linux only; elsewhere nothing is told). */
import { readFileSync, readdirSync } from 'node:fs';

export interface ProcessUse {
  name: string;
  /** User and system time, seconds. */
  cpuSeconds: number;
  /** Resident memory now, and the most so far (the sum over the children's own maxima), MiB. */
  rssMib: number;
  peakMib: number;
}

/** Linux counts in 1/100 s on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;
const KIB_A_MIB = 1024;

interface ProcStat {
  parent: number;
  cpuSeconds: number;
  rssMib: number;
  peakMib: number;
}

/** What each process (with all of its children) has used since it began; empty without /proc. */
export function useOf(processes: Readonly<Record<string, number>>): ProcessUse[] {
  const stats = readAll();
  return Object.entries(processes).flatMap(([name, pid]) => {
    const family = [...stats.keys()].filter((candidate) => isInFamily(candidate, pid, stats));
    if (family.length === 0) return [];
    const sum = (key: keyof ProcStat): number => family.reduce((total, one) => total + (stats.get(one)?.[key] ?? 0), 0);
    return [
      { name, cpuSeconds: sum('cpuSeconds'), rssMib: Math.round(sum('rssMib')), peakMib: Math.round(sum('peakMib')) },
    ];
  });
}

/** What was used between two readings; memory as in the later one. */
export function useBetween(before: readonly ProcessUse[], after: readonly ProcessUse[]): ProcessUse[] {
  return after.map((use) => {
    const earlier = before.find((one) => one.name === use.name)?.cpuSeconds ?? 0;
    return { ...use, cpuSeconds: Number(Math.max(0, use.cpuSeconds - earlier).toFixed(2)) };
  });
}

function isInFamily(pid: number, ancestor: number, stats: ReadonlyMap<number, ProcStat>): boolean {
  for (let at: number | undefined = pid; at !== undefined && at > 0; at = stats.get(at)?.parent) {
    if (at === ancestor) return true;
  }
  return false;
}

function readAll(): Map<number, ProcStat> {
  const stats = new Map<number, ProcStat>();
  if (process.platform !== 'linux') return stats;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readOne(entry);
    if (stat) stats.set(Number(entry), stat);
  }
  return stats;
}

function readOne(pid: string): ProcStat | null {
  try {
    // pid (comm, which may hold spaces and brackets) state ppid ... utime stime ...
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
    return {
      parent: Number(fields[1]),
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
      rssMib: kib('VmRSS') / KIB_A_MIB,
      peakMib: kib('VmHWM') / KIB_A_MIB,
    };
  } catch {
    // It ended between the listing and the reading.
    return null;
  }
}
