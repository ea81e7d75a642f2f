/** The WebSocket to /api/v1/live: one for the page, re-made for ever, with the subscriptions that the page now needs. */
import type { Action, DeviceSummary, EventRecord, Finding, Overview } from './api/resources.js';
import type { EventQuery } from './event-filter.js';

export type LiveChannel = 'events' | 'findings' | 'actions' | 'devices' | 'overview';

export type LiveMessage =
  | { channel: 'events'; items: EventRecord[]; skipped: number }
  | { channel: 'findings'; item: Finding }
  | { channel: 'actions'; item: Action }
  | { channel: 'devices'; item: DeviceSummary }
  | { channel: 'overview'; item: Overview };

/** `off` before it is started and after it is stopped; `waiting` between two attempts. */
export type LiveState = 'off' | 'connecting' | 'open' | 'waiting';

/** What the connection needs from the world; `accessToken` null ends it until it is started again. */
export interface LiveParts {
  open: (token: string) => WebSocket;
  accessToken: () => string | null;
  /** Gets a new token after the server refused the old one. */
  renew: () => Promise<boolean>;
  later: (task: () => void, delayMs: number) => () => void;
  random: () => number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** Close codes by which a server says that the token is not, or no longer, good. */
const REFUSED = new Set([1008, 4001, 4401, 4403]);

function parseMessage(data: unknown): LiveMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message = JSON.parse(data) as LiveMessage;
    return typeof message === 'object' && message !== null && 'channel' in message ? message : null;
  } catch {
    return null;
  }
}

export class LiveConnection {
  readonly #parts: LiveParts;
  #socket: WebSocket | null = null;
  #state: LiveState = 'off';
  #attempts = 0;
  #cancelRetry: (() => void) | null = null;
  #channels: readonly LiveChannel[] = [];
  #filter: EventQuery = {};
  readonly #listeners = new Set<(message: LiveMessage) => void>();
  readonly #stateListeners = new Set<() => void>();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  state = (): LiveState => this.#state;

  onState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  onMessage(listener: (message: LiveMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Says which channels the page needs, and the filter of `events`. */
  subscribe(channels: readonly LiveChannel[], filter: EventQuery = {}): void {
    this.#channels = channels;
    this.#filter = filter;
    this.#sendSubscription();
  }

  start(): void {
    if (this.#state === 'off') this.#connect();
  }

  stop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    const socket = this.#socket;
    this.#socket = null;
    this.#setState('off');
    socket?.close();
  }

  /** Tries now instead of when the delay is over. */
  retryNow = (): void => {
    if (this.#state !== 'waiting') return;
    this.#cancelRetry?.();
    this.#connect();
  };

  #connect(): void {
    const token = this.#parts.accessToken();
    if (token === null) return this.#setState('off');
    this.#setState('connecting');
    const socket = this.#parts.open(token);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempts = 0;
      this.#setState('open');
      this.#sendSubscription();
    };
    socket.onmessage = (event) => {
      const message = parseMessage(event.data);
      if (message !== null) for (const listener of this.#listeners) listener(message);
    };
    socket.onclose = (event) => {
      if (this.#socket === socket) this.#closed(event.code);
    };
  }

  #closed(code: number): void {
    this.#socket = null;
    this.#setState('waiting');
    // A refused upgrade shows as 1006, like a server that is away: after two in a row the token is in doubt as well.
    const isTokenInDoubt = REFUSED.has(code) || this.#attempts % 3 === 2;
    const backoff = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    this.#cancelRetry = this.#parts.later(
      () => {
        if (!isTokenInDoubt) return this.#connect();
        this.#parts.renew().then(
          (isRenewed) => (isRenewed ? this.#reconnect() : this.stop()),
          () => this.#reconnect(),
        );
      },
      backoff * (0.5 + this.#parts.random() / 2),
    );
  }

  #reconnect(): void {
    if (this.#state === 'waiting') this.#connect();
  }

  #sendSubscription(): void {
    if (this.#state !== 'open') return;
    this.#socket?.send(JSON.stringify({ subscribe: this.#channels, filter: this.#filter }));
  }

  #setState(state: LiveState): void {
    if (this.#state === state) return;
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}
