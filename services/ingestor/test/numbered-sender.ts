/** One connection's lines, numbered and of one length, written as fast as the receiver takes them. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';

const BATCH = 50;
const PADDING = 'x'.repeat(150);

/** A line of a router of that name, ended by LF when it is sent. */
export const numberedLine = (router: string, number: number): string =>
  `<30>Nov 23 20:35:17 ${router} app: ${String(number).padStart(7, '0')} ${PADDING}`;

export class NumberedSender {
  readonly router: string;
  readonly #socket: Socket;
  readonly #ended: Promise<void>;
  #next: number;
  #isStopped = false;
  #running: Promise<void>;

  /** Sends from a number on, until `stop`. */
  constructor(port: number, router: string, first = 0) {
    this.router = router;
    this.#next = first;
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => (this.#isStopped = true));
    this.#socket.resume();
    this.#ended = new Promise((resolve) => this.#socket.once('close', () => resolve()));
    this.#running = this.#run();
  }

  /** The number after the last line that was handed to the socket. */
  get next(): number {
    return this.#next;
  }

  get lineBytes(): number {
    return numberedLine(this.router, 0).length + 1;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      const lines = Array.from({ length: BATCH }, (_, i) => `${numberedLine(this.router, this.#next + i)}\n`);
      this.#next += BATCH;
      if (!this.#socket.write(lines.join(''))) await this.#drained();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) resolve();
      const go = (): void => {
        this.#socket.off('drain', go).off('close', go);
        resolve();
      };
      this.#socket.on('drain', go).on('close', go);
    });
  }

  /** Sends what was begun, closes the connection; resolves when the receiver has taken all of it, or is gone. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
    this.#socket.end();
    await this.#ended;
  }
}
