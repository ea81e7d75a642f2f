/** The carrier of a target. */
import type { Carrier } from './carrier.js';
import type { Framing } from './framing.js';
import { HttpCarrier } from './http.js';
import type { TargetAddress } from './target.js';
import { TcpCarrier } from './tcp.js';
import { UdpCarrier } from './udp.js';

/** Sockets of one command; more peers share them. */
const MAX_SOCKETS = 256;
const MAX_HTTP_LANES = 4;

export interface CarrierOptions {
  peers: number;
  framing: Framing;
  retryForMs: number;
}

export async function openCarrier(target: TargetAddress, options: CarrierOptions): Promise<Carrier> {
  const { framing, retryForMs } = options;
  const sockets = Math.min(options.peers, MAX_SOCKETS);
  switch (target.protocol) {
    case 'udp':
      return UdpCarrier.open(target, sockets);
    case 'tcp':
      return new TcpCarrier(target, { connections: sockets, framing, retryForMs });
    case 'http':
      return new HttpCarrier(target, { lanes: Math.min(options.peers, MAX_HTTP_LANES), retryForMs });
  }
}
