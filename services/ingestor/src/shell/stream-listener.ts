/**
 * Syslog over TCP, and over TLS (RFC 5425): one port each, the same way from its connections to lines. A sender waits
 * while the journal is nearly full; nobody's connection is cut for it.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { peerAddress } from '../domain/sender-key.js';
import type { RefusalReason, Signals } from '../signals.js';
import type { Intake } from './intake.js';
import { listenFault } from './listen-fault.js';
import { readProxyHeader } from './proxy-header.js';
import type { TrustedProxies } from './proxy-header.js';
import { StreamConnection } from './stream-connection.js';
import type { TlsHandshakes } from './tls-handshakes.js';

export interface StreamListenerOptions {
  transport: 'tcp' | 'tls';
  host: string;
  port: number;
  /** The variable that names the port, for messages. */
  variable: string;
  maxConnections: number;
  /** A silent connection is closed after so long, ms; 0 for never. */
  idleMs: number;
  /** Where every connection begins with a PROXY header: whose is believed. */
  proxies: TrustedProxies | null;
  /** Secures every connection; null for plain TCP. */
  tls: TlsHandshakes | null;
  /** The key of a sender by the name of its certificate; null where its lines have names of their own. */
  keyOf: (name: string) => string | null;
}

/** Whose connection it is: its own address, or that of a believed header. */
interface Source {
  readonly address: string;
  readonly port: number;
}

const KEEP_ALIVE_MS = 60_000;
const CLOSE_GRACE_MS = 100;

export class StreamListener {
  readonly #intake: Intake;
  readonly #signals: Signals;
  readonly #options: StreamListenerOptions;
  readonly #server: Server;
  /** Connections of which no line can come yet. */
  readonly #arriving = new Set<Socket>();
  readonly #connections = new Set<StreamConnection>();
  readonly #stopListening: () => void;
  #isClosing = false;

  private constructor(intake: Intake, signals: Signals, options: StreamListenerOptions) {
    this.#intake = intake;
    this.#signals = signals;
    this.#options = options;
    const keepAlive = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
    this.#server = createServer(keepAlive, (socket) => this.#arrived(socket));
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('drop', (data) =>
      this.#signals.refusedConnection(options.transport, data?.remoteAddress, 'connection', 'there are too many'),
    );
    this.#stopListening = intake.onPressure((isOpen) => this.#hold(!isOpen));
  }

  /** Opens the port; an error names it and its variable. */
  static async open(intake: Intake, signals: Signals, options: StreamListenerOptions): Promise<StreamListener> {
    const listener = new StreamListener(intake, signals, options);
    await listener.#listen(options.host);
    return listener;
  }

  #listen(host: string): Promise<void> {
    const { port, variable, transport } = this.#options;
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        if (error.code === 'EAFNOSUPPORT' && host === '::') this.#listen('0.0.0.0').then(resolve, reject);
        else reject(listenFault(error, variable, port, host));
      };
      this.#server.once('error', failed);
      this.#server.listen({ port, host, backlog: 1024 }, () => {
        this.#server.off('error', failed);
        this.#server.on('error', (error) => this.#signals.connectionFailed('listener', error.message));
        this.#signals.listening(transport, host, this.port);
        resolve();
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #arrived(socket: Socket): void {
    // Asked for now: a connection that was reset no longer knows its address.
    const own: Source = { address: peerAddress(socket.remoteAddress), port: socket.remotePort ?? 0 };
    socket.on('error', (error) => this.#signals.connectionFailed(own.address, error.message));
    const { proxies } = this.#options;
    if (!proxies) {
      this.#identified(socket, own);
    } else if (proxies.has(own.address)) {
      this.#arriving.add(socket);
      this.#readHeader(socket, own);
    } else {
      this.#refuse(socket, own, 'untrusted_proxy', 'it is not from a trusted proxy (OPMAS_PROXY_TRUSTED)');
    }
  }

  #readHeader(socket: Socket, own: Source): void {
    readProxyHeader(socket, (outcome) => {
      this.#arriving.delete(socket);
      if (outcome.kind === 'header' && !this.#isClosing) this.#identified(socket, outcome.source ?? own);
      else if (outcome.kind === 'refused') this.#refuse(socket, own, 'proxy_header', outcome.reason);
      else socket.destroy();
    });
  }

  /** Its source is known. */
  #identified(socket: Socket, source: Source): void {
    const { tls, keyOf } = this.#options;
    if (!tls) {
      this.#connected(socket, source, null);
      return;
    }
    this.#arriving.add(socket);
    tls.begin(socket, (handshake) => {
      this.#arriving.delete(socket);
      if (handshake.kind === 'failed') this.#refuse(socket, source, handshake.what, handshake.reason);
      if (handshake.kind !== 'secured') return;
      handshake.socket.on('error', (error: Error) => this.#signals.connectionFailed(source.address, error.message));
      this.#connected(handshake.socket, source, handshake.name === null ? null : keyOf(handshake.name));
    });
  }

  #refuse(socket: Socket, source: Source, what: RefusalReason, reason: string): void {
    if (!this.#isClosing) this.#signals.refusedConnection(this.#options.transport, source.address, what, reason);
    socket.destroy();
  }

  #connected(socket: Socket, { address, port }: Source, key: string | null): void {
    const { transport, idleMs } = this.#options;
    const connection = new StreamConnection(socket, {
      intake: this.#intake,
      signals: this.#signals,
      peer: this.#intake.peer(transport, address, port, key),
      idleMs,
      finished: () => {
        this.#connections.delete(connection);
        this.#gauge();
      },
    });
    this.#connections.add(connection);
    this.#gauge();
  }

  #gauge(): void {
    const { meters } = this.#signals;
    const labels = { transport: this.#options.transport };
    meters.connections.set(labels, this.#connections.size);
    meters.paused.set(labels, this.#intake.isOpen ? 0 : this.#connections.size);
  }

  #hold(isHeld: boolean): void {
    for (const connection of this.#connections) connection.hold(isHeld);
    this.#gauge();
  }

  /** Closes the port and the connections; what of a line had arrived is kept and marked. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#stopListening();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#arriving) socket.destroy();
    // What the kernel has already taken from senders is read in this time.
    for (const connection of this.#connections) connection.end();
    if (this.#connections.size > 0) await new Promise((resolve) => setTimeout(resolve, CLOSE_GRACE_MS));
    for (const connection of [...this.#connections]) connection.finish();
    await closed;
  }
}
