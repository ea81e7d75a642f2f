/** Which shard a sender key belongs to: its device's where OPMAS_CONFIG binds it, else that of its hash. */
import type { ConfigFact } from '@opmas/contracts';
import { shardOf } from '@opmas/contracts';

export class KeyBindings {
  readonly #shardCount: number;
  readonly #shards = new Map<string, number>();
  /** Keys of each device as of its last fact; a key that a device gave up may be another's by now. */
  readonly #devices = new Map<string, readonly string[]>();
  readonly #owners = new Map<string, string>();
  #version = 0;

  constructor(shardCount: number) {
    this.#shardCount = shardCount;
  }

  /** Grows with every change, so that who keeps an answer knows when it is stale. */
  get version(): number {
    return this.#version;
  }

  apply(fact: ConfigFact): void {
    if (fact.type !== 'opmas.config.device.discovered' && fact.type !== 'opmas.config.device.changed') return;
    const { deviceId, keys, shard } = fact.data;
    if (shard >= this.#shardCount) return;
    for (const key of this.#devices.get(deviceId) ?? []) {
      if (this.#owners.get(key) !== deviceId) continue;
      this.#owners.delete(key);
      this.#shards.delete(key);
    }
    for (const key of keys) {
      this.#owners.set(key, deviceId);
      this.#shards.set(key, shard);
    }
    this.#devices.set(deviceId, keys);
    this.#version++;
  }

  /** Takes what an earlier process kept; facts overrule it. */
  remember(keys: readonly [key: string, shard: number][]): void {
    for (const [key, shard] of keys) if (shard < this.#shardCount) this.#shards.set(key, shard);
    this.#version++;
  }

  /** The keys whose shard is not that of their hash. */
  moved(): [key: string, shard: number][] {
    return [...this.#shards].filter(([key, shard]) => shard !== shardOf(key, this.#shardCount));
  }

  isBound(key: string): boolean {
    return this.#shards.has(key);
  }

  shardOf(key: string): number {
    return this.#shards.get(key) ?? shardOf(key, this.#shardCount);
  }
}
