/**
 * The clock of `receivedAt`: microseconds since 1970, never going back. It runs on the monotonic clock and is held to
 * the wall clock: it jumps ahead with it, and where the wall clock was set back it runs at half speed until they agree.
 */

const TOLERANCE_US = 50_000;

export class ReceivedClock {
  #lastUs: number;
  #lastMonotonicUs: number;

  /** `floorUs` is what was given out last by an earlier process; 0 for none. */
  constructor(monotonicUs: number, wallUs: number, floorUs = 0) {
    this.#lastMonotonicUs = monotonicUs;
    this.#lastUs = Math.max(Math.floor(wallUs), floorUs);
  }

  /** The instant, given both clocks in µs. */
  at(monotonicUs: number, wallUs: number): number {
    const elapsed = Math.max(0, monotonicUs - this.#lastMonotonicUs);
    this.#lastMonotonicUs = monotonicUs;
    const running = this.#lastUs + elapsed;
    if (wallUs > running + TOLERANCE_US) this.#lastUs = wallUs;
    else if (wallUs < running - TOLERANCE_US) this.#lastUs += elapsed / 2;
    else this.#lastUs = running;
    return Math.floor(this.#lastUs);
  }
}
