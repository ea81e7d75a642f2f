/** IPv4 and IPv6 addresses and networks as numbers, never as string prefixes. */

/** Number of an address and its width in bits. */
export interface Address {
  bits: 32 | 128;
  value: bigint;
}

export interface Network extends Address {
  /** Bits of the host part. */
  hostBits: bigint;
}

function parseIpv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const v4 = parseIpv4(part);
      if (v4 === null) return null;
      groups.push(Number(v4 >> 16n), Number(v4 & 0xffffn));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0]!);
  const tail = halves.length === 2 ? groupsOf(halves[1]!) : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** Null where the text is no address. A zone (`fe80::1%eth0`) is passed over; IPv4-mapped IPv6 is IPv4. */
export function parseAddress(text: string): Address | null {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  if (!bare.includes(':')) {
    const value = parseIpv4(bare);
    return value === null ? null : { bits: 32, value };
  }
  const value = parseIpv6(bare);
  if (value === null) return null;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/** `192.0.2.0/24`, `2001:db8::/32`, or an address alone as a network of one. Null where it is none. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address) return null;
  const suffix = slash < 0 ? String(address.bits) : text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(suffix) || Number(suffix) > address.bits) return null;
  return { ...address, hostBits: BigInt(address.bits - Number(suffix)) };
}

export function isInNetwork(address: Address, network: Network): boolean {
  return address.bits === network.bits && address.value >> network.hostBits === network.value >> network.hostBits;
}
