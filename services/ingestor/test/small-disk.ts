/** A real small disk of a spec's own: a tmpfs to be filled, an ext4 in a file to be made read-only under its users. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Kind = 'tmpfs' | 'ext4';

function run(command: string, ...args: string[]): void {
  const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/sbin` };
  execFileSync(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

export class SmallDisk {
  readonly path: string;
  readonly #root: string;

  constructor(kind: Kind, mebibytes: number) {
    this.#root = mkdtempSync(join(tmpdir(), 'ingestor-disk-'));
    this.path = join(this.#root, 'mounted');
    run('mkdir', this.path);
    try {
      if (kind === 'tmpfs') {
        run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', this.path);
        return;
      }
      writeFileSync(this.#image, '');
      truncateSync(this.#image, mebibytes * 1024 * 1024);
      run('mkfs.ext4', '-q', '-m', '0', this.#image);
      this.mount();
    } catch (error) {
      rmSync(this.#root, { recursive: true, force: true });
      throw error;
    }
  }

  /** Why there can be none here; null where there can. */
  static absence(kind: Kind): string | null {
    try {
      new SmallDisk(kind, 8).remove();
      return null;
    } catch (error) {
      const { message } = error as Error;
      return `no ${kind} can be mounted here (it takes root): ${message.split('\n').slice(-2).join(' ').trim()}`;
    }
  }

  get #image(): string {
    return join(this.#root, 'image');
  }

  mount(): void {
    run('mount', '-o', 'loop', this.#image, this.path);
  }

  unmount(): void {
    run('umount', this.path);
  }

  /** A tmpfs that nobody writes to: from now on read-only, or no longer. */
  remount(option: 'ro' | 'rw'): void {
    run('mount', '-o', `remount,${option}`, this.path);
  }

  /** An ext4: read-only at once, as after an error of its device, also for those who have files open. */
  abort(): void {
    run('mount', '-o', 'remount,abort', this.path);
  }

  /** An ext4: its file refuses every write, or no longer. */
  protect(file: string, isProtected: boolean): void {
    run('chattr', isProtected ? '+i' : '-i', file);
  }

  /** A file of somebody else's that takes all the room there is. */
  fill(): void {
    const file = openSync(join(this.path, 'foreign'), 'a');
    try {
      for (const bytes of [64 * 1024, 4096, 1]) {
        const block = Buffer.alloc(bytes, 1);
        try {
          for (;;) writeSync(file, block);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** The foreign file goes. */
  free(): void {
    rmSync(join(this.path, 'foreign'), { force: true });
  }

  remove(): void {
    try {
      run('umount', this.path);
    } catch {
      // Not mounted at this moment.
    }
    rmSync(this.#root, { recursive: true, force: true });
  }
}
