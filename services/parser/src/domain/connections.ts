/**
 * Connections that a daemon announces with an address and later names only by pid (dropbear): a small ledger a device,
 * the oldest entry leaving first, so that a flood of connections cannot grow it.
 */
import type { Endpoint } from './dialects/addresses.js';

interface Entry extends Endpoint {
  /** µs since the epoch, time of receipt. */
  at: number;
}

const MOST_CONNECTIONS = 32;
/** Dropbear closes a connection that has not signed in after 5 minutes. */
const KEPT_MICROS = 15 * 60e6;

export type ConnectionSnapshot = [pid: string, ip: string, port: number, at: number][];

export class ConnectionLedger {
  readonly #entries = new Map<string, Entry>();

  static restore(snapshot: ConnectionSnapshot): ConnectionLedger {
    const ledger = new ConnectionLedger();
    for (const [pid, ip, port, at] of snapshot) ledger.#entries.set(pid, { ip, port, at });
    return ledger;
  }

  get size(): number {
    return this.#entries.size;
  }

  opened(pid: string, peer: Endpoint, receivedMicros: number): void {
    this.#entries.delete(pid);
    this.#entries.set(pid, { ...peer, at: receivedMicros });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST_CONNECTIONS) break;
      this.#entries.delete(oldest);
    }
  }

  /** The peer of a pid that was announced within the last 15 minutes, else null. */
  peerOf(pid: string, receivedMicros: number): Endpoint | null {
    const entry = this.#entries.get(pid);
    if (entry === undefined) return null;
    return receivedMicros - entry.at <= KEPT_MICROS ? entry : null;
  }

  closed(pid: string): void {
    this.#entries.delete(pid);
  }

  snapshot(): ConnectionSnapshot {
    return [...this.#entries].map(([pid, { ip, port, at }]) => [pid, ip, port, at]);
  }
}
