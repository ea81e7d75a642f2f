/** Sign-ins are counted before the password is looked at, by address and by name; who failed too often has to wait. */
import type { Shared } from '../shell/redis.js';

const WINDOW_SECONDS = 300;
const MAX_BY_NAME = 10;
const MAX_BY_ADDRESS = 50;

export class SignInLimit {
  readonly #shared: Shared;

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /**
   * Counts a try; answers the seconds to wait, or null where it may go on. A name is counted together with the address,
   * so that nobody can lock another out.
   */
  async begin(userName: string, address: string): Promise<number | null> {
    const [byName, byAddress] = await Promise.all([
      this.#shared.count(`sign-in:name:${userName}:${address}`, 1, WINDOW_SECONDS),
      this.#shared.count(`sign-in:address:${address}`, 1, WINDOW_SECONDS),
    ]);
    return byName > MAX_BY_NAME || byAddress > MAX_BY_ADDRESS ? WINDOW_SECONDS : null;
  }

  /** A try that succeeded does not count. */
  async succeeded(userName: string, address: string): Promise<void> {
    await Promise.all([
      this.#shared.delete(`sign-in:name:${userName}:${address}`),
      this.#shared.count(`sign-in:address:${address}`, -1, WINDOW_SECONDS),
    ]);
  }
}
