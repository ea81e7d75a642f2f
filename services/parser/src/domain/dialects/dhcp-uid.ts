/** DHCP unique identifiers (RFC 8415, section 11) as daemons print them: hexadecimal, with or without colons. */
import { macAt } from './addresses.js';

const HEX = /^[0-9a-f]{4,260}$/;
const COLONS = /^[0-9a-f]{2}(?::[0-9a-f]{2}){1,129}$/;

/** The DUID in lower case without colons, or null where the text is none. */
export function duidOf(token: string): string | null {
  if (token.length > 390) return null;
  const text = token.toLowerCase();
  if (HEX.test(text)) return text;
  return COLONS.test(text) ? text.replaceAll(':', '') : null;
}

/** The MAC address that a DUID of type 1 (with a time) or 3 was made of, on Ethernet; undefined for others. */
export function macOfDuid(duid: string): string | undefined {
  const isLinkLayer =
    (duid.startsWith('00010001') && duid.length === 28) || (duid.startsWith('00030001') && duid.length === 20);
  if (!isLinkLayer) return undefined;
  const octets = duid.slice(-12).match(/../g);
  return octets === null ? undefined : (macAt(octets.join(':'), 0) ?? undefined);
}
