/** MAC and IP addresses as daemons write them, and as events carry them. */
const COLON = 58;

function isMacCharacter(code: number): boolean {
  // digits, a-f, A-F, and the x or * of a masked octet in a published report
  return (
    (code >= 48 && code <= 57) ||
    (code >= 97 && code <= 102) ||
    (code >= 65 && code <= 70) ||
    code === 120 ||
    code === 88 ||
    code === 42
  );
}

/** The MAC address at `at` in lower case, or null; what follows it is the caller's affair. */
export function macAt(text: string, at: number): string | null {
  if (text.length < at + 17) return null;
  for (let octet = at; octet < at + 17; octet += 3) {
    if (!isMacCharacter(text.charCodeAt(octet)) || !isMacCharacter(text.charCodeAt(octet + 1)))
      return maskedMac(text.slice(at, at + 17));
    if (octet < at + 15 && text.charCodeAt(octet + 2) !== COLON) return null;
  }
  return text.slice(at, at + 17).toLowerCase();
}

const MASKED = /^[\da-f]{2}(?::(?:[\da-f]{2}|[xyz*_?.]{2})){5}$/;

/** Octets that their publisher hid behind other signs are read as `xx`, as long as the maker's first one stands. */
function maskedMac(token: string): string | null {
  const lower = token.toLowerCase();
  return MASKED.test(lower) ? lower.replace(/[yz*_?.]/g, 'x') : null;
}

/** The whole token as a MAC address, or null. */
export function macOf(token: string): string | null {
  return token.length === 17 ? macAt(token, 0) : null;
}

const IPV4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const GROUP = /^[0-9a-f]{1,4}$/;

/**
 * The whole token as an IP address in the one form that every daemon's spelling of it shares (RFC 5952 for IPv6, IPv4-mapped
 * IPv6 as IPv4), without brackets and zone index; null where it is none.
 */
export function ipOf(token: string): string | null {
  if (token.length < 2 || token.length > 64) return null;
  if (IPV4.test(token)) return token;
  if (token.indexOf(':') < 0) return null;
  let text = token.toLowerCase();
  if (text.startsWith('[') && text.endsWith(']')) text = text.slice(1, -1);
  const zone = text.indexOf('%');
  const groups = ipv6Groups(zone > 0 ? text.slice(0, zone) : text);
  return groups === null ? null : writeIpv6(groups);
}

/** The eight 16-bit groups of an IPv6 address, or null. */
function ipv6Groups(text: string): number[] | null {
  const gap = text.indexOf('::');
  if (gap >= 0 && text.indexOf('::', gap + 1) >= 0) return null;
  const head = groupsOf(gap < 0 ? text : text.slice(0, gap));
  const tail = groupsOf(gap < 0 ? '' : text.slice(gap + 2));
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  if (gap < 0 ? missing !== 0 : missing < 1) return null;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

function groupsOf(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':', 9);
  for (const [index, part] of parts.entries()) {
    if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else if (index === parts.length - 1 && IPV4.test(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      return null;
    }
  }
  return groups;
}

function writeIpv6(groups: readonly number[]): string {
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    const [high = 0, low = 0] = groups.slice(6);
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const { from, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, from).join(':')}::${hex.slice(from + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { from: number; length: number } {
  let longest = { from: 0, length: 0 };
  for (let from = 0; from < groups.length; from++) {
    let end = from;
    while (groups[end] === 0) end++;
    if (end - from > longest.length) longest = { from, length: end - from };
  }
  return longest;
}

export interface Endpoint {
  ip: string;
  port: number;
}

/** `address:port` (IPv6 with or without brackets: the port stands behind the last colon), or null. */
export function endpointOf(token: string): Endpoint | null {
  const colon = token.lastIndexOf(':');
  if (colon <= 0) return null;
  const ip = ipOf(token.slice(0, colon));
  const port = portOf(token.slice(colon + 1));
  return ip === null || port === undefined ? null : { ip, port };
}

/** A port number, or undefined. */
export function portOf(token: string | undefined): number | undefined {
  const value = wholeNumber(token);
  return value !== undefined && value <= 65_535 ? value : undefined;
}

const DIGITS = /^\d{1,15}$/;

/** A decimal number without sign that fits a float exactly, or undefined. */
export function wholeNumber(token: string | undefined): number | undefined {
  return token !== undefined && DIGITS.test(token) ? Number(token) : undefined;
}
