/** Syslog over TCP. A sender waits while the journal is nearly full; nobody's connection is cut for it. */
import { isAscii } from 'node:buffer';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { peerAddress } from '../domain/sender-key.js';
import { SyslogStreamDecoder } from '../domain/stream-framing.js';
import type { FramingCounts } from '../domain/stream-framing.js';
import type { Signals } from '../signals.js';
import type { Intake } from './intake.js';
import { listenFault } from './listen-fault.js';

export interface TcpListenerOptions {
  host: string;
  port: number;
  maxConnections: number;
  /** A silent connection is closed after so long, ms; 0 for never. */
  idleMs: number;
}

const KEEP_ALIVE_MS = 60_000;
const CLOSE_GRACE_MS = 100;

export class TcpListener {
  readonly #intake: Intake;
  readonly #signals: Signals;
  readonly #options: TcpListenerOptions;
  readonly #server: Server;
  readonly #connections = new Map<Socket, SyslogStreamDecoder>();
  readonly #stopListening: () => void;

  private constructor(intake: Intake, signals: Signals, options: TcpListenerOptions) {
    this.#intake = intake;
    this.#signals = signals;
    this.#options = options;
    this.#server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) =>
      this.#connected(socket),
    );
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('drop', (data) => signals.refusedConnection(data?.remoteAddress));
    this.#stopListening = intake.onPressure((isOpen) => this.#hold(!isOpen));
  }

  /** Opens the port; an error names it and its variable. */
  static async open(intake: Intake, signals: Signals, options: TcpListenerOptions): Promise<TcpListener> {
    const listener = new TcpListener(intake, signals, options);
    await listener.#listen(options.host);
    return listener;
  }

  #listen(host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        if (error.code === 'EAFNOSUPPORT' && host === '::') this.#listen('0.0.0.0').then(resolve, reject);
        else reject(listenFault(error, 'SYSLOG_TCP_PORT', this.#options.port, host));
      };
      this.#server.once('error', failed);
      this.#server.listen({ port: this.#options.port, host, backlog: 1024 }, () => {
        this.#server.off('error', failed);
        this.#server.on('error', (error) => this.#signals.connectionFailed('listener', error.message));
        this.#signals.listening('tcp', host, this.port);
        resolve();
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #connected(socket: Socket): void {
    const address = peerAddress(socket.remoteAddress);
    const peer = this.#intake.peer('tcp', address, socket.remotePort ?? 0);
    let isChunkAscii = true;
    const decoder = new SyslogStreamDecoder((bytes, start, end, flags) => {
      this.#intake.line(peer, bytes, start, end, flags, isChunkAscii);
    });
    let seen = { ...decoder.counts };
    this.#connections.set(socket, decoder);
    this.#signals.meters.connections.set(this.#connections.size);
    const report = (): void => {
      this.#reportFraming(seen, decoder.counts);
      seen = { ...decoder.counts };
    };
    socket.on('data', (chunk: Buffer) => {
      // A line that began in an earlier chunk is ASCII only if that chunk was.
      isChunkAscii = (decoder.heldBytes === 0 || isChunkAscii) && isAscii(chunk);
      decoder.push(chunk);
      this.#signals.meters.acceptedBytes.inc({ transport: 'tcp' }, chunk.length);
      if (decoder.counts.truncated !== seen.truncated || decoder.counts.wrongCounts !== seen.wrongCounts) report();
      if (!this.#intake.isOpen) socket.pause();
    });
    socket.on('error', (error) => this.#signals.connectionFailed(address, error.message));
    socket.on('close', () => {
      this.#finish(socket, decoder);
      report();
    });
    if (this.#options.idleMs > 0) socket.setTimeout(this.#options.idleMs, () => socket.end());
    if (!this.#intake.isOpen) socket.pause();
  }

  #finish(socket: Socket, decoder: SyslogStreamDecoder): void {
    if (!this.#connections.delete(socket)) return;
    decoder.end();
    this.#signals.meters.connections.set(this.#connections.size);
  }

  #reportFraming(before: FramingCounts, now: FramingCounts): void {
    this.#signals.framing({
      truncated: now.truncated - before.truncated,
      partial: now.partial - before.partial,
      wrongCounts: now.wrongCounts - before.wrongCounts,
      discardedBytes: now.discardedBytes - before.discardedBytes,
    });
  }

  #hold(isHeld: boolean): void {
    for (const socket of this.#connections.keys()) {
      if (isHeld) socket.pause();
      else socket.resume();
    }
    this.#signals.meters.paused.set(isHeld ? this.#connections.size : 0);
  }

  /** Closes the port and the connections; what of a line had arrived is kept and marked. */
  async close(): Promise<void> {
    this.#stopListening();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // What the kernel has already taken from senders is read in this time.
    for (const socket of this.#connections.keys()) socket.end();
    if (this.#connections.size > 0) await new Promise((resolve) => setTimeout(resolve, CLOSE_GRACE_MS));
    for (const [socket, decoder] of [...this.#connections]) {
      this.#finish(socket, decoder);
      socket.destroy();
    }
    await closed;
  }
}
