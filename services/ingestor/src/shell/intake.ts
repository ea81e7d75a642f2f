/**
 * From a line to the journal. Lines of one turn of the event loop are gathered and written when the turn's reading is
 * over, in the same turn; a burst is written before that.
 */
import { formatInstant } from '@opmas/contracts';
import type { Transport } from '@opmas/contracts';
import type { Journal, JournalPressure } from '@opmas/platform';
import type { KeyBindings } from '../domain/key-bindings.js';
import type { KeyCap } from '../domain/key-cap.js';
import { peerFields, recordHead, recordTail, textRecordTail } from '../domain/raw-record.js';
import { headerHostName, realHostName } from '../domain/sender-key.js';
import { MAX_LINE_BYTES } from '../domain/stream-framing.js';
import type { Signals } from '../signals.js';

const WRITE_AT_BYTES = 1024 * 1024;
const MAX_REMEMBERED_SENDERS = 2048;

/** A sender behind a peer: its key's shard, and the head that its records of this turn share. */
interface Sender {
  readonly key: string;
  readonly shard: number;
  head: string;
  turn: number;
}

/** Who sends: an address and port over one transport. */
export interface Peer {
  readonly transport: Transport;
  readonly address: string;
  readonly fields: string;
  /** Key of all its lines, where a certificate says whose they are; null where each line's name or the address does. */
  readonly key: string | null;
  /** By the name as the line has it; '' for a line without. */
  readonly senders: Map<string, Sender>;
  bindingsVersion: number;
}

/** The frame that a line went to; valid until the next line. */
export interface Place {
  readonly shard: number;
  readonly ordinal: number;
}

export interface IntakeParts {
  journal: Journal;
  bindings: KeyBindings;
  cap: KeyCap;
  /** µs since 1970, never going back. */
  receivedAtUs: () => number;
  nowMs: () => number;
  signals: Signals;
}

