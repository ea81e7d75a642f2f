/** Syslog over UDP: one message a datagram. What the kernel dropped before it could be read is counted. */
import { isAscii } from 'node:buffer';
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { trimmedEnd } from '../domain/octet-header.js';
import { peerAddress } from '../domain/sender-key.js';
import { LINE } from '../domain/stream-framing.js';
import type { Signals } from '../signals.js';
import type { Intake, Peer } from './intake.js';
import { ownSocketInodes, readKernelDrops } from './kernel-drops.js';
import { listenFault } from './listen-fault.js';

const MAX_PEERS = 10_000;
const DROPS_EVERY_MS = 1000;

export interface UdpListenerOptions {
  host: string;
  port: number;
  receiveBufferBytes: number;
}

export class UdpListener {
  readonly #intake: Intake;
  readonly #signals: Signals;
  readonly #options: UdpListenerOptions;
  #socket: Socket | null = null;
  readonly #peers = new Map<string, Peer>();
  #inodes: ReadonlySet<string> = new Set();
  #drops = 0;
  #timer: NodeJS.Timeout | null = null;

  private constructor(intake: Intake, signals: Signals, options: UdpListenerOptions) {
    this.#intake = intake;
    this.#signals = signals;
    this.#options = options;
  }

  /** Opens the port; an error names it and its variable. */
  static async open(intake: Intake, signals: Signals, options: UdpListenerOptions): Promise<UdpListener> {
    const listener = new UdpListener(intake, signals, options);
    await listener.#bind(options.host);
    return listener;
  }

  #bind(host: string): Promise<void> {
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        socket.close();
        if (error.code === 'EAFNOSUPPORT' && host === '::') this.#bind('0.0.0.0').then(resolve, reject);
        else reject(listenFault(error, 'SYSLOG_UDP_PORT', this.#options.port, host));
      };
      socket.once('error', failed);
      socket.on('message', (bytes, sender) => this.#received(bytes, sender));
      socket.bind(this.#options.port, host, () => {
        socket.off('error', failed);
        socket.on('error', (error) => this.#signals.connectionFailed('udp', error.message));
        this.#opened(socket, host);
        resolve();
      });
    });
  }

  #opened(socket: Socket, host: string): void {
    this.#socket = socket;
    const wanted = this.#options.receiveBufferBytes;
    socket.setRecvBufferSize(wanted);
    const given = socket.getRecvBufferSize();
    if (given < wanted) this.#signals.smallReceiveBuffer(wanted, given);
    this.#signals.listening('udp', host, this.port);
    this.#inodes = ownSocketInodes();
    this.#drops = readKernelDrops(this.port, this.#inodes);
    this.#timer = setInterval(() => this.#countDrops(), DROPS_EVERY_MS).unref();
  }

  get port(): number {
    return this.#socket!.address().port;
  }

  #received(bytes: Buffer, sender: RemoteInfo): void {
    this.#signals.meters.acceptedBytes.inc({ transport: 'udp' }, bytes.length);
    const end = trimmedEnd(bytes, 0, bytes.length);
    if (end === 0) return;
    if (!this.#intake.accepts) {
      this.#signals.shed(peerAddress(sender.address));
      return;
    }
    this.#intake.line(this.#peer(sender), bytes, 0, end, LINE.whole, isAscii(bytes));
  }

  #peer(sender: RemoteInfo): Peer {
    const name = `${sender.address} ${sender.port}`;
    const known = this.#peers.get(name);
    if (known) return known;
    if (this.#peers.size >= MAX_PEERS) this.#peers.clear();
    const peer = this.#intake.peer('udp', peerAddress(sender.address), sender.port);
    this.#peers.set(name, peer);
    return peer;
  }

  #countDrops(): void {
    const drops = readKernelDrops(this.port, this.#inodes);
    if (drops > this.#drops) this.#signals.kernelDrops(drops - this.#drops);
    this.#drops = drops;
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    const socket = this.#socket;
    if (!socket) return;
    this.#countDrops();
    this.#socket = null;
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}
