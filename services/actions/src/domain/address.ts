/** Addresses of single hosts in their one canonical form: what enters nftables' own language is nothing else. */

export type AddressFamily = 4 | 6;

export type HostAddress = { ok: true; address: string; family: AddressFamily } | { ok: false; reason: string };

const IPV4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const IPV6 = /^[0-9A-Fa-f:.]{2,45}$/;

/** Octets of a dotted quad without leading zeros; null where the text is none. */
function octetsOf(text: string): number[] | null {
  const match = IPV4.exec(text);
  if (!match) return null;
  const octets = match.slice(1).map(Number);
  const isPlain = match.slice(1).every((part, i) => octets[i]! <= 255 && String(octets[i]) === part);
  return isPlain ? octets : null;
}

function refusedV4([first = 0, second = 0]: number[]): string | null {
  if (first === 0) return 'it is an unspecified address';
  if (first === 127) return 'it is a loopback address';
  if (first === 169 && second === 254) return 'it is link-local: it names another host on each interface';
  if (first >= 240) return 'it is a broadcast or reserved address';
  return first >= 224 ? 'it is a multicast address' : null;
}

/** RFC 5952 text of an IPv6 address, by the URL standard's serializer; null where the text is none. */
function canonicalV6(text: string): string | null {
  if (!IPV6.test(text) || !text.includes(':')) return null;
  try {
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  } catch {
    return null;
  }
}

function refusedV6(address: string): string | null {
  if (address === '::') return 'it is the unspecified address';
  if (address === '::1') return 'it is the loopback address';
  if (/^ff/.test(address)) return 'it is a multicast address';
  return /^fe[89ab]/.test(address) ? 'it is link-local: it names another host on each interface' : null;
}

/** The IPv4 address in `::ffff:a.b.c.d`; null for any other. */
function mappedV4(address: string): string | null {
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (!match) return null;
  const [high, low] = [parseInt(match[1]!, 16), parseInt(match[2]!, 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** A unicast IPv4 or IPv6 address in canonical form (an IPv4-mapped one as IPv4), or why it is none. */
export function parseHostAddress(text: string): HostAddress {
  const octets = octetsOf(text);
  if (octets) {
    const reason = refusedV4(octets);
    return reason === null ? { ok: true, address: octets.join('.'), family: 4 } : { ok: false, reason };
  }
  const address = canonicalV6(text);
  if (address === null) return { ok: false, reason: 'it is no IPv4 or IPv6 address' };
  const mapped = mappedV4(address);
  if (mapped !== null) return parseHostAddress(mapped);
  const reason = refusedV6(address);
  return reason === null ? { ok: true, address, family: 6 } : { ok: false, reason };
}

/** The canonical form of an address of any kind, for comparing; the text itself where it is no address. */
export function canonicalAddress(text: string): string {
  const plain = text.replace(/%.*$/, '');
  if (octetsOf(plain)) return plain;
  const address = canonicalV6(plain);
  return address === null ? text : (mappedV4(address) ?? address);
}
