/** Syslog over TCP: one connection a peer up to a cap, opened again each second while the listener is away. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, EXIT, reasonOf } from '../exit.js';
import type { Carrier, DeliveryTotals, OutgoingLine } from './carrier.js';
import { byLane, emptyTotals } from './carrier.js';
import type { Framing } from './framing.js';
import { frameLines } from './framing.js';
import type { TargetAddress } from './target.js';
import { formatTarget } from './target.js';

const RECONNECT_MS = 1000;
const CONNECT_TIMEOUT_MS = 5000;
const CLOSE_TIMEOUT_MS = 10_000;

export interface TcpOptions {
  connections: number;
  framing: Framing;
  /** How long a listener may be away before the command gives up. */
  retryForMs: number;
}

export class TcpCarrier implements Carrier {
  readonly totals = emptyTotals();
  readonly #lanes: TcpLane[];

  constructor(target: TargetAddress, options: TcpOptions) {
    this.#lanes = Array.from({ length: options.connections }, () => new TcpLane(target, options, this.totals));
  }

  async send(lines: readonly OutgoingLine[]): Promise<void> {
    const groups = byLane(lines, this.#lanes.length);
    await Promise.all([...groups].map(async ([lane, group]) => this.#lanes[lane]?.write(group)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

/** One connection. One chunk is outstanding at a time: what a break puts in doubt is never more than that. */
class TcpLane {
  readonly #target: TargetAddress;
  readonly #options: TcpOptions;
  readonly #totals: DeliveryTotals;
  #socket: Socket | null = null;

  constructor(target: TargetAddress, options: TcpOptions, totals: DeliveryTotals) {
    this.#target = target;
    this.#options = options;
    this.#totals = totals;
  }

  async write(lines: readonly Buffer[]): Promise<void> {
    const socket = this.#socket ?? (await this.#open());
    const bytes = frameLines(lines, this.#options.framing);
    const taken = await writeChunk(socket, bytes);
    if (taken) {
      this.#totals.sent += lines.length;
      this.#totals.bytes += bytes.length;
    } else {
      // How much of it the kernel had taken is unknown: sent again, a part could arrive twice.
      this.#totals.inDoubt += lines.length;
      this.#socket = null;
    }
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (!socket || socket.destroyed) return;
    const closed = once(socket, 'close').catch(() => undefined);
    socket.end();
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    socket.destroy();
  }

  async #open(): Promise<Socket> {
    const deadlineMs = performance.now() + this.#options.retryForMs;
    for (;;) {
      try {
        const socket = await openSocket(this.#target);
        this.#totals.connections++;
        socket.on('error', () => undefined);
        // A listener never says anything: a reading end is needed to see that it closed.
        socket.resume();
        socket.on('close', () => {
          if (this.#socket === socket) this.#socket = null;
        });
        this.#socket = socket;
        return socket;
      } catch (error) {
        if (performance.now() + RECONNECT_MS > deadlineMs) {
          const text = `${formatTarget(this.#target)} does not answer: ${reasonOf(error)}`;
          throw new CommandError(text, EXIT.unreachable, { cause: error });
        }
        this.#totals.retries++;
        await sleep(RECONNECT_MS);
      }
    }
  }
}

async function openSocket({ host, port }: TargetAddress): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('connecting took too long')));
  await once(socket, 'connect');
  socket.setTimeout(0);
  return socket;
}

/** True when the kernel has taken all of it; false when the connection broke before. */
function writeChunk(socket: Socket, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    socket.write(bytes, (error) => resolve(error == null));
  });
}
