/** Events a second, counted when their rows are committed; over all replicas where Redis is there. */
import type { Shared } from '../shell/redis.js';

const KEPT_SECONDS = 120;
const AVERAGED_SECONDS = 5;

export class Rates {
  readonly #shared: Shared;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  add(events: number): void {
    void this.#shared.count(`rate:${Math.floor(Date.now() / 1000)}`, events, KEPT_SECONDS);
  }

  /** Mean of the last whole seconds. */
  async eventsPerSecond(): Promise<number> {
    const now = Math.floor(Date.now() / 1000);
    const keys = Array.from({ length: AVERAGED_SECONDS }, (_, i) => `rate:${now - 1 - i}`);
    const counts = await this.#shared.getMany(keys);
    const sum = counts.reduce((total, count) => total + Number(count ?? 0), 0);
    return Math.round((sum / AVERAGED_SECONDS) * 10) / 10;
  }
}
