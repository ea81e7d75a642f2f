/** What happens, told to this process's listeners and, by Redis, to the other replicas'. */
import { z } from 'zod';
import type { Shared } from '../shell/redis.js';

export type ItemChannel = 'findings' | 'actions' | 'devices';

/** `total` events were committed, of which `lines` are the newest. */
export type LiveMessage =
  { channel: 'events'; lines: string[]; total: number } | { channel: ItemChannel; item: object };

export type Listener = (message: LiveMessage) => void;

const TOPIC = 'live';
const PRESENCE_MS = 5000;
const PRESENCE_LASTS_MS = 15_000;

const remoteSchema = z.discriminatedUnion('channel', [
  z.object({ origin: z.string(), channel: z.literal('presence') }),
  z.object({ origin: z.string(), channel: z.literal('events'), lines: z.array(z.string()), total: z.number() }),
  z.object({ origin: z.string(), channel: z.enum(['findings', 'actions', 'devices']), item: z.looseObject({}) }),
]);

export class LiveHub {
  readonly #origin: string;
  readonly #shared: Shared;
  readonly #listeners = new Set<Listener>();
  readonly #presence: NodeJS.Timeout;
  #eventListeners = 0;
  #remoteUntil = 0;

  /** `origin` names this replica. */
  constructor(origin: string, shared: Shared) {
    this.#origin = origin;
    this.#shared = shared;
    this.#presence = setInterval(() => this.#tellPresence(), PRESENCE_MS);
    this.#presence.unref();
  }

  async start(): Promise<void> {
    await this.#shared.subscribe(TOPIC, (text) => this.#receive(text));
  }

  stop(): void {
    clearInterval(this.#presence);
    this.#listeners.clear();
  }

  /** True while somebody, here or at another replica, wants to see events as they come. */
  wantsEvents(): boolean {
    return this.#eventListeners > 0 || this.#remoteUntil > performance.now();
  }

  /** True where a changed item would reach anybody. */
  hasListeners(): boolean {
    return this.#listeners.size > 0 || this.#remoteUntil > performance.now();
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#tellPresence();
    return () => this.#listeners.delete(listener);
  }

  /** A connection began (+1) or ended (-1) to want events. */
  countEventListeners(by: 1 | -1): void {
    this.#eventListeners += by;
    this.#tellPresence();
  }

  publish(message: LiveMessage): void {
    for (const listener of this.#listeners) listener(message);
    if (this.#remoteUntil > performance.now()) {
      this.#shared.publish(TOPIC, JSON.stringify({ origin: this.#origin, ...message }));
    }
  }

  #tellPresence(): void {
    if (this.#listeners.size > 0)
      this.#shared.publish(TOPIC, JSON.stringify({ origin: this.#origin, channel: 'presence' }));
  }

  #receive(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    const parsed = remoteSchema.safeParse(value);
    if (!parsed.success || parsed.data.origin === this.#origin) return;
    const { origin: _origin, ...message } = parsed.data;
    if (message.channel === 'presence') this.#remoteUntil = performance.now() + PRESENCE_LASTS_MS;
    else for (const listener of this.#listeners) listener(message);
  }
}
