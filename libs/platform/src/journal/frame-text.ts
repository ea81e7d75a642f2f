/** Records get their ids when their frame is published, because only then its number is certain. */

const LF = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const ZERO = 0x30;

/**
 * Puts `{"id":"<prefix><index>",` before each line of `text`: `count` lines, each the rest of a JSON object, ended by LF.
 * `prefix` is ASCII that JSON need not escape. Answers with NDJSON bytes.
 */
export function stampIds(text: Buffer, count: number, prefix: string): Buffer {
  const opening = Buffer.from(`{"id":"${prefix}`, 'latin1');
  const widest = opening.length + String(count).length + 2;
  const stamped = Buffer.allocUnsafe(text.length + count * widest);
  // The text stands at the end, and each line moves forward to behind its id: that copies without a view a line.
  let from = stamped.length - text.length;
  stamped.set(text, from);
  let to = 0;
  for (let index = 0; from < stamped.length; index++) {
    const lf = stamped.indexOf(LF, from);
    const end = lf < 0 ? stamped.length : lf + 1;
    stamped.set(opening, to);
    to = putNumber(stamped, index, to + opening.length);
    stamped[to++] = QUOTE;
    stamped[to++] = COMMA;
    stamped.copyWithin(to, from, end);
    to += end - from;
    from = end;
  }
  return stamped.subarray(0, to);
}

/** Writes a whole number in decimal; answers where it ends. */
function putNumber(bytes: Buffer, value: number, at: number): number {
  let place = 1;
  while (place * 10 <= value) place *= 10;
  let to = at;
  for (; place >= 1; place = Math.floor(place / 10)) bytes[to++] = ZERO + (Math.floor(value / place) % 10);
  return to;
}

/** Bytes that `stampIds` adds to a record at most, for an ingestor's name of 8 characters. */
export const ID_OVERHEAD_BYTES = 48;
