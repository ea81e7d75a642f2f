/** One WebSocket: what it subscribed to, what waits for it, and what was left out because it is slow. */
import type { EventEnvelope } from '@opmas/contracts';
import { z } from 'zod';
import type { WebSocket } from 'ws';
import { eventFields } from '../http/queries.js';
import type { EventFilter } from '../stores/event-filter.js';
import { matchesText } from '../stores/event-filter.js';
import type { ItemChannel, LiveMessage } from './hub.js';

export const CHANNELS = ['events', 'findings', 'actions', 'devices', 'overview'] as const;
export type Channel = (typeof CHANNELS)[number];

const commandSchema = z.strictObject({
  subscribe: z.array(z.enum(CHANNELS, { error: `expected one of ${CHANNELS.join(', ')}` })),
  filter: z.strictObject(eventFields).default({}),
});

type LiveFilter = Omit<EventFilter, 'from' | 'to'>;

/** Unsent bytes beyond which a connection is slow: events are left out first, then everything. */
const SLOW_BYTES = 512 * 1024;
const STUCK_BYTES = 8 * 1024 * 1024;
const EVENTS_A_BATCH = 100;

export class Connection {
  readonly #socket: WebSocket;
  #channels = new Set<Channel>();
  #filter: LiveFilter = {};
  #events: EventEnvelope[] = [];
  #skippedEvents = 0;
  #skippedItems = new Map<ItemChannel, number>();

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  wants(channel: Channel): boolean {
    return this.#channels.has(channel);
  }

  /** Takes a client's message; answers null, or what is wrong with it. */
  command(text: string): string | null {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return 'expected a JSON object';
    }
    const parsed = commandSchema.safeParse(value);
    if (!parsed.success) {
      return parsed.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`).join('; ');
    }
    this.#channels = new Set(parsed.data.subscribe);
    this.#filter = parsed.data.filter;
    this.#events = [];
    this.#skippedEvents = 0;
    return null;
  }

  /** Events of a committed batch, the newest last; `unseen` more were not kept. */
  addEvents(events: readonly EventEnvelope[], unseen: number): void {
    if (!this.wants('events')) return;
    this.#events.push(...events.filter((event) => matches(event, this.#filter)));
    const tooMany = this.#events.length - EVENTS_A_BATCH;
    if (tooMany > 0) this.#events.splice(0, tooMany);
    this.#skippedEvents += unseen + Math.max(0, tooMany);
  }

  /** Sends what gathered; answers the number of events that were left out since the last time. */
  flushEvents(): number {
    if (this.#socket.bufferedAmount > SLOW_BYTES) {
      this.#skippedEvents += this.#events.length;
      this.#events = [];
      return 0;
    }
    if (this.#events.length === 0 && this.#skippedEvents === 0) return 0;
    const skipped = this.#skippedEvents;
    this.#send({ channel: 'events', items: this.#events, skipped });
    this.#events = [];
    this.#skippedEvents = 0;
    return skipped;
  }

  sendItem(message: Exclude<LiveMessage, { channel: 'events' }>): void {
    const { channel, item } = message;
    if (!this.wants(channel)) return;
    const skipped = this.#skippedItems.get(channel) ?? 0;
    if (this.#socket.bufferedAmount > STUCK_BYTES) {
      this.#skippedItems.set(channel, skipped + 1);
      return;
    }
    this.#skippedItems.delete(channel);
    this.#send({ channel, item, ...(skipped > 0 ? { skipped } : {}) });
  }

  sendOverview(item: object): void {
    if (this.wants('overview') && this.#socket.bufferedAmount <= SLOW_BYTES) this.#send({ channel: 'overview', item });
  }

  sendError(detail: string): void {
    this.#send({ error: { type: 'urn:opmas:problem:bad-request', title: 'Bad request', status: 400, detail } });
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}

function isOneOf<T>(wanted: readonly T[] | undefined, value: T): boolean {
  return wanted === undefined || wanted.includes(value);
}

function matches(event: EventEnvelope, filter: LiveFilter): boolean {
  return (
    isOneOf<string | null>(filter.deviceId, event.deviceId) &&
    isOneOf(filter.type, event.type) &&
    isOneOf(filter.domain, event.domain) &&
    isOneOf<number | null>(filter.severity, event.severity) &&
    isOneOf<number | null>(filter.effectiveSeverity, event.effectiveSeverity ?? event.severity) &&
    (filter.hostname === undefined || filter.hostname === event.hostname) &&
    (filter.appName === undefined || filter.appName === event.appName) &&
    matchesText(event, filter.q)
  );
}
