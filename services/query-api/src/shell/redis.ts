/** Redis: everything in it can be lost. Without it each operation answers at once with what this process knows. */
import { Redis } from 'ioredis';
import type { Signals } from '../signals.js';

export interface Shared {
  /** Adds to a counter that forgets itself after `ttlSeconds`; answers the sum so far. */
  count(key: string, by: number, ttlSeconds: number): Promise<number>;
  get(key: string): Promise<string | null>;
  /** Null where a key is absent. */
  getMany(keys: readonly string[]): Promise<(string | null)[]>;
  set(key: string, value: string, ttlSeconds: number): Promise<void>;
  delete(key: string): Promise<void>;
  publish(channel: string, message: string): void;
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  close(): void;
}

interface LocalValue {
  value: string;
  expiresAt: number;
}

const LOCAL_KEPT = 20_000;

/** What a process falls back on: the same operations in its own memory. */
class LocalValues {
  readonly #values = new Map<string, LocalValue>();

  get(key: string): string | null {
    const found = this.#values.get(key);
    if (!found) return null;
    if (found.expiresAt > Date.now()) return found.value;
    this.#values.delete(key);
    return null;
  }

  set(key: string, value: string, ttlSeconds: number): void {
    if (this.#values.size >= LOCAL_KEPT) this.#values.delete(this.#values.keys().next().value!);
    this.#values.set(key, { value, expiresAt: Date.now() + ttlSeconds * 1000 });
  }

  count(key: string, by: number, ttlSeconds: number): number {
    const sum = Number(this.get(key) ?? 0) + by;
    const kept = this.#values.get(key);
    if (kept) kept.value = String(sum);
    else this.set(key, String(sum), ttlSeconds);
    return sum;
  }

  delete(key: string): void {
    this.#values.delete(key);
  }
}

export function openRedis(url: string, signals: Signals): Shared {
  let isDown = false;
  const options = {
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
    commandTimeout: 1000,
    keyPrefix: 'opmas:',
    retryStrategy: (times: number) => Math.min(times * 200, 3000),
  };
  const client = new Redis(url, options);
  const subscriber = new Redis(url, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
  client.on('error', (error: Error) => {
    if (!isDown) signals.redisDown(error.message || 'connection refused');
    isDown = true;
  });
  client.on('close', () => {
    if (!isDown) signals.redisDown('connection closed');
    isDown = true;
  });
  client.on('ready', () => {
    isDown = false;
    signals.redisUp();
  });
  subscriber.on('error', () => undefined);
  return sharedOver(client, subscriber);
}

/** What Redis answers, or what this process knows where Redis is not there. */
async function orElse<T>(client: Redis, remote: () => Promise<T>, fallback: () => T): Promise<T> {
  if (client.status !== 'ready') return fallback();
  try {
    return await remote();
  } catch {
    return fallback();
  }
}

function sharedOver(client: Redis, subscriber: Redis): Shared {
  const local = new LocalValues();
  const listeners = new Map<string, (message: string) => void>();
  subscriber.on('message', (channel: string, message: string) => listeners.get(channel)?.(message));
  const either = <T>(remote: () => Promise<T>, fallback: () => T) => orElse(client, remote, fallback);
  return {
    count: (key, by, ttlSeconds) =>
      either(
        async () => {
          const sum = await client.incrby(key, by);
          if (sum === by) await client.expire(key, ttlSeconds);
          return sum;
        },
        () => local.count(key, by, ttlSeconds),
      ),
    get: (key) =>
      either(
        async () => (await client.get(key)) ?? local.get(key),
        () => local.get(key),
      ),
    getMany: (keys) =>
      keys.length === 0
        ? Promise.resolve([])
        : either(
            () => client.mget(...keys),
            () => keys.map((key) => local.get(key)),
          ),
    set: async (key, value, ttlSeconds) => {
      local.set(key, value, ttlSeconds);
      await either(
        () => client.set(key, value, 'EX', ttlSeconds),
        () => 'OK' as const,
      );
    },
    delete: async (key) => {
      local.delete(key);
      await either(
        () => client.del(key),
        () => 0,
      );
    },
    // ioredis puts the prefix before keys, not before channels.
    publish: (channel, message) => {
      if (client.status === 'ready') client.publish(`opmas:${channel}`, message).catch(() => undefined);
    },
    subscribe: async (channel, listener) => {
      listeners.set(`opmas:${channel}`, listener);
      await subscriber.subscribe(`opmas:${channel}`).catch(() => undefined);
    },
    close: () => {
      client.disconnect();
      subscriber.disconnect();
    },
  };
}
