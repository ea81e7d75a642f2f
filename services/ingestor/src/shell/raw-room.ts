/**
 * Whether OPMAS_RAW has room for another frame. The stream discards its oldest messages at its limit, read or not; so
 * what the parser has not read must stay below the limit, and frames wait in the journal until it has read on. How far it
 * came stands in OPMAS_EVENTS: the last message of each shard names the RAW frame that it was made of.
 */
import { HEADERS, STREAM_NAMES, parseSource, subjects } from '@opmas/contracts';
import { lastMessage, nextMessage } from '@opmas/platform';
import type { Bus } from '@opmas/platform';
import { MESSAGE_OVERHEAD_BYTES, UnreadLedger } from '../domain/unread-ledger.js';
import type { Signals } from '../signals.js';

/** What of the limit may be unread: the rest is for other ingestors, and for what is under way. */
const CLOSES_AT = 0.9;
const OPENS_AT = 0.8;
/** Below it nobody asks. */
const LOOKS_AT = 0.5;
const LOOK_EVERY_MS = 500;

export interface RawRoomParts {
  bus: Bus;
  shardCount: number;
  /** The most that a frame of another ingestor takes. */
  frameBytes: number;
  nowMs: () => number;
  signals: Signals;
}

/** How far the parser is behind in a shard. */
interface ShardReading {
  /** Sequence of the RAW message that it read last; 0 for none. */
  read: number;
  /** Sequence of the next one; null where it has read all. */
  next: number | null;
}

export class RawRoom {
  /** Called when there is room again. */
  onOpen: () => void = () => undefined;
  readonly #parts: RawRoomParts;
  readonly #ledger: UnreadLedger;
  readonly #readings: ShardReading[];
  /** Bytes; Infinity where the stream has no limit. */
  #limit = Infinity;
  #underWay = 0;
  #isOpen = true;
  #isTold = false;
  #isLooking = false;
  #hasLooked = false;
  #isStopped = false;
  #lookedAtMs = -Infinity;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: RawRoomParts) {
    this.#parts = parts;
    this.#ledger = new UnreadLedger(parts.frameBytes + MESSAGE_OVERHEAD_BYTES);
    this.#readings = Array.from({ length: parts.shardCount }, () => ({ read: 0, next: null }));
  }

  /** False while frames must wait. */
  get isOpen(): boolean {
    return this.#isOpen && this.#hasLooked;
  }

  /** True while the parser is known to be so far behind. */
  get isHeld(): boolean {
    return this.#isTold;
  }

  /** Looks how far the parser is: at the start, and where the stream may have been put back. */
  look(): void {
    this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** A frame goes out. */
  begin(payloadBytes: number): void {
    this.#underWay += payloadBytes + MESSAGE_OVERHEAD_BYTES;
    this.#weigh();
  }

  /** It is stored under this sequence; null where that is not known. */
  end(payloadBytes: number, sequence: number | null): void {
    this.#underWay -= payloadBytes + MESSAGE_OVERHEAD_BYTES;
    if (sequence !== null) this.#ledger.add(sequence, payloadBytes);
  }

  get #unreadBytes(): number {
    return this.#ledger.bytes + this.#underWay;
  }

  #weigh(): void {
    const unread = this.#unreadBytes;
    if (unread >= this.#limit * CLOSES_AT) {
      this.#isOpen = false;
      this.#look();
    } else if (unread >= this.#limit * LOOKS_AT && this.#parts.nowMs() - this.#lookedAtMs >= LOOK_EVERY_MS) {
      this.#look();
    }
  }

  #look(): void {
    if (this.#isLooking || this.#isStopped) return;
    this.#isLooking = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#read().then(
      () => this.#looked(true),
      () => this.#looked(false),
    );
  }

  async #read(): Promise<void> {
    const { bus, shardCount } = this.#parts;
    const { state, config } = await bus.jsm.streams.info(STREAM_NAMES.raw);
    this.#limit = config.max_bytes > 0 ? config.max_bytes : Infinity;
    if (this.#limit !== Infinity) {
      await Promise.all(Array.from({ length: shardCount }, (_, shard) => this.#readShard(shard)));
      const unread = this.#readings.map(({ next }) => next ?? Infinity);
      const from = Math.max(state.first_seq, Math.min(state.last_seq + 1, ...unread));
      this.#ledger.look(from, state.last_seq, state.bytes);
    }
    this.#hasLooked = true;
  }

  async #readShard(shard: number): Promise<void> {
    const { bus } = this.#parts;
    const reading = this.#readings[shard]!;
    const last = await lastMessage(bus, STREAM_NAMES.events, subjects.events(shard));
    const read = parseSource(last?.header(HEADERS.source))?.sequence ?? 0;
    // What is next stays next until it was read.
    if (reading.next !== null && read === reading.read) return;
    reading.read = read;
    reading.next = (await nextMessage(bus, STREAM_NAMES.raw, subjects.rawShard(shard), read + 1))?.sequence ?? null;
  }

  #looked(isKnown: boolean): void {
    this.#isLooking = false;
    this.#lookedAtMs = this.#parts.nowMs();
    if (this.#isStopped) return;
    const unread = this.#unreadBytes;
    const { signals } = this.#parts;
    if (isKnown) {
      signals.meters.unread.set(unread);
      this.#isOpen = unread < this.#limit * (this.#isTold ? OPENS_AT : CLOSES_AT);
      if (this.#isOpen === this.#isTold) this.#tell(!this.#isOpen, unread);
    }
    if (!this.isOpen || !isKnown) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY_MS).unref();
    if (this.isOpen) this.onOpen();
  }

  #tell(isHeld: boolean, unread: number): void {
    this.#isTold = isHeld;
    this.#parts.signals.rawHeld(isHeld, unread, this.#limit);
  }
}
