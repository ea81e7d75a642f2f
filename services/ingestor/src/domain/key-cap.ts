/**
 * How many names one address may bring: a sender that invents a hostname a line must not grow anybody's tables. Beyond
 * the cap its address is the key. Names that the configuration binds do not count.
 */

const DAY_MS = 24 * 3600 * 1000;
/** Addresses whose names are remembered; UDP's can be forged, so this is bounded as well. */
const MAX_PEERS = 65_536;
const MAX_NAMES = 1_000_000;

interface PeerNames {
  names: Set<string>;
  sinceMs: number;
}

export class KeyCap {
  readonly #limit: number;
  readonly #peers = new Map<string, PeerNames>();
  #total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Names remembered over all peers. */
  get names(): number {
    return this.#total;
  }

  /** True where the peer may use this name for its key. A peer's names are forgotten a day after its first. */
  admits(peer: string, name: string, nowMs: number): boolean {
    let known = this.#peers.get(peer);
    if (known && nowMs - known.sinceMs > DAY_MS) {
      this.#forget(peer, known);
      known = undefined;
    }
    if (known?.names.has(name)) return true;
    if (!known) {
      if (this.#peers.size >= MAX_PEERS) this.#forgetOldest();
      known = { names: new Set(), sinceMs: nowMs };
      this.#peers.set(peer, known);
    }
    if (known.names.size >= this.#limit || this.#total >= MAX_NAMES) return false;
    known.names.add(name);
    this.#total++;
    return true;
  }

  #forgetOldest(): void {
    const oldest = this.#peers.entries().next().value;
    if (oldest) this.#forget(oldest[0], oldest[1]);
  }

  #forget(peer: string, known: PeerNames): void {
    this.#peers.delete(peer);
    this.#total -= known.names.size;
  }
}
