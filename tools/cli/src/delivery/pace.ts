/** Keeps a steady rate: lines leave at their time, and what is late leaves at once. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Shorter pauses are not worth a timer. */
const SLICE_MS = 5;

export class Pace {
  readonly #startedAtMs = performance.now();

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  /** Resolves when `dueMs` since the start is reached, give or take a slice. False when `signal` ended the wait. */
  async until(dueMs: number, signal: AbortSignal): Promise<boolean> {
    const pauseMs = dueMs - this.elapsedMs;
    if (pauseMs > SLICE_MS) await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}
