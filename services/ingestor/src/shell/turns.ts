/** How many requests are worked on at once, and those under one name one after the other. */

interface Waiter {
  begin: (isAdmitted: boolean) => void;
}

export class Turns {
  readonly #limit: number;
  readonly #maxWaiting: number;
  #running = 0;
  readonly #waiting: Waiter[] = [];
  readonly #byName = new Map<string, Promise<unknown>>();

  /** @param maxWaiting how many wait for their turn before the next is turned away */
  constructor(limit: number, maxWaiting = 0) {
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
  }

  /** Whether there is, or within `timeoutMs` comes, room for one more; whoever got it calls `leave`. */
  enter(timeoutMs = 0): Promise<boolean> {
    if (this.#running < this.#limit) {
      this.#running++;
      return Promise.resolve(true);
    }
    if (this.#waiting.length >= this.#maxWaiting) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.begin(false), timeoutMs);
      const waiter: Waiter = {
        begin: (isAdmitted) => {
          clearTimeout(timer);
          const at = this.#waiting.indexOf(waiter);
          if (at >= 0) this.#waiting.splice(at, 1);
          resolve(isAdmitted);
        },
      };
      this.#waiting.push(waiter);
    });
  }

  leave(): void {
    const next = this.#waiting[0];
    if (next) next.begin(true);
    else this.#running--;
  }

  /** Runs behind all that came before under this name; null for none. */
  async inTurn<T>(name: string | null, run: () => Promise<T>): Promise<T> {
    if (name === null) return run();
    const before = this.#byName.get(name) ?? Promise.resolve();
    const own = before.then(run, run);
    this.#byName.set(name, own);
    try {
      return await own;
    } finally {
      if (this.#byName.get(name) === own) this.#byName.delete(name);
    }
  }
}
