/**
 * A map in the order of last use. A plain Map, deleted from and added to, has to step over all that was deleted
 * whenever its first entry is asked for; here that costs one step.
 */

interface Link<V> {
  key: string;
  value: V;
  older: Link<V> | null;
  newer: Link<V> | null;
}

export class RecencyMap<V> {
  readonly #links = new Map<string, Link<V>>();
  #oldest: Link<V> | null = null;
  #newest: Link<V> | null = null;

  get size(): number {
    return this.#links.size;
  }

  /** The entry that was not set for the longest time. */
  get oldest(): { readonly key: string; readonly value: V } | null {
    return this.#oldest;
  }

  get(key: string): V | undefined {
    return this.#links.get(key)?.value;
  }

  /** Sets a value, and makes its key the newest. */
  set(key: string, value: V): void {
    let link = this.#links.get(key);
    if (link) {
      this.#unlink(link);
      link.value = value;
    } else this.#links.set(key, (link = { key, value, older: null, newer: null }));
    link.older = this.#newest;
    if (this.#newest) this.#newest.newer = link;
    else this.#oldest = link;
    this.#newest = link;
  }

  delete(key: string): void {
    const link = this.#links.get(key);
    if (!link) return;
    this.#unlink(link);
    this.#links.delete(key);
  }

  /** Oldest first. */
  *[Symbol.iterator](): Generator<[string, V]> {
    for (let link = this.#oldest; link; link = link.newer) yield [link.key, link.value];
  }

  #unlink(link: Link<V>): void {
    if (link.older) link.older.newer = link.newer;
    else this.#oldest = link.newer;
    if (link.newer) link.newer.older = link.older;
    else this.#newest = link.older;
    link.older = null;
    link.newer = null;
  }
}
