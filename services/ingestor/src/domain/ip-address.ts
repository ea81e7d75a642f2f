/** IP addresses between text and bytes; one text for each address, so that it can be a key. */

const IPV4 = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/** The 4 bytes of a dotted quad without leading zeros; null for any other text. */
export function parseIpv4(text: string): Uint8Array | null {
  if (!IPV4.test(text)) return null;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? Uint8Array.from(bytes) : null;
}

/** The bytes of groups between colons, of which the last may be a dotted quad; null where they are none. */
function groupBytes(text: string): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    const quad = index === groups.length - 1 ? parseIpv4(group) : null;
    if (quad) bytes.push(...quad);
    else if (GROUP.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff);
    else return null;
  }
  return bytes;
}

/** The 16 bytes of an IPv6 address in any text form of RFC 4291 section 2.2, without a zone; null for any other text. */
export function parseIpv6(text: string): Uint8Array | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupBytes(halves[0]!);
  const tail = halves.length === 2 ? groupBytes(halves[1]!) : [];
  if (!head || !tail || (halves.length === 2 && halves[0]!.includes('.'))) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return null;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** The text of 4 or 16 bytes: RFC 5952 for IPv6, and an IPv4-mapped address as IPv4. */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((byte) => byte === 0);
  if (isMapped) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const text = (from: number, to: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return best.at < 0 ? text(0, 8) : `${text(0, best.at)}::${text(best.at + best.length, 8)}`;
}

/** Addresses that agree with `address` in their first `prefix` bits. */
export interface AddressBlock {
  readonly address: string;
  readonly prefix: number;
}

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or one address; null for any other text. */
export function parseAddressBlock(text: string): AddressBlock | null {
  const [address = '', prefix, ...rest] = text.split('/');
  const bytes = parseIpv4(address) ?? parseIpv6(address);
  if (!bytes || rest.length > 0) return null;
  if (prefix === undefined) return { address, prefix: bytes.length * 8 };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bytes.length * 8) return null;
  return { address, prefix: Number(prefix) };
}