export class Intake {
  readonly #parts: IntakeParts;
  readonly #pressureListeners = new Set<(isOpen: boolean) => void>();
  #turn = 1;
  #instantUs = 0;
  #instant = '';
  #isScheduled = false;
  #accepted = new Map<Transport, number>();
  #lastReceivedMs: number | null = null;
  /** One for all lines, because there is one a line. */
  readonly #place = { shard: 0, ordinal: 0 };

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    const { journal } = parts;
    journal.onPressure = (pressure, detail) => this.#changed(pressure, detail);
    // It may have been opened full, or on a full disk.
    if (journal.pressure !== 'open') this.#changed(journal.pressure, journal.pressureDetail);
  }

  /** Monotonic clock, ms: when anything was received last; null for never. */
  get lastReceivedMs(): number | null {
    return this.#lastReceivedMs;
  }

  /** False while senders that can wait must. */
  get isOpen(): boolean {
    return this.#parts.journal.pressure === 'open';
  }

  /** False while nothing at all is accepted. */
  get accepts(): boolean {
    const { pressure } = this.#parts.journal;
    return pressure === 'open' || pressure === 'high';
  }

  /** Calls when senders must wait, and when they may go on; answers a function that ends it. */
  onPressure(listener: (isOpen: boolean) => void): () => void {
    this.#pressureListeners.add(listener);
    return () => this.#pressureListeners.delete(listener);
  }

  #changed(pressure: JournalPressure, detail: string): void {
    if (pressure !== 'failed') this.#count();
    this.#parts.signals.pressure(pressure, detail);
    for (const listener of this.#pressureListeners) listener(pressure === 'open');
  }

  peer(transport: Transport, address: string, port: number, key: string | null = null): Peer {
    return {
      transport,
      address,
      key,
      fields: peerFields(transport, address, port),
      senders: new Map(),
      bindingsVersion: -1,
    };
  }

  /** Takes a line as it came; answers where it went. `isAscii` says that all of its bytes are known to be ASCII. */
  line(peer: Peer, bytes: Buffer, start: number, end: number, flags: number, isAscii: boolean): Place {
    const sender = this.#sender(peer, peer.key === null ? (headerHostName(bytes, start, end) ?? '') : '');
    return this.#add(peer, sender, recordTail(bytes, start, end, flags, isAscii), isAscii);
  }

  /** Takes a line as it came, for a host that its sender names beside it; answers where it went. */
  lineOf(peer: Peer, host: string, bytes: Buffer, start: number, end: number, flags: number): Place {
    return this.#add(peer, this.#sender(peer, host), recordTail(bytes, start, end, flags, false), false);
  }

  /** Takes a line that is text already, for a host that the import names; answers where it went. */
  text(peer: Peer, line: string, host: string | null): Place {
    const bytes = host === null ? Buffer.from(line.slice(0, 512)) : null;
    const sender = this.#sender(peer, host ?? headerHostName(bytes!, 0, bytes!.length) ?? '');
    return this.#add(peer, sender, textRecordTail(line, MAX_LINE_BYTES), false);
  }

  #add(peer: Peer, sender: Sender, tail: string, isAscii: boolean): Place {
    if (!this.#isScheduled) this.#beginTurn();
    if (sender.turn !== this.#turn) {
      sender.turn = this.#turn;
      sender.head = recordHead(this.#instant, sender.key, peer.fields);
    }
    const text = sender.head + tail;
    const size = isAscii ? text.length : Buffer.byteLength(text);
    const ordinal = this.#parts.journal.add(sender.shard, text, size, this.#instantUs);
    this.#accepted.set(peer.transport, (this.#accepted.get(peer.transport) ?? 0) + 1);
    if (this.#parts.journal.pendingBytes >= WRITE_AT_BYTES) this.#parts.journal.flush();
    this.#place.shard = sender.shard;
    this.#place.ordinal = ordinal;
    return this.#place;
  }

  #beginTurn(): void {
    this.#isScheduled = true;
    this.#turn++;
    this.#instantUs = this.#parts.receivedAtUs();
    this.#instant = formatInstant(this.#instantUs);
    this.#lastReceivedMs = this.#parts.nowMs();
    setImmediate(() => this.endTurn());
  }

  /** Writes what was taken; called by itself when the turn's reading is over. */
  endTurn(): void {
    this.#isScheduled = false;
    // What the disk refuses is counted when it is written.
    if (this.#parts.journal.flush()) this.#count();
  }

  /** Records that were read and that the disk has not taken. */
  get unwritten(): number {
    return [...this.#accepted.values()].reduce((sum, records) => sum + records, 0);
  }

  #count(): void {
    for (const [transport, records] of this.#accepted) this.#parts.signals.meters.accepted.inc({ transport }, records);
    this.#accepted.clear();
  }

  #sender(peer: Peer, token: string): Sender {
    const { bindings } = this.#parts;
    if (peer.bindingsVersion !== bindings.version) {
      peer.senders.clear();
      peer.bindingsVersion = bindings.version;
    }
    const known = peer.senders.get(token);
    if (known) return known;
    const key = this.#key(peer, token);
    const sender = { key, shard: bindings.shardOf(key), head: '', turn: 0 };
    if (peer.senders.size >= MAX_REMEMBERED_SENDERS) peer.senders.clear();
    peer.senders.set(token, sender);
    return sender;
  }

  #key(peer: Peer, token: string): string {
    if (peer.key !== null) return peer.key;
    const name = token === '' ? null : realHostName(token);
    const byAddress = `addr:${peer.address}`;
    if (name === null) return byAddress;
    const key = `host:${name}`;
    if (this.#parts.bindings.isBound(key)) return key;
    if (this.#parts.cap.admits(peer.address, name, this.#parts.nowMs())) return key;
    this.#parts.signals.capped(peer.address);
    return byAddress;
  }
}
