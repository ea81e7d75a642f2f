/**
 * Datagrams between the thread that reads them and the one that takes them in: gathered in batches, in their order, and
 * bounded. Where there is no room left the oldest batch goes, and each of its datagrams is counted.
 */

/** `address port` of who sent a datagram. */
export type DatagramSender = string;

/** Datagrams behind each other. Datagram `i` ends at `heads[2 * i + 1]`, and begins where the one before it ends. */
export interface DatagramBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For each datagram the index of its sender, and where it ends. */
  readonly heads: Uint32Array<ArrayBuffer>;
  count: number;
  /** Bytes in use. */
  length: number;
  senders: DatagramSender[];
}

/** Room for the largest datagram, and for some thousand of usual length. */
export const BATCH_BYTES = 256 * 1024;
const BATCH_DATAGRAMS = 4096;

function newBatch(): DatagramBatch {
  return {
    bytes: new Uint8Array(BATCH_BYTES),
    heads: new Uint32Array(2 * BATCH_DATAGRAMS),
    count: 0,
    length: 0,
    senders: [],
  };
}

export class DatagramQueue {
  readonly #maxBatches: number;
  /** Full ones, the oldest first; the one that is filled is not among them. */
  #waiting: DatagramBatch[] = [];
  #filling: DatagramBatch | null = null;
  #spare: DatagramBatch[] = [];
  #made = 0;
  #indexes = new Map<DatagramSender, number>();
  #lastSender: DatagramSender = '';
  #lastIndex = -1;
  #shed = new Map<DatagramSender, number>();

  /** @param maxBytes of all batches together, those included that are being taken in */
  constructor(maxBytes: number) {
    this.#maxBatches = Math.max(4, Math.floor(maxBytes / BATCH_BYTES));
  }

  /** Appends a copy of a datagram, of at most 65,535 bytes. */
  push(sender: DatagramSender, datagram: Uint8Array): void {
    let batch = this.#filling;
    if (!batch || batch.count === BATCH_DATAGRAMS || batch.length + datagram.length > BATCH_BYTES) {
      if (batch) this.#waiting.push(batch);
      batch = this.#begin();
    }
    const index = sender === this.#lastSender ? this.#lastIndex : this.#indexOf(batch, sender);
    batch.bytes.set(datagram, batch.length);
    batch.length += datagram.length;
    batch.heads[2 * batch.count] = index;
    batch.heads[2 * batch.count + 1] = batch.length;
    batch.count++;
  }

  /** The oldest batch, which is the caller's until `release`; null where there is none. */
  next(): DatagramBatch | null {
    const oldest = this.#waiting.shift();
    if (oldest) return oldest;
    const filling = this.#filling;
    this.#filling = null;
    return filling;
  }

  /** A batch, or another of its size in its place, is free again. */
  release(batch: DatagramBatch): void {
    batch.count = 0;
    batch.length = 0;
    batch.senders = [];
    this.#spare.push(batch);
  }

  /** What was lost since the last call, by sender. */
  takeShed(): ReadonlyMap<DatagramSender, number> {
    const shed = this.#shed;
    if (shed.size > 0) this.#shed = new Map();
    return shed;
  }

  #begin(): DatagramBatch {
    this.#indexes.clear();
    this.#lastSender = '';
    const batch = this.#spare.pop() ?? (this.#made < this.#maxBatches ? this.#make() : this.#dropOldest());
    return (this.#filling = batch);
  }

  #make(): DatagramBatch {
    this.#made++;
    return newBatch();
  }

  /** The caller holds few batches, so one always waits here. */
  #dropOldest(): DatagramBatch {
    const oldest = this.#waiting.shift() ?? this.#make();
    for (let at = 0; at < oldest.count; at++) {
      const sender = oldest.senders[oldest.heads[2 * at]!]!;
      this.#shed.set(sender, (this.#shed.get(sender) ?? 0) + 1);
    }
    this.release(oldest);
    return this.#spare.pop()!;
  }

  #indexOf(batch: DatagramBatch, sender: DatagramSender): number {
    let index = this.#indexes.get(sender);
    if (index === undefined) {
      index = batch.senders.push(sender) - 1;
      this.#indexes.set(sender, index);
    }
    this.#lastSender = sender;
    this.#lastIndex = index;
    return index;
  }
}
