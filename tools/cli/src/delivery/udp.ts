/** Syslog over UDP: one line a datagram, no trailer, one connected socket a peer, as logread does. */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { CommandError, EXIT, reasonOf } from '../exit.js';
import type { Carrier, OutgoingLine } from './carrier.js';
import { emptyTotals } from './carrier.js';
import type { TargetAddress } from './target.js';

/** Datagrams given to the kernel but not yet confirmed by it. */
const MAX_IN_FLIGHT = 512;

export class UdpCarrier implements Carrier {
  readonly totals = emptyTotals();
  readonly #sockets: Socket[];
  #inFlight = 0;
  #hasRoom: (() => void) | null = null;

  private constructor(sockets: Socket[]) {
    this.#sockets = sockets;
    this.totals.connections = sockets.length;
    // A refusal (ICMP) shows on the socket; the datagram before it is the one that was lost.
    for (const socket of sockets) socket.on('error', () => undefined);
  }

  static async open(target: TargetAddress, peers: number): Promise<UdpCarrier> {
    try {
      const { address, family } = await lookup(target.host);
      const sockets = Array.from({ length: peers }, () => createSocket(family === 6 ? 'udp6' : 'udp4'));
      for (const socket of sockets) {
        socket.connect(target.port, address);
        await once(socket, 'connect');
      }
      return new UdpCarrier(sockets);
    } catch (error) {
      throw new CommandError(`cannot send to ${target.host}: ${reasonOf(error)}`, EXIT.unreachable, { cause: error });
    }
  }

  async send(lines: readonly OutgoingLine[]): Promise<void> {
    for (const { peer, bytes } of lines) {
      if (this.#inFlight >= MAX_IN_FLIGHT) await this.#room();
      this.#inFlight++;
      this.#sockets[peer % this.#sockets.length]?.send(bytes, (error) => {
        this.#inFlight--;
        if (error) this.totals.failed++;
        else {
          this.totals.sent++;
          this.totals.bytes += bytes.length;
        }
        this.#hasRoom?.();
        this.#hasRoom = null;
      });
    }
  }

  async close(): Promise<void> {
    while (this.#inFlight > 0) await this.#room();
    for (const socket of this.#sockets) socket.close();
  }

  async #room(): Promise<void> {
    await new Promise<void>((resolve) => (this.#hasRoom = resolve));
  }
}
