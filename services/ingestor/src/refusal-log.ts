/**
 * Connections that were turned away, told at a rate that can be read: a peer and reason at once, its repetitions as one
 * line a minute.
 */
import type { Log } from '@opmas/platform';

const WINDOW_MS = 60_000;
/** So many peers and reasons are told at once in a window; of others only the number. */
const MAX_TOLD = 20;

interface Refusals {
  readonly listener: string;
  readonly peer: string;
  readonly reason: string;
  repeated: number;
}

export class RefusalLog {
  readonly #log: Log;
  readonly #refusals = new Map<string, Refusals>();
  #untold = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  add(listener: string, peer: string, reason: string): void {
    if (this.#timer === null) this.#timer = setTimeout(() => this.#report(), WINDOW_MS).unref();
    const name = `${listener} ${peer} ${reason}`;
    const known = this.#refusals.get(name);
    if (known) {
      known.repeated++;
    } else if (this.#refusals.size >= MAX_TOLD) {
      this.#untold++;
    } else {
      this.#refusals.set(name, { listener, peer, reason, repeated: 0 });
      this.#log.warn({ listener, peer, reason }, `a connection was refused: ${reason}`);
    }
  }

  #report(): void {
    this.#timer = null;
    const repeated = [...this.#refusals.values()].filter((refusals) => refusals.repeated > 0);
    const others = this.#untold;
    this.#refusals.clear();
    this.#untold = 0;
    if (repeated.length === 0 && others === 0) return;
    this.#log.warn({ repeated, others }, 'connections were refused in the last minute');
  }
}
