/**
 * Reads a stream, or one subject filter of it, strictly in order, by pull requests with back-pressure: never more than
 * two batches are held. No durable is left behind. A consumer that was lost (server restarted, inactive too long) is
 * made anew after the last message that was handed out; a stream that was put back to an earlier state is noticed.
 */
import { AckPolicy, DeliverPolicy, ReplayPolicy, createInbox, nanos } from 'nats';
import type { Msg, Subscription } from 'nats';
import { HEADERS } from '@opmas/contracts';
import type { Bus } from './bus.js';
import type { StoredMessage } from './stored-message.js';
import { messageAt } from './stored-message.js';

export interface OrderedReaderOptions {
  stream: string;
  /** One subject filter; 2.9 knows no list. All of the stream where it is absent. */
  subject?: string;
  /** The first sequence that is wanted; 1 for the stream's start. */
  startSequence: number;
  /** Messages a pull asks for. */
  batch?: number;
}

/** A message with the number of those that still wait behind it, as the server saw it when it was delivered. */
export interface StreamMessage extends StoredMessage {
  pending: number;
}

/** The stream no longer holds what was read from it: it was put back to an earlier state, as after a power cut. */
export class StreamPutBack extends Error {
  readonly code = 'STREAM_PUT_BACK';

  constructor(stream: string, sequence: number) {
    super(`${stream} no longer holds the message that was read at sequence ${sequence}`);
    this.name = 'StreamPutBack';
  }
}

interface Position {
  sequence: number;
  msgId: string;
  timeMs: number;
}

const DEFAULT_BATCH = 64;
const PULL_EXPIRES_MS = 20_000;
const PULL_GRACE_MS = 5_000;
const INACTIVE_MS = 60_000;

/** Parts of `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time ns>.<pending>`. */
function ackParts(reply: string): { sequence: number; consumerSequence: number; timeMs: number; pending: number } {
  const tokens = reply.split('.');
  const at = tokens.length >= 11 ? 4 : 2;
  return {
    sequence: Number(tokens[at + 3]),
    consumerSequence: Number(tokens[at + 4]),
    timeMs: Number(tokens[at + 5]!.slice(0, -6)),
    pending: Number(tokens[at + 6]),
  };
}

export class OrderedReader {
  readonly #bus: Bus;
  readonly #options: OrderedReaderOptions;
  readonly #batch: number;
  readonly #stopListening: () => void;
  #consumer: string | null = null;
  #subscription: Subscription | null = null;
  #queue: StreamMessage[] = [];
  #handedOut: Position | null = null;
  #next: number;
  #consumerSequence = 0;
  #requested = 0;
  #pullDeadline = 0;
  #broken = false;
  #verify = false;
  #pending = 0;
  #wake: (() => void) | null = null;
  #closed = false;

