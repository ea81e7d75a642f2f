/** What carries lines to a listener, one way for each protocol. */

export interface OutgoingLine {
  /** The simulated sender; lines of one peer keep their order. */
  peer: number;
  bytes: Buffer;
}

/** What became of the lines. Every line is in exactly one of `sent`, `inDoubt`, `failed`. */
export interface DeliveryTotals {
  /** UDP, TCP: taken by the kernel. HTTP: answered with 200. */
  sent: number;
  bytes: number;
  /** TCP: handed to a connection that broke before the kernel had taken all of it. */
  inDoubt: number;
  /** UDP: refused by the kernel or the peer's host. */
  failed: number;
  connections: number;
  /** HTTP requests and TCP connections that were tried again. */
  retries: number;
}

export interface Carrier {
  readonly totals: DeliveryTotals;
  /** Takes lines, and resolves when there is room for more. Throws a CommandError when the target stays away. */
  send(lines: readonly OutgoingLine[]): Promise<void>;
  /** Resolves when everything taken is delivered; nothing may be sent afterwards. */
  close(): Promise<void>;
}

export function emptyTotals(): DeliveryTotals {
  return { sent: 0, bytes: 0, inDoubt: 0, failed: 0, connections: 0, retries: 0 };
}

/** Lines by peer number modulo `lanes`, order kept. */
export function byLane(lines: readonly OutgoingLine[], lanes: number): Map<number, Buffer[]> {
  const groups = new Map<number, Buffer[]>();
  for (const { peer, bytes } of lines) {
    const lane = peer % lanes;
    const group = groups.get(lane);
    if (group) group.push(bytes);
    else groups.set(lane, [bytes]);
  }
  return groups;
}
