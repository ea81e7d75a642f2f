/**
 * Whose line it is: `host:<hostname>` where the line has a proper header with a real name in it, else `addr:<address>`.
 * Decided here once; the key stands in the raw record, and nobody computes it again.
 */

const SPACE = 0x20;
const COLON = 0x3a;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const BRACKET = 0x5b;
const MAX_HOST_BYTES = 255;

/** Names that every router has before somebody gives it one. */
const NOBODY = new Set(['openwrt', 'localhost', 'localhost.localdomain', 'localhost4', 'localhost6', 'lede']);
const HOST_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const MONTHS = new Set(['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']);

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** A real name, lower-cased: not OpenWrt's default, not `localhost`, `-` or an address. Null for any other text. */
export function realHostName(text: string): string | null {
  if (text.length > MAX_HOST_BYTES || !HOST_NAME.test(text) || IPV4.test(text)) return null;
  const name = text.toLowerCase();
  return NOBODY.has(name) ? null : name;
}

/** Position behind `<PRI>` (1 to 3 digits), or -1. */
function afterPriority(bytes: Buffer, start: number, end: number): number {
  if (bytes[start] !== LESS_THAN) return -1;
  let at = start + 1;
  while (at < end && at - start < 4 && isDigit(bytes[at])) at++;
  return at > start + 1 && at < end && bytes[at] === GREATER_THAN ? at + 1 : -1;
}

/** `hh:mm:ss ` at a position. */
function isClockTime(bytes: Buffer, at: number): boolean {
  return (
    isDigit(bytes[at]) &&
    isDigit(bytes[at + 1]) &&
    bytes[at + 2] === COLON &&
    isDigit(bytes[at + 3]) &&
    isDigit(bytes[at + 4]) &&
    bytes[at + 5] === COLON &&
    isDigit(bytes[at + 6]) &&
    isDigit(bytes[at + 7])
  );
}

/** Position of what follows `Mmm dd hh:mm:ss ` (and logread's `[epoch.ms] `), or -1. */
function afterBsdTime(bytes: Buffer, at: number, end: number): number {
  if (at + 16 >= end || bytes[at + 3] !== SPACE || bytes[at + 6] !== SPACE || bytes[at + 15] !== SPACE) return -1;
  if (!isDigit(bytes[at + 5]) || !isClockTime(bytes, at + 7)) return -1;
  if (!MONTHS.has(bytes.toString('latin1', at, at + 3))) return -1;
  const next = at + 16;
  if (bytes[next] !== BRACKET || !isDigit(bytes[next + 1])) return next;
  const close = tokenEnd(bytes, next, end);
  return close < end && bytes[close - 1] === 0x5d ? close + 1 : -1;
}

/** Position of what follows `yyyy-mm-ddThh:mm:ss... `, or -1. */
function afterIsoTime(bytes: Buffer, at: number, end: number): number {
  if (at + 20 >= end || !isDigit(bytes[at]) || bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return -1;
  const separator = bytes[at + 10];
  if ((separator !== 0x54 && separator !== 0x74) || !isClockTime(bytes, at + 11)) return -1;
  const stop = tokenEnd(bytes, at + 19, end);
  return stop < end ? stop + 1 : -1;
}

/** Position of the first space from `at` on, or `end`. */
function tokenEnd(bytes: Buffer, at: number, end: number): number {
  let stop = at;
  while (stop < end && bytes[stop] !== SPACE) stop++;
  return stop;
}

/** Where the hostname of a line begins, by its header: RFC 5424, RFC 3164 as logread writes it, or an ISO time stamp; -1 without. */
function hostStart(bytes: Buffer, start: number, end: number): number {
  const at = afterPriority(bytes, start, end);
  if (at < 0) return -1;
  if (bytes[at] === 0x31 && bytes[at + 1] === SPACE) {
    // RFC 5424: VERSION SP TIMESTAMP SP HOSTNAME, where TIMESTAMP may be "-".
    if (bytes[at + 2] === 0x2d && bytes[at + 3] === SPACE) return at + 4;
    return afterIsoTime(bytes, at + 2, end);
  }
  return isDigit(bytes[at]) ? afterIsoTime(bytes, at, end) : afterBsdTime(bytes, at, end);
}

/** The hostname token of a line's header as it stands there; null where the line has no proper header, or no such token. */
export function headerHostName(bytes: Buffer, start: number, end: number): string | null {
  const limit = Math.min(end, start + 64 + MAX_HOST_BYTES);
  const from = hostStart(bytes, start, limit);
  if (from < 0) return null;
  const stop = tokenEnd(bytes, from, limit);
  // A token that nothing follows is no hostname but all there is; one with a colon is the tag of a line without a name.
  if (stop === limit || stop === from || bytes[stop - 1] === COLON) return null;
  return bytes.toString('latin1', from, stop);
}

/** The address of a peer as records and keys carry it: IPv4-mapped IPv6 as IPv4, no zone. */
export function peerAddress(address: string | undefined): string {
  if (address === undefined) return '';
  const zone = address.indexOf('%');
  const bare = zone < 0 ? address : address.slice(0, zone);
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
}
