/**
 * Where datagrams go first when the journal is full: the oldest of them make room for the newest, whatever came over a
 * transport that can wait stays. Every lost datagram is counted under its sender's address; the counts are kept in the
 * journal, in the same write that gives the records up.
 */
import type { Journal } from '@opmas/platform';
import { LossLedger } from '../domain/loss-ledger.js';
import { datagramPeer } from '../domain/raw-record.js';
import type { Signals } from '../signals.js';

const NOTE = 'lost-datagrams';
/** Segments are given up one by one; so many for one datagram. */
const TRIES = 4;
/** The journal is not searched again at once when nothing was found: ms, doubled each time up to the limit. */
const PAUSE_MS = 50;
const MAX_PAUSE_MS = 800;
const KEEP_AFTER_MS = 10_000;

export class DatagramShedding {
  readonly #journal: Journal;
  readonly #signals: Signals;
  readonly #nowMs: () => number;
  /** Since the journal was made. */
  readonly #lost: LossLedger;
  #pauseMs = PAUSE_MS;
  #notBeforeMs = -Infinity;
  #keeping: NodeJS.Timeout | null = null;

  constructor(journal: Journal, signals: Signals, nowMs: () => number) {
    this.#journal = journal;
    this.#signals = signals;
    this.#nowMs = nowMs;
    this.#lost = LossLedger.read(journal.noted(NOTE));
    signals.udp.lostBefore(this.#lost);
  }

  /** True where the journal takes a datagram, if need be in place of older ones. */
  hasRoom(): boolean {
    const { pressure } = this.#journal;
    if (pressure === 'open' || pressure === 'high') return true;
    if (pressure === 'failed' || this.#nowMs() < this.#notBeforeMs) return false;
    return this.#makeRoom();
  }

  #makeRoom(): boolean {
    let given = 0;
    for (let tries = 0; tries < TRIES && this.#journal.pressure === 'full'; tries++) {
      given += this.#journal.makeRoom(datagramPeer, (lost) => {
        for (const [sender, records] of lost) this.#count('shed', sender, records);
        this.#journal.note(NOTE, this.#lost.text());
      });
    }
    if (given > 0) {
      this.#pauseMs = PAUSE_MS;
    } else {
      this.#notBeforeMs = this.#nowMs() + this.#pauseMs;
      this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
    }
    const { pressure } = this.#journal;
    return pressure === 'open' || pressure === 'high';
  }

  /** Datagrams are lost because nothing older could go for them, or because too many of them waited to be taken in. */
  refused(sender: string, datagrams: number): void {
    this.#count('journal', sender, datagrams);
    this.#keeping ??= setTimeout(() => this.keep(), KEEP_AFTER_MS).unref();
  }

  #count(reason: 'journal' | 'shed', sender: string, records: number): void {
    this.#lost.add(sender, records);
    this.#signals.udp.lost(reason, sender, records);
  }

  /** Stages what was counted since, to be written with what comes next. */
  keep(): void {
    if (this.#keeping === null) return;
    clearTimeout(this.#keeping);
    this.#keeping = null;
    this.#journal.note(NOTE, this.#lost.text());
  }
}
