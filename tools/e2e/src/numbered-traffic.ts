/**
 * Lines at a steady rate over TCP and UDP, each with a number of its own, so that what is stored tells what was lost: over
 * which connection, and in which stretch of a sender's numbers. TCP senders connect anew when their connection is cut.
 */
import { createSocket } from 'node:dgram';
import type { Socket as DatagramSocket } from 'node:dgram';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const TICK_MS = 10;
const RECONNECT_MS = 50;
/** Lines that a sender is behind its rate are made up for in steps of so many a tick. */
const MOST_AT_ONCE = 500;
const SENDERS = 4;
const PADDING = 'x'.repeat(60);

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const portOf = (endpoint: string): number => Number(new URL(endpoint).port);

/** What one connection was given to send: `<name>-0` to `<name>-<sent - 1>`. */
export interface Connection {
  readonly name: string;
  sent: number;
  /** The receiver ended it: the end of what was sent may be unread. */
  isCut: boolean;
}

const lineOf = (host: string, name: string, number: number): string =>
  `<30>Nov 23 20:35:17 ${host} app: token=${name}-${number} ${PADDING}`;

export class TcpSender {
  readonly host: string;
  readonly connections: Connection[] = [];
  readonly #port: number;
  #socket: Socket | null = null;
  #isStopped = false;
  #due = 0;

  constructor(host: string, port: number) {
    this.host = host;
    this.#port = port;
    this.#connect();
  }

  #connect(): void {
    const socket = connect(this.#port, '127.0.0.1', () => {
      const connection = { name: `${this.host}.${this.connections.length}`, sent: 0, isCut: false };
      this.connections.push(connection);
      this.#socket = socket;
      socket.once('close', () => (connection.isCut = !this.#isStopped));
    });
    socket.on('error', () => undefined);
    socket.resume();
    socket.once('close', () => {
      this.#socket = null;
      if (!this.#isStopped) setTimeout(() => this.#connect(), RECONNECT_MS);
    });
  }

  /** More lines are due; they wait while the receiver holds back, or is gone. */
  send(count: number): void {
    this.#due += count;
    const connection = this.connections.at(-1);
    if (!this.#socket || this.#socket.writableNeedDrain || !connection) return;
    const lines: string[] = [];
    for (; this.#due >= 1 && lines.length < MOST_AT_ONCE; this.#due--)
      lines.push(`${lineOf(this.host, connection.name, connection.sent++)}\n`);
    if (lines.length > 0) this.#socket.write(lines.join(''));
  }

  /** Sends what is due, and closes the connection; resolves when the receiver has closed it as well. */
  async stop(): Promise<void> {
    while (!this.#socket || this.#due >= 1) {
      this.send(0);
      await sleep(TICK_MS);
    }
    this.#isStopped = true;
    const socket = this.#socket;
    await new Promise((resolve) => socket.once('close', resolve).end());
  }
}

export class UdpSender {
  readonly host: string;
  /** Datagrams so far, those among them that the kernel refused to send: nobody listened. */
  sent = 0;
  refused = 0;
  readonly #socket: DatagramSocket;
  readonly #connected: Promise<void>;
  #due = 0;
  #inHand = 0;

  constructor(host: string, port: number) {
    this.host = host;
    this.#socket = createSocket('udp4');
    this.#socket.on('error', () => undefined);
    this.#connected = new Promise((resolve) => this.#socket.connect(port, '127.0.0.1', () => resolve()));
  }

  send(count: number): void {
    this.#due += count;
    for (let i = 0; this.#due >= 1 && i < MOST_AT_ONCE; i++, this.#due--) {
      this.#inHand++;
      this.#socket.send(lineOf(this.host, this.host, this.sent++), (error) => {
        this.#inHand--;
        if (error) this.refused++;
      });
    }
  }

  get whenConnected(): Promise<void> {
    return this.#connected;
  }

  /** Resolves when the kernel has taken, or refused, every datagram. */
  async settled(): Promise<void> {
    while (this.#inHand > 0) await sleep(1);
  }

  async stop(): Promise<void> {
    while (this.#due >= 1) this.send(0);
    await this.settled();
    this.#socket.close();
  }
}

export class NumberedTraffic {
  readonly tcp: TcpSender[];
  readonly udp: UdpSender[];
  readonly #rate: number;
  #timer: NodeJS.Timeout | null = null;
  #lastMs = 0;
  #isUdpPaused = false;

  /** `rate` in lines a second, half over TCP and half over UDP; `name` tells the hosts of one traffic from another's. */
  constructor(name: string, rate: number, target: { syslogTcp: string; syslogUdp: string }) {
    const hosts = (transport: string): string[] =>
      Array.from({ length: SENDERS }, (_, i) => `${name}-${transport}${i}`);
    this.#rate = rate;
    this.tcp = hosts('tcp').map((host) => new TcpSender(host, portOf(target.syslogTcp)));
    this.udp = hosts('udp').map((host) => new UdpSender(host, portOf(target.syslogUdp)));
  }

  async start(): Promise<void> {
    for (const sender of this.udp) await sender.whenConnected;
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  #tick(): void {
    const now = performance.now();
    const each = ((now - this.#lastMs) / 1000) * (this.#rate / 2 / SENDERS);
    this.#lastMs = now;
    for (const sender of this.tcp) sender.send(each);
    if (!this.#isUdpPaused) for (const sender of this.udp) sender.send(each);
  }

  /** No datagrams until `resumeUdp`; resolves when none is on its way. */
  async pauseUdp(): Promise<void> {
    this.#isUdpPaused = true;
    for (const sender of this.udp) await sender.settled();
  }

  resumeUdp(): void {
    this.#isUdpPaused = false;
  }

  /** Resolves when every TCP sender has so many connections behind it, the present one among them. */
  async connected(times: number): Promise<void> {
    while (this.tcp.some(({ connections }) => connections.length < times)) await sleep(TICK_MS);
  }

  get udpSent(): number {
    return this.udp.reduce((sum, { sent }) => sum + sent, 0);
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await Promise.all([...this.tcp, ...this.udp].map((sender) => sender.stop()));
  }
}
