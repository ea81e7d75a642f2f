/** Records get their ids when their frame is published, because only then its number is certain. */

const LF = 0x0a;

/**
 * Puts `{"id":"<prefix><index>",` before each line of `text`: lines are the rest of a JSON object, ended by LF.
 * `prefix` is ASCII that JSON need not escape. Answers with NDJSON bytes.
 */
export function stampIds(text: Buffer, count: number, prefix: string): Buffer {
  const opening = `{"id":"${prefix}`;
  const widest = opening.length + String(count).length + 2;
  const stamped = Buffer.allocUnsafe(text.length + count * widest);
  let to = 0;
  let from = 0;
  for (let index = 0; from < text.length; index++) {
    const lf = text.indexOf(LF, from);
    const end = lf < 0 ? text.length : lf + 1;
    to += stamped.write(`${opening}${index}",`, to, 'latin1');
    text.copy(stamped, to, from, end);
    to += end - from;
    from = end;
  }
  return stamped.subarray(0, to);
}

/** Bytes that `stampIds` adds to a record at most, for an ingestor's name of 8 characters. */
export const ID_OVERHEAD_BYTES = 48;