  constructor(bus: Bus, options: OrderedReaderOptions) {
    this.#bus = bus;
    this.#options = options;
    this.#batch = options.batch ?? DEFAULT_BATCH;
    this.#next = Math.max(1, options.startSequence);
    this.#stopListening = bus.onReconnect(() => {
      this.#broken = true;
      this.#verify = true;
      this.#wake?.();
    });
  }

  /** Sequence of the last message handed out, and how many waited behind it then. */
  info(): { lastSequence: number; pending: number } {
    return { lastSequence: this.#next - 1, pending: this.#pending + this.#queue.length };
  }

  /**
   * The next messages, at least one and at most `maxMessages`; none when `waitMs` passed without any, or while the
   * server is away. Throws `StreamPutBack`; the reader is then of no more use.
   */
  async next(maxMessages: number, waitMs: number): Promise<StreamMessage[]> {
    if (this.#closed) return [];
    const deadline = performance.now() + waitMs;
    while (this.#queue.length === 0 && !this.#closed) {
      const left = deadline - performance.now();
      if (left <= 0) return [];
      if (this.#bus.isDown() || !(await this.#ensurePull())) await this.#sleep(Math.min(left, 250));
      else await this.#sleep(left);
    }
    const messages = this.#queue.splice(0, maxMessages);
    const last = messages.at(-1);
    if (last) {
      this.#next = last.sequence + 1;
      this.#pending = last.pending;
      this.#handedOut = { sequence: last.sequence, msgId: last.header(HEADERS.msgId), timeMs: last.timeMs };
      if (!this.#broken && this.#requested < this.#batch / 2 && this.#queue.length < this.#batch) this.#pull();
    }
    return messages;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    this.#wake?.();
    await this.#dropConsumer();
  }

  #sleep(ms: number): Promise<void> {
    // What is broken is mended at once, but not while the server is away: nothing else would ever get its turn.
    if (this.#queue.length > 0 || (this.#broken && !this.#bus.isDown())) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        if (this.#wake === done) this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, ms));
      this.#wake = done;
    });
  }

  async #ensurePull(): Promise<boolean> {
    if (this.#requested > 0 && performance.now() > this.#pullDeadline) this.#broken = true;
    try {
      if (this.#broken) {
        await this.#dropConsumer();
        this.#broken = false;
      }
      if (this.#verify) {
        await this.#verifyPosition();
        this.#verify = false;
      }
      if (this.#consumer === null) await this.#makeConsumer();
      if (this.#requested === 0) this.#pull();
      return true;
    } catch (error) {
      if (error instanceof StreamPutBack) throw error;
      this.#broken = true;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return false;
    }
  }

  async #verifyPosition(): Promise<void> {
    const position = this.#handedOut;
    if (!position) return;
    const stored = await messageAt(this.#bus, this.#options.stream, position.sequence);
    if (stored) {
      if (stored.header(HEADERS.msgId) === position.msgId && stored.timeMs === position.timeMs) return;
    } else {
      const { state } = await this.#bus.jsm.streams.info(this.#options.stream);
      if (state.first_seq > position.sequence && state.last_seq >= position.sequence) return;
    }
    throw new StreamPutBack(this.#options.stream, position.sequence);
  }

  async #makeConsumer(): Promise<void> {
    const info = await this.#bus.jsm.consumers.add(this.#options.stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.#next,
      replay_policy: ReplayPolicy.Instant,
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
      ...(this.#options.subject === undefined ? {} : { filter_subject: this.#options.subject }),
    });
    this.#consumer = info.name;
    this.#pending = info.num_pending;
    this.#consumerSequence = 0;
    this.#requested = 0;
    this.#queue = [];
    const inbox = createInbox();
    this.#subscription = this.#bus.nc.subscribe(inbox, {
      callback: (error, message) => {
        if (error) this.#broken = true;
        else this.#receive(message);
        this.#wake?.();
      },
    });
  }

  #pull(): void {
    const subscription = this.#subscription;
    if (!subscription || this.#consumer === null) return;
    this.#bus.nc.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.#options.stream}.${this.#consumer}`,
      JSON.stringify({ batch: this.#batch, expires: nanos(PULL_EXPIRES_MS) }),
      { reply: subscription.getSubject() },
    );
    this.#requested += this.#batch;
    this.#pullDeadline = performance.now() + PULL_EXPIRES_MS + PULL_GRACE_MS;
  }

  #receive(message: Msg): void {
    const status = message.headers?.code ?? 0;
    if (status !== 0) {
      this.#receiveStatus(message, status);
      return;
    }
    const parts = ackParts(message.reply ?? '');
    if (parts.consumerSequence !== this.#consumerSequence + 1) {
      this.#broken = true;
      return;
    }
    this.#consumerSequence = parts.consumerSequence;
    this.#requested = Math.max(0, this.#requested - 1);
    this.#queue.push({
      sequence: parts.sequence,
      subject: message.subject,
      header: (name) => message.headers?.get(name) ?? '',
      data: message.data,
      timeMs: parts.timeMs,
      pending: parts.pending,
    });
  }

  /** 404 and 408 end a pull; anything else (409 consumer deleted, 503 no responders) ends the consumer. */
  #receiveStatus(message: Msg, status: number): void {
    if (status === 100) return;
    if (status === 404 || status === 408) {
      const left = Number(message.headers?.get('Nats-Pending-Messages') || this.#batch);
      this.#requested = Math.max(0, this.#requested - left);
    } else {
      this.#broken = true;
    }
  }

  async #dropConsumer(): Promise<void> {
    const consumer = this.#consumer;
    this.#subscription?.unsubscribe();
    this.#subscription = null;
    this.#consumer = null;
    this.#requested = 0;
    this.#queue = [];
    if (consumer !== null && !this.#bus.isDown() && !this.#bus.nc.isClosed()) {
      await this.#bus.jsm.consumers.delete(this.#options.stream, consumer).catch(() => undefined);
    }
  }
}
