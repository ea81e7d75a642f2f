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
    if (!isMacCharacter(text.charCodeAt(octet)) || !isMacCharacter(text.charCodeAt(octet + 1))) return null;
    if (octet < at + 15 && text.charCodeAt(octet + 2) !== COLON) return null;
  }
  return text.slice(at, at + 17).toLowerCase();
}

/** The whole token as a MAC address, or null. */
export function macOf(token: string): string | null {
  return token.length === 17 ? macAt(token, 0) : null;
}

const IPV4 = /^(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const IPV6 = /^[0-9a-f:.]{2,45}$/;
const ZONE_INDEX = 37;

/** The whole token as an IP address in lower case, IPv4-mapped IPv6 as IPv4, without brackets and zone index; or null. */
export function ipOf(token: string): string | null {
  if (token.length < 2 || token.length > 64) return null;
  if (IPV4.test(token)) return token;
  let text = token.toLowerCase();
  if (text.startsWith('[') && text.endsWith(']')) text = text.slice(1, -1);
  const zone = text.lastIndexOf('%');
  if (zone > 0 && text.charCodeAt(zone) === ZONE_INDEX) text = text.slice(0, zone);
  if (!IPV6.test(text) || !hasTwoColons(text)) return null;
  const mapped = text.startsWith('::ffff:') ? text.slice(7) : '';
  return IPV4.test(mapped) ? mapped : text;
}

function hasTwoColons(text: string): boolean {
  const first = text.indexOf(':');
  return first >= 0 && text.indexOf(':', first + 1) > first;
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
