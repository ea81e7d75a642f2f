/** The header of an octet-counted frame (RFC 6587, 3.4.1) and other places at which a frame plausibly begins. */

const SPACE = 0x20;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const LF = 0x0a;
const CR = 0x0d;
const ZERO = 0x30;
const MAX_DIGITS = 7;

/** Bytes that suffice to tell whether a frame begins: 7 digits, a space, `<`, 3 digits, `>`. */
export const LOOKAHEAD_BYTES = 13;

/** What bytes at hand say: yes, no, or that more of them must be seen. */
export const ANSWER = { yes: 1, no: 0, open: -1 } as const;
export type Answer = (typeof ANSWER)[keyof typeof ANSWER];

export const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 0x39;
const isDelimiter = (byte: number | undefined): boolean => byte === LF || byte === 0;

/**
 * Length of `N SP` where `N SP <digit` stands at `at` (`<` opens every syslog message that is counted), 0 where it does
 * not, -1 where the bytes before `end` do not tell yet. N is not 0; zeros in front of it are passed over, though RFC 6587
 * has none.
 */
export function octetHeaderLength(bytes: Buffer, at: number, end: number): number {
  let cursor = at;
  let isZero = true;
  while (cursor < end && cursor - at < MAX_DIGITS && isDigit(bytes[cursor])) {
    if (bytes[cursor] !== ZERO) isZero = false;
    cursor++;
  }
  if (cursor === end) return -1;
  if (cursor === at || isZero || bytes[cursor] !== SPACE) return 0;
  if (cursor + 1 === end) return -1;
  if (bytes[cursor + 1] !== LESS_THAN) return 0;
  if (cursor + 2 === end) return -1;
  return isDigit(bytes[cursor + 2]) ? cursor + 1 - at : 0;
}

/** N of a header of `length` bytes. */
export function octetCount(bytes: Buffer, at: number, length: number): number {
  let count = 0;
  for (let i = at; i < at + length - 1; i++) count = count * 10 + bytes[i]! - ZERO;
  return count;
}

/** Whether a frame may begin at `at`: a header, or `<` and a digit. */
export function mayBegin(bytes: Buffer, at: number, end: number): Answer {
  if (at >= end) return ANSWER.open;
  if (bytes[at] !== LESS_THAN) return Math.sign(octetHeaderLength(bytes, at, end)) as Answer;
  if (at + 1 === end) return ANSWER.open;
  return isDigit(bytes[at + 1]) ? ANSWER.yes : ANSWER.no;
}

/** Whether `<`, one to three digits and `>` stand at `at`. */
export function isPriority(bytes: Buffer, at: number, end: number): Answer {
  if (at >= end) return ANSWER.open;
  if (bytes[at] !== LESS_THAN) return ANSWER.no;
  let cursor = at + 1;
  while (cursor < end && cursor - at <= 3 && isDigit(bytes[cursor])) cursor++;
  if (cursor === end) return ANSWER.open;
  return bytes[cursor] === GREATER_THAN && cursor > at + 1 ? ANSWER.yes : ANSWER.no;
}

/** Whether within a message a frame begins at `at`: more is asked than of its first bytes, because a message may say anything. */
export function beginsWithin(bytes: Buffer, at: number, end: number): Answer {
  if (at >= end) return ANSWER.open;
  if (bytes[at] === LESS_THAN) return isPriority(bytes, at, end);
  const header = octetHeaderLength(bytes, at, end);
  return header > 0 ? isPriority(bytes, at + header, end) : (header as Answer);
}

/** First byte of the `N SP` in front of the `<` at `less`, not before `from`; -1 where there is none. */
export function headerBefore(bytes: Buffer, less: number, from: number): number {
  if (less - 2 < from || bytes[less - 1] !== SPACE) return -1;
  let start = less - 1;
  let isZero = true;
  while (start > from && less - 1 - start <= MAX_DIGITS && isDigit(bytes[start - 1])) {
    start--;
    if (bytes[start] !== ZERO) isZero = false;
  }
  return isZero || less - 1 - start > MAX_DIGITS ? -1 : start;
}

/** Whether what stands at `at`, where a message ends, is another frame; a delimiter may come first. */
export function frameFollows(bytes: Buffer, at: number, end: number): Answer {
  if (at >= end) return ANSWER.open;
  if (isDelimiter(bytes[at])) return mayBegin(bytes, at + 1, end);
  if (bytes[at] !== CR) return mayBegin(bytes, at, end);
  if (at + 1 === end) return ANSWER.open;
  return bytes[at + 1] === LF ? mayBegin(bytes, at + 2, end) : ANSWER.no;
}

/** Where `[start, end)` ends when trailing CR, LF and NUL are left out. */
export function trimmedEnd(bytes: Buffer, start: number, end: number): number {
  let cut = end;
  while (cut > start && (isDelimiter(bytes[cut - 1]) || bytes[cut - 1] === CR)) cut--;
  return cut;
}
