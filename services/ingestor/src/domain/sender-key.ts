/**
 * Whose line it is: `host:<hostname>` where the line has a proper header with a real name in it, else `addr:<address>`.
 * Decided here once; the key stands in the raw record, and nobody computes it again.
 */
import { HeaderScanner } from './header-scanner.js';

const MAX_HOST_BYTES = 255;

/** Names that every router has before somebody gives it one. */
const NOBODY = new Set(['openwrt', 'localhost', 'localhost.localdomain', 'localhost4', 'localhost6', 'lede']);
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/;
const LETTER_OR_DIGIT = /[A-Za-z0-9]/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * A real name, lower-cased: with a letter or digit, not OpenWrt's default, not `localhost` or an address. Null for any
 * other text.
 */
export function realHostName(text: string): string | null {
  if (text.length > MAX_HOST_BYTES || !HOST_NAME.test(text) || !LETTER_OR_DIGIT.test(text) || IPV4.test(text))
    return null;
  const name = text.toLowerCase();
  return NOBODY.has(name) ? null : name;
}

const scanner = new HeaderScanner();

/**
 * The hostname token of a line's header as it stands there; null where the line has no proper header, or no such token.
 * What is answered here the parser calls hostname too.
 */
export function headerHostName(bytes: Buffer, start: number, end: number): string | null {
  return scanner.hostName(bytes, start, end);
}

/** The address of a peer as records and keys carry it: IPv4-mapped IPv6 as IPv4, no zone. */
export function peerAddress(address: string | undefined): string {
  if (address === undefined) return '';
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
}
