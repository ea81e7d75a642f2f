/** One sender's connection, over TCP or TLS: its bytes become lines, and it waits while the journal is nearly full. */
import { isAscii } from 'node:buffer';
import type { Socket } from 'node:net';
import { SyslogStreamDecoder } from '../domain/stream-framing.js';
import type { Signals } from '../signals.js';
import type { Intake, Peer } from './intake.js';

export interface StreamConnectionParts {
  intake: Intake;
  signals: Signals;
  peer: Peer;
  /** It is closed after so long without a byte, ms; 0 for never. Time in which it is held back does not count. */
  idleMs: number;
  /** Called once, when all that it brought has been taken. */
  finished: (connection: StreamConnection) => void;
}

/** How long a message that could be two waits for what follows it. */
const SETTLE_MS = 1000;

export class StreamConnection {
  readonly #socket: Socket;
  readonly #parts: StreamConnectionParts;
  readonly #decoder: SyslogStreamDecoder;
  #reported: SyslogStreamDecoder['counts'];
  #isChunkAscii = true;
  #isFinished = false;
  #settling: NodeJS.Timeout | null = null;

  /** The socket must have a listener for errors already. */
  constructor(socket: Socket, parts: StreamConnectionParts) {
    const { intake, peer, idleMs } = parts;
    this.#socket = socket;
    this.#parts = parts;
    this.#decoder = new SyslogStreamDecoder((bytes, start, end, flags) => {
      intake.line(peer, bytes, start, end, flags, this.#isChunkAscii);
    });
    this.#reported = { ...this.#decoder.counts };
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('close', () => this.finish());
    if (idleMs > 0) socket.setTimeout(idleMs, () => this.#idle());
    if (!intake.isOpen) socket.pause();
  }

  #received(chunk: Buffer): void {
    const { intake, signals, peer } = this.#parts;
    // A line that began in an earlier chunk is ASCII only if that chunk was.
    this.#isChunkAscii = (this.#decoder.heldBytes === 0 || this.#isChunkAscii) && isAscii(chunk);
    this.#decoder.push(chunk);
    signals.meters.acceptedBytes.inc({ transport: peer.transport }, chunk.length);
    this.#reportChanges();
    if (this.#decoder.isUndecided) this.#settling ??= setTimeout(() => this.#settle(), SETTLE_MS).unref();
    if (!intake.isOpen) this.#socket.pause();
  }

  #settle(): void {
    this.#settling = null;
    this.#decoder.settle();
    this.#reportChanges();
  }

  #reportChanges(): void {
    const { counts } = this.#decoder;
    if (counts.truncated !== this.#reported.truncated || counts.wrongCounts !== this.#reported.wrongCounts)
      this.#report();
  }

  #report(): void {
    const before = this.#reported;
    const now = this.#decoder.counts;
    this.#parts.signals.framing(this.#parts.peer, {
      truncated: now.truncated - before.truncated,
      partial: now.partial - before.partial,
      wrongCounts: now.wrongCounts - before.wrongCounts,
      discardedBytes: now.discardedBytes - before.discardedBytes,
    });
    this.#reported = { ...now };
  }

  /** Who is silent because it was held back is not idle. */
  #idle(): void {
    if (this.#parts.intake.isOpen) this.#socket.end();
    else this.#socket.setTimeout(this.#parts.idleMs);
  }

  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Ends our side; what the sender has sent is still read. */
  end(): void {
    this.#socket.end();
  }

  /** Closes it; what of a line had arrived is kept and marked. */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    if (this.#settling) clearTimeout(this.#settling);
    this.#decoder.end();
    this.#report();
    this.#socket.destroy();
    this.#parts.finished(this);
  }
}
