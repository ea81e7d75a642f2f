/** Lines out of a stream of bytes, in batches, never the whole input at once. */

/** A line longer than this is cut into pieces: no input, however odd, fills the memory. */
export const MAX_LINE_BYTES = 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** The lines of each chunk, without LF or CR LF; the last may lack its LF. Bytes are kept as they are. */
export async function* byteLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      lines.push(withoutCr(bytes.subarray(start, end)));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    while (rest.length > MAX_LINE_BYTES) {
      lines.push(rest.subarray(0, MAX_LINE_BYTES));
      rest = rest.subarray(MAX_LINE_BYTES);
    }
    if (lines.length > 0) yield lines;
  }
  if (rest.length > 0) yield [withoutCr(rest)];
}

function withoutCr(line: Buffer): Buffer {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}
