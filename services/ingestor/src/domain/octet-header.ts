/** The header of an octet-counted frame (RFC 6587, 3.4.1) and other places at which a frame plausibly begins. */

const SPACE = 0x20;
const LESS_THAN = 0x3c;
const LF = 0x0a;
const MAX_DIGITS = 7;

/** Bytes that suffice to decide whether a frame plausibly begins: 7 digits, a space, `<` and a digit. */
export const LOOKAHEAD_BYTES = 10;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
const isDelimiter = (byte: number | undefined): boolean => byte === LF || byte === 0;

/**
 * Length of `N SP` where `N SP <digit` stands at `at` (`<` opens every syslog message that is counted), 0 where it does
 * not, -1 where the bytes before `end` do not tell yet.
 */
export function octetHeaderLength(bytes: Buffer, at: number, end: number): number {
  let cursor = at;
  while (cursor < end && cursor - at < MAX_DIGITS && isDigit(bytes[cursor])) cursor++;
  if (cursor === at || bytes[at] === 0x30) return cursor === end && at === end ? -1 : 0;
  if (cursor === end) return -1;
  if (bytes[cursor] !== SPACE) return 0;
  if (cursor + 1 === end) return -1;
  if (bytes[cursor + 1] !== LESS_THAN) return 0;
  if (cursor + 2 === end) return -1;
  return isDigit(bytes[cursor + 2]) ? cursor + 1 - at : 0;
}

/** N of a header of `length` bytes. */
export function octetCount(bytes: Buffer, at: number, length: number): number {
  let count = 0;
  for (let i = at; i < at + length - 1; i++) count = count * 10 + bytes[i]! - 0x30;
  return count;
}

/** 1 where a frame plausibly begins at `at` (a header, or `<` and a digit), 0 where not, -1 where that is open. */
export function plausibleStart(bytes: Buffer, at: number, end: number): number {
  if (at >= end) return -1;
  if (bytes[at] === LESS_THAN) return at + 1 === end ? -1 : Number(isDigit(bytes[at + 1]));
  return Math.sign(octetHeaderLength(bytes, at, end));
}

/** First byte of the first complete `N SP <digit` that begins at `from` or later and before `to`, or -1. */
export function findOctetHeader(bytes: Buffer, from: number, to: number): number {
  for (let less = bytes.indexOf(LESS_THAN, from + 2); less >= 0; less = bytes.indexOf(LESS_THAN, less + 1)) {
    if (bytes[less - 1] !== SPACE || !isDigit(bytes[less + 1])) continue;
    let start = less - 1;
    while (start > from && less - 1 - start < MAX_DIGITS && isDigit(bytes[start - 1])) start--;
    while (start < less - 1 && bytes[start] === 0x30) start++;
    if (start < less - 1) return start < to ? start : -1;
  }
  return -1;
}

/**
 * Looks into what has arrived of a counted message of `count` bytes for a sign that its count is wrong: a delimiter
 * behind which a frame plausibly begins, or a header whose own message would end behind this one. Answers with the
 * sign's place if it is before `to`, else -1.
 */
export function findWrongCount(message: Buffer, to: number, count: number): number {
  const delimiter = findDelimiterBeforeFrame(message, 0, to);
  const limit = delimiter < 0 ? to : delimiter;
  for (let at = 0; ;) {
    const header = findOctetHeader(message, at, limit);
    if (header < 0) return delimiter;
    const length = octetHeaderLength(message, header, message.length);
    if (header + length + octetCount(message, header, length) > count) return header;
    at = header + length;
  }
}

/** First LF or NUL before `to` behind which a frame plausibly begins; -1 where there is none. */
export function findDelimiterBeforeFrame(bytes: Buffer, from: number, to: number): number {
  let lf = bytes.indexOf(LF, from);
  let nul = bytes.indexOf(0, from);
  for (;;) {
    const at = lf < 0 || (nul >= 0 && nul < lf) ? nul : lf;
    if (at < 0 || at >= to) return -1;
    if (plausibleStart(bytes, at + 1, bytes.length) === 1) return at;
    if (at === lf) lf = bytes.indexOf(LF, at + 1);
    else nul = bytes.indexOf(0, at + 1);
  }
}

/** Where `[start, end)` ends when trailing CR, LF and NUL are left out. */
export function trimmedEnd(bytes: Buffer, start: number, end: number): number {
  let cut = end;
  while (cut > start && (isDelimiter(bytes[cut - 1]) || bytes[cut - 1] === 0x0d)) cut--;
  return cut;
}
