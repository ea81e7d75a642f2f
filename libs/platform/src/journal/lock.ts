/**
 * One process a journal. Node has no flock, so the lock is a file that names its holder; a holder that is gone (its
 * pid ended or was given to another, the machine was restarted, or, on another host, its file has not been touched for
 * half a minute) loses it.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';

/** Another process holds the journal. */
export class JournalLocked extends Error {
  readonly code = 'JOURNAL_LOCKED';

  constructor(directory: string, holder: Holder) {
    super(`the journal in ${directory} is in use by process ${holder.pid} on ${holder.host}`);
    this.name = 'JournalLocked';
  }
}

interface Holder {
  pid: number;
  host: string;
  bootId: string;
  /** When the process started, in ticks since boot: tells a pid from its next bearer. */
  startTicks: string;
  token: string;
}

const FOREIGN_HOLDER_MS = 30_000;
const ATTEMPTS = 5;

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const bootId = (): string => readText('/proc/sys/kernel/random/boot_id').trim();

/** Field 22 of /proc/<pid>/stat; '' where there is no such process, or no /proc. */
function startTicks(pid: number): string {
  const stat = readText(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isAlive(path: string, holder: Holder): boolean {
  if (holder.host !== hostname()) {
    try {
      return Date.now() - statSync(path).mtimeMs < FOREIGN_HOLDER_MS;
    } catch {
      return false;
    }
  }
  return holder.bootId === bootId() && isRunning(holder.pid) && holder.startTicks === startTicks(holder.pid);
}

function readHolder(path: string): Holder | null {
  try {
    return JSON.parse(readText(path)) as Holder;
  } catch {
    return null;
  }
}

/** A held lock. */
export class JournalLock {
  readonly #path: string;
  readonly #token: string;

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
  }

  /** Takes the lock of a directory, from a dead holder too; throws `JournalLocked` where the holder lives. */
  static acquire(directory: string): JournalLock {
    const path = join(directory, 'lock');
    const token = randomBytes(8).toString('hex');
    const own: Holder = {
      pid: process.pid,
      host: hostname(),
      bootId: bootId(),
      startTicks: startTicks(process.pid),
      token,
    };
    const draft = `${path}.${token}`;
    try {
      writeFileSync(draft, `${JSON.stringify(own)}\n`);
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (tryLink(draft, path)) return new JournalLock(path, token);
        const holder = readHolder(path);
        if (holder && isAlive(path, holder)) throw new JournalLocked(directory, holder);
        setAside(path, holder);
      }
      throw new JournalLocked(directory, readHolder(path) ?? own);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Shows that the holder lives; to be called at least every 10 s. */
  touch(): void {
    try {
      const now = new Date();
      utimesSync(this.#path, now, now);
    } catch {
      // The directory is gone or read-only: the journal's own writes say so.
    }
  }

  /** On a read-only disk the file stays, and the next opener sees that its holder is gone. */
  release(): void {
    if (readHolder(this.#path)?.token !== this.#token) return;
    try {
      rmSync(this.#path, { force: true });
    } catch {
      // Said above.
    }
  }
}

function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead holder's file away. A rival may have been quicker and hold the lock by now: then its file is put back. */
function setAside(path: string, dead: Holder | null): void {
  const aside = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if (readHolder(aside)?.token !== dead?.token) tryLink(aside, path);
  rmSync(aside, { force: true });
}
