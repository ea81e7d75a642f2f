/**
 * OPMAS_CONFIG in memory, whole and in order: every fold applies it to exactly the sequence that its frames name. Who
 * holds all of it can also mend it: facts that the server lost in a power cut are appended again at their sequences.
 */
import type { ConfigFact } from '@opmas/contracts';
import { STREAM_NAMES, configFactSchema } from '@opmas/contracts';
import { headers as natsHeaders } from 'nats';
import type { Log } from '../telemetry/log.js';
import type { Bus } from './bus.js';
import { OrderedReader, StreamPutBack } from './ordered-reader.js';
import type { StreamMessage } from './ordered-reader.js';
import { storedFact } from './aggregate.js';
import { CE_HEADERS, ceHeaders } from '@opmas/contracts';
import { messageAt } from './stored-message.js';

/** One fact of the configuration and where it stands. */
export interface ConfigEntry {
  sequence: number;
  subject: string;
  fact: ConfigFact;
}

const STREAM = STREAM_NAMES.config;

export class ConfigFollower {
  readonly #bus: Bus;
  readonly #log: Log;
  #entries: ConfigEntry[] = [];
  #sequence = 0;
  #reader: OrderedReader;
  readonly #listeners = new Set<(entry: ConfigEntry) => void>();
  readonly #waiting = new Set<() => void>();
  #closed = false;
  #loop: Promise<void> = Promise.resolve();

  private constructor(bus: Bus, log: Log) {
    this.#bus = bus;
    this.#log = log;
    this.#reader = new OrderedReader(bus, { stream: STREAM, startSequence: 1 });
  }

  /** Reads what is there, then follows. */
  static async start(bus: Bus, log: Log): Promise<ConfigFollower> {
    const follower = new ConfigFollower(bus, log);
    const { state } = await bus.jsm.streams.info(STREAM);
    follower.#loop = follower.#follow();
    await follower.waitFor(state.messages === 0 ? 0 : state.last_seq, 30_000);
    return follower;
  }

  /** The last sequence read. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The facts with `after < sequence <= upTo`, in order. */
  facts(after: number, upTo: number): ConfigEntry[] {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.sequence <= after) low = middle + 1;
      else high = middle;
    }
    const found: ConfigEntry[] = [];
    for (let i = low; i < this.#entries.length && this.#entries[i]!.sequence <= upTo; i++)
      found.push(this.#entries[i]!);
    return found;
  }

  /** True once everything up to `sequence` is read; false when `timeoutMs` passed first. */
  async waitFor(sequence: number, timeoutMs = 5000): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    while (this.#sequence < sequence && !this.#closed) {
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, left);
        const waiting = this.#waiting;
        function done(): void {
          clearTimeout(timer);
          waiting.delete(done);
          resolve();
        }
        waiting.add(done);
      });
    }
    return this.#sequence >= sequence;
  }

  /** Calls for every fact read from now on; answers a function that ends it. */
  onFact(listener: (entry: ConfigEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reader.close();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    while (!this.#closed) {
      try {
        for (const message of await this.#reader.next(500, 2000)) this.#take(message);
      } catch (error) {
        if (this.#closed) return;
        if (error instanceof StreamPutBack) await this.#mend();
        else this.#log.warn({ err: error }, 'reading the configuration failed, trying again');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  #take(message: StreamMessage): void {
    if (message.sequence <= this.#sequence) return;
    const parsed = configFactSchema.safeParse(storedFact(message)?.fact);
    this.#sequence = message.sequence;
    if (parsed.success) {
      const entry = { sequence: message.sequence, subject: message.subject, fact: parsed.data };
      this.#entries.push(entry);
      for (const listener of this.#listeners) listener(entry);
    } else {
      this.#log.error(
        { sequence: message.sequence, subject: message.subject },
        'a configuration fact is not by its schema',
      );
    }
    for (const waiting of [...this.#waiting]) waiting();
  }

  /** The stream was put back: append what it lost, at the sequences that frames already name, then read it anew. */
  async #mend(): Promise<void> {
    await this.#reader.close();
    try {
      const lost = await this.#lostEntries();
      this.#log.warn({ lost: lost.length }, 'the configuration stream was put back, appending again what it lost');
      for (const entry of lost) await this.#appendAgain(entry);
    } catch (error) {
      this.#log.warn({ err: error }, 'mending the configuration stream failed');
    }
    this.#entries = [];
    this.#sequence = 0;
    this.#reader = new OrderedReader(this.#bus, { stream: STREAM, startSequence: 1 });
  }

  async #lostEntries(): Promise<ConfigEntry[]> {
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const stored = await messageAt(this.#bus, STREAM, this.#entries[i]!.sequence);
      if (stored?.header(CE_HEADERS.id) === this.#entries[i]!.fact.id) return this.#entries.slice(i + 1);
    }
    return this.#entries;
  }

  /** Only at its old place: where another fact stands there by now, or a rival was as quick, nothing is written. */
  async #appendAgain(entry: ConfigEntry): Promise<void> {
    const hdrs = natsHeaders();
    for (const [name, value] of Object.entries(ceHeaders(entry.fact))) hdrs.set(name, value);
    await this.#bus.js
      .publish(entry.subject, JSON.stringify(entry.fact.data), {
        headers: hdrs,
        msgID: entry.fact.id,
        expect: { lastSequence: entry.sequence - 1 },
      })
      .catch(async (error: unknown) => {
        const stored = await messageAt(this.#bus, STREAM, entry.sequence);
        if (stored?.header(CE_HEADERS.id) !== entry.fact.id) {
          this.#log.error(
            { err: error, fact: entry.fact.id, type: entry.fact.type },
            'a lost configuration fact could not be put back',
          );
        }
      });
  }
}
