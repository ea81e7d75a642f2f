/**
 * Syslog over UDP: one message a datagram, read by a thread of its own. Several sockets on one port give the kernel more
 * room for what was not read yet; it keeps each sender (address and port) on one of them, so that a sender's order
 * holds. What the kernel dropped before it could be read is counted.
 */
import { isAscii } from 'node:buffer';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { DatagramBatch } from '../domain/datagram-queue.js';
import { trimmedEnd } from '../domain/octet-header.js';
import { peerAddress } from '../domain/sender-key.js';
import { LINE } from '../domain/stream-framing.js';
import type { Signals } from '../signals.js';
import type { DatagramShedding } from './datagram-shedding.js';
import type { Intake, Peer } from './intake.js';
import { KernelDrops } from './kernel-drops.js';
import { listenFault } from './listen-fault.js';
import type { FromUdpReceiver, ToUdpReceiver, UdpReceiverOptions } from './udp-receiver.js';

const MAX_PEERS = 10_000;
const LOOK_EVERY_MS = 1000;
/** At the end, what the kernel has taken already is read: for at most so long, where senders do not stop. */
const READ_OUT_MS = 500;
const READ_OUT_STEP_MS = 5;
/** The thread's code, which is TypeScript too where the service is run from its sources. */
const RECEIVER = new URL(`./udp-receiver${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

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

export class UdpListener {
  readonly #parts: UdpListenerParts;
  readonly #options: UdpReceiverOptions;
  readonly #receiver: Worker;
  readonly #peers = new Map<string, Peer>();
  #port = 0;
  #readBytes = 0;
  #kernel: KernelDrops | null = null;
  #timer: NodeJS.Timeout | null = null;

  private constructor(parts: UdpListenerParts, options: UdpReceiverOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#receiver = new Worker(RECEIVER, { workerData: options, name: 'udp' });
    // Without its thread the service hears nothing: it ends, and is started again.
    this.#receiver.on('error', (error) => {
      throw error;
    });
  }

  /** Opens the port; an error names it and its variable. */
  static async open(parts: UdpListenerParts, options: UdpReceiverOptions): Promise<UdpListener> {
    const { sockets } = options;
    const isShared = sockets > 1 && canReusePort(process.versions.node);
    if (sockets > 1 && !isShared) parts.signals.udp.oneSocketOnly(sockets);
    const listener = new UdpListener(parts, { ...options, sockets: isShared ? sockets : 1 });
    await listener.#open();
    return listener;
  }

  async #open(): Promise<void> {
    const { signals } = this.#parts;
    const { host: asked, port, receiveBufferBytes, sockets } = this.#options;
    const [said] = (await once(this.#receiver, 'message')) as [FromUdpReceiver];
    if (said.kind !== 'open') {
      await this.#receiver.terminate();
      const { code, message } = said.kind === 'refused' ? said : { code: '', message: said.kind };
      throw listenFault(Object.assign(new Error(message), { code }), 'SYSLOG_UDP_PORT', port, asked);
    }
    this.#receiver.on('message', (message: FromUdpReceiver) => this.#told(message));
    this.#port = said.port;
    this.#kernel = new KernelDrops(this.#port);
    const { host } = said;
    signals.listening('udp', host, this.#port);
    signals.udp.opened(`${host.includes(':') ? `[${host}]` : host}:${this.#port}`, {
      sockets,
      wantedBytes: receiveBufferBytes,
      givenBytes: said.givenBytes,
      areDropsTold: this.#kernel.isTold,
    });
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  get port(): number {
    return this.#port;
  }

  #told(message: FromUdpReceiver): void {
    const { shedding, signals } = this.#parts;
    if (message.kind === 'failed') signals.connectionFailed('udp', message.message);
    else if (message.kind === 'shed') {
      for (const [sender, datagrams] of message.lost) shedding.refused(addressOf(sender), datagrams);
    } else if (message.kind === 'batch') {
      const { batch } = message;
      this.#take(batch);
      const done: ToUdpReceiver = { kind: 'done', batch };
      this.#receiver.postMessage(done, [batch.bytes.buffer, batch.heads.buffer]);
    }
  }

  #take({ bytes, heads, count, length, senders }: DatagramBatch): void {
    const { intake, shedding } = this.#parts;
    const buffer = Buffer.from(bytes.buffer, 0, length);
    const peers = senders.map((sender) => this.#peer(sender));
    const isBatchAscii = isAscii(buffer);
    this.#readBytes += length;
    let start = 0;
    for (let at = 0; at < count; at++) {
      const end = heads[2 * at + 1]!;
      const cut = trimmedEnd(buffer, start, end);
      const peer = peers[heads[2 * at]!]!;
      if (cut > start) {
        if (intake.accepts || shedding.hasRoom()) intake.line(peer, buffer, start, cut, LINE.whole, isBatchAscii);
        else shedding.refused(peer.address, 1);
      }
      start = end;
    }
  }

  #peer(sender: string): Peer {
    const known = this.#peers.get(sender);
    if (known) return known;
    if (this.#peers.size >= MAX_PEERS) this.#peers.clear();
    const port = Number(sender.slice(sender.indexOf(' ') + 1));
    const peer = this.#parts.intake.peer('udp', addressOf(sender), port);
    this.#peers.set(sender, peer);
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

  /** Reads what the kernel has taken already, takes it in, and closes. */
  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    const deadline = performance.now() + READ_OUT_MS;
    while (this.#look() > 0 && performance.now() < deadline) await sleep(READ_OUT_STEP_MS);
    const ended = once(this.#receiver, 'exit');
    const close: ToUdpReceiver = { kind: 'close' };
    this.#receiver.postMessage(close);
    await ended;
    this.#look();
    this.#parts.shedding.keep();
    this.#parts.signals.udp.report();
  }
}

function addressOf(sender: string): string {
  return peerAddress(sender.slice(0, sender.indexOf(' ')));
}
