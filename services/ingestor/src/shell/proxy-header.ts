/** Connections that a load balancer hands on: their header says whose they are. */
import { BlockList, isIPv6 } from 'node:net';
import type { Socket } from 'node:net';
import type { AddressBlock } from '../domain/ip-address.js';
import { decodeProxyHeader } from '../domain/proxy-protocol.js';
import type { ProxySource } from '../domain/proxy-protocol.js';

/** How long a header may take, ms. */
const HEADER_TIMEOUT_MS = 10_000;

/** The peers whose header is believed. */
export class TrustedProxies {
  readonly #blocks = new BlockList();

  constructor(blocks: readonly AddressBlock[]) {
    for (const { address, prefix } of blocks) {
      this.#blocks.addSubnet(address, prefix, isIPv6(address) ? 'ipv6' : 'ipv4');
    }
  }

  /** An IPv4-mapped IPv6 address must be given as IPv4. */
  has(address: string): boolean {
    return this.#blocks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

/** `source` is null where the connection is the proxy's own, or of no known address; `closed`: it ended without a byte. */
export type ProxyOutcome =
  | { readonly kind: 'header'; readonly source: ProxySource | null }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'closed' };

/** Reads the header from a connection that nothing was read from yet, and leaves in it what follows. Calls back once, in a later turn. */
export function readProxyHeader(
  socket: Socket,
  done: (outcome: ProxyOutcome) => void,
  timeoutMs = HEADER_TIMEOUT_MS,
): void {
  let held = Buffer.alloc(0);
  const chunks: Buffer[] = [];
  let size = 0;
  let needed = 1;
  const finish = (outcome: ProxyOutcome): void => {
    clearTimeout(timer);
    socket.off('readable', readable).off('close', closed).off('end', closed);
    // The socket takes note of a listener that is gone in the next tick only; until then it cannot be read another way.
    process.nextTick(done, outcome);
  };
  const refuse = (reason: string): void => finish({ kind: 'refused', reason });
  const readable = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      chunks.push(chunk);
      size += chunk.length;
    }
    if (size < needed) return;
    held = Buffer.concat([held, ...chunks.splice(0)]);
    const header = decodeProxyHeader(held);
    if (header.kind === 'incomplete') {
      needed = header.needed;
    } else if (header.kind === 'malformed') {
      refuse(header.reason);
    } else {
      if (held.length > header.length) socket.unshift(held.subarray(header.length));
      finish({ kind: 'header', source: header.source });
    }
  };
  const closed = (): void => {
    if (size === 0) finish({ kind: 'closed' });
    else refuse('it ended within its PROXY header');
  };
  const timer = setTimeout(() => refuse(`no whole PROXY header came within ${timeoutMs} ms`), timeoutMs);
  socket.on('readable', readable).on('close', closed).on('end', closed);
}
