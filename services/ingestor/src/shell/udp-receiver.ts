/**
 * The thread that reads the UDP port and does nothing else: while the service collects garbage or waits for its disk,
 * datagrams are still taken out of the kernel's buffer, which is small and loses what finds no room.
 */
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket, SocketOptions } from 'node:dgram';
import { parentPort, workerData } from 'node:worker_threads';
import type { DatagramBatch } from '../domain/datagram-queue.js';
import { DatagramQueue } from '../domain/datagram-queue.js';

export interface UdpReceiverOptions {
  host: string;
  port: number;
  /** Of each socket. */
  receiveBufferBytes: number;
  sockets: number;
  /** Of what was read and waits for the service. */
  queueBytes: number;
}

/** What the thread tells. */
export type FromUdpReceiver =
  | { kind: 'open'; host: string; port: number; givenBytes: number }
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'failed'; message: string }
  | { kind: 'batch'; batch: DatagramBatch }
  /** Datagrams that were given up, by sender. */
  | { kind: 'shed'; lost: ReadonlyMap<string, number> };

/** What it is told: a batch back, or to end. */
export type ToUdpReceiver = { kind: 'done'; batch: DatagramBatch } | { kind: 'close' };

/** Batches that the service has in hand at once. */
const MOST_IN_HAND = 2;
/** What comes within this is handed over together: each time costs as much as some ten datagrams. */
const GATHER_MS = 1;

const service = parentPort!;
const options = workerData as UdpReceiverOptions;
const queue = new DatagramQueue(options.queueBytes);
const sockets: Socket[] = [];
let inHand = 0;
let isScheduled = false;
let isClosing = false;
const last = { address: '', port: -1, name: '' };

const tell = (message: FromUdpReceiver): void => service.postMessage(message);

function hand(): void {
  isScheduled = false;
  while (inHand < MOST_IN_HAND) {
    const batch = queue.next();
    if (!batch) break;
    inHand++;
    const message: FromUdpReceiver = { kind: 'batch', batch };
    service.postMessage(message, [batch.bytes.buffer, batch.heads.buffer]);
  }
  const lost = queue.takeShed();
  if (lost.size > 0) tell({ kind: 'shed', lost });
  if (isClosing && inHand === 0) service.close();
}

function receive(bytes: Buffer, { address, port }: RemoteInfo): void {
  if (port !== last.port || address !== last.address)
    Object.assign(last, { address, port, name: `${address} ${port}` });
  queue.push(last.name, bytes);
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(hand, GATHER_MS);
}

function bind(host: string, port: number): Promise<Socket> {
  const isShared = options.sockets > 1;
  const how: SocketOptions & { reusePort?: boolean } = { type: host.includes(':') ? 'udp6' : 'udp4' };
  if (isShared) how.reusePort = true;
  const socket = createSocket(how);
  return new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once('error', failed);
    socket.on('message', receive);
    socket.bind(port, host, () => {
      socket.off('error', failed);
      socket.on('error', (error) => tell({ kind: 'failed', message: error.message }));
      socket.setRecvBufferSize(options.receiveBufferBytes);
      sockets.push(socket);
      resolve(socket);
    });
  });
}

/** Answers the address that it listens on: that of IPv4 where the system has no IPv6. */
async function bindFirst(host: string): Promise<string> {
  try {
    await bind(host, options.port);
    return host;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (host === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')) return bindFirst('0.0.0.0');
    throw error;
  }
}

/** Linux answers with twice of what it grants, for its own overhead. */
function grantedBytes(socket: Socket): number {
  return socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1);
}

async function open(): Promise<void> {
  try {
    const host = await bindFirst(options.host);
    const { port } = sockets[0]!.address();
    for (let more = 1; more < options.sockets; more++) await bind(host, port);
    tell({ kind: 'open', host, port, givenBytes: grantedBytes(sockets[0]!) });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    tell({ kind: 'refused', code, message });
  }
}

async function close(): Promise<void> {
  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  isClosing = true;
  hand();
}

service.on('message', (message: ToUdpReceiver) => {
  if (message.kind === 'close') void close();
  else {
    inHand--;
    queue.release(message.batch);
    hand();
  }
});
void open();
