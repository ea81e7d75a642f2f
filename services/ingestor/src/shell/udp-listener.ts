/**
 * Syslog over UDP: one message a datagram. Several sockets on one port give the kernel more room for what was not read yet;
 * it keeps each sender (address and port) on one of them, so that a sender's order holds. What the kernel dropped before
 * it could be read is counted.
 */
import { isAscii } from 'node:buffer';
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket, SocketOptions } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { trimmedEnd } from '../domain/octet-header.js';
import { peerAddress } from '../domain/sender-key.js';
import { LINE } from '../domain/stream-framing.js';
import type { Signals } from '../signals.js';
import type { DatagramShedding } from './datagram-shedding.js';
import type { Intake, Peer } from './intake.js';
import { KernelDrops } from './kernel-drops.js';
import { listenFault } from './listen-fault.js';

const MAX_PEERS = 10_000;
const LOOK_EVERY_MS = 1000;
/** At the end, what the kernel has taken already is read: for at most so long, where senders do not stop. */
const READ_OUT_MS = 500;
const READ_OUT_STEP_MS = 5;

export interface UdpListenerOptions {
  host: string;
  port: number;
  /** Of each socket. */
  receiveBufferBytes: number;
  sockets: number;
}

interface UdpListenerParts {
  intake: Intake;
  shedding: DatagramShedding;
  signals: Signals;
}

/** Whether this Node can open a port several times (SO_REUSEPORT with senders spread over the sockets). */
export function canReusePort(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

/** Linux answers with twice of what it grants, for its own overhead. */
function grantedBytes(socket: Socket): number {
  return socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1);
}

export class UdpListener {
  readonly #parts: UdpListenerParts;
  readonly #options: UdpListenerOptions;
  readonly #sockets: Socket[] = [];
  readonly #peers = new Map<string, Peer>();
  /** Most datagrams come from the sender of the one before. */
  #lastAddress = '';
  #lastPort = -1;
  #lastPeer: Peer | null = null;
  #readBytes = 0;
  #kernel: KernelDrops | null = null;
  #timer: NodeJS.Timeout | null = null;

  private constructor(parts: UdpListenerParts, options: UdpListenerOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Opens the port; an error names it and its variable. */
  static async open(parts: UdpListenerParts, options: UdpListenerOptions): Promise<UdpListener> {
    const listener = new UdpListener(parts, options);
    try {
      await listener.#open();
    } catch (error) {
      await listener.#closeSockets();
      throw error;
    }
    return listener;
  }

  async #open(): Promise<void> {
    const { signals } = this.#parts;
    const { sockets, receiveBufferBytes } = this.#options;
    const isShared = sockets > 1 && canReusePort(process.versions.node);
    if (sockets > 1 && !isShared) signals.udp.oneSocketOnly(sockets);
    const host = await this.#bindFirst(this.#options.host, isShared);
    for (let more = 1; isShared && more < sockets; more++) await this.#bind(host, this.port, true);
    for (const socket of this.#sockets) socket.setRecvBufferSize(receiveBufferBytes);
    const given = grantedBytes(this.#sockets[0]!);
    this.#kernel = new KernelDrops(this.port);
    signals.listening('udp', host, this.port);
    signals.udp.opened(`${host.includes(':') ? `[${host}]` : host}:${this.port}`, {
      sockets: this.#sockets.length,
      wantedBytes: receiveBufferBytes,
      givenBytes: given,
      areDropsTold: this.#kernel.isTold,
    });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  /** Answers the address that it listens on: that of IPv4 where the system has no IPv6. */
  async #bindFirst(host: string, isShared: boolean): Promise<string> {
    try {
      await this.#bind(host, this.#options.port, isShared);
      return host;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'))
        return this.#bindFirst('0.0.0.0', isShared);
      throw listenFault(error as NodeJS.ErrnoException, 'SYSLOG_UDP_PORT', this.#options.port, host);
    }
  }

  #bind(host: string, port: number, isShared: boolean): Promise<void> {
    const options: SocketOptions & { reusePort?: boolean } = { type: host.includes(':') ? 'udp6' : 'udp4' };
    if (isShared) options.reusePort = true;
    const socket = createSocket(options);
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => {
        socket.close();
        reject(error);
      };
      socket.once('error', failed);
      socket.on('message', (bytes, sender) => this.#received(bytes, sender));
      socket.bind(port, host, () => {
        socket.off('error', failed);
        socket.on('error', (error) => this.#parts.signals.connectionFailed('udp', error.message));
        this.#sockets.push(socket);
        resolve();
      });
    });
  }

  get port(): number {
    return this.#sockets[0]!.address().port;
  }

  #received(bytes: Buffer, sender: RemoteInfo): void {
    this.#readBytes += bytes.length;
    const end = trimmedEnd(bytes, 0, bytes.length);
    if (end === 0) return;
    const { intake, shedding } = this.#parts;
    if (!intake.accepts && !shedding.hasRoom()) {
      shedding.refused(peerAddress(sender.address));
      return;
    }
    intake.line(this.#peer(sender), bytes, 0, end, LINE.whole, isAscii(bytes));
  }

  #peer({ address, port }: RemoteInfo): Peer {
    if (this.#lastPeer && port === this.#lastPort && address === this.#lastAddress) return this.#lastPeer;
    const name = `${address} ${port}`;
    let peer = this.#peers.get(name);
    if (!peer) {
      if (this.#peers.size >= MAX_PEERS) this.#peers.clear();
      peer = this.#parts.intake.peer('udp', peerAddress(address), port);
      this.#peers.set(name, peer);
    }
    this.#lastAddress = address;
    this.#lastPort = port;
    this.#lastPeer = peer;
    return peer;
  }

  /** Answers the bytes that wait in the kernel; 0 where it does not tell. */
  #look(): number {
    const { signals } = this.#parts;
    if (this.#readBytes > 0) signals.meters.acceptedBytes.inc({ transport: 'udp' }, this.#readBytes);
    this.#readBytes = 0;
    const look = this.#kernel?.look() ?? null;
    if (look) signals.udp.kernelLook(look.drops, look.queuedBytes);
    return look?.queuedBytes ?? 0;
  }

  /** Reads what the kernel has taken already, then closes. */
  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    const deadline = performance.now() + READ_OUT_MS;
    while (this.#look() > 0 && performance.now() < deadline) await sleep(READ_OUT_STEP_MS);
    await this.#closeSockets();
    this.#parts.shedding.keep();
    this.#parts.signals.udp.report();
  }

  async #closeSockets(): Promise<void> {
    const sockets = this.#sockets.splice(0);
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }
}
