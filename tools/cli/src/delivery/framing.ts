/** Frames on a TCP connection (RFC 6587): logread ends a line with LF or NUL; others count octets. */

export const FRAMINGS = ['lf', 'nul', 'octet'] as const;
export type Framing = (typeof FRAMINGS)[number];

const LF = Buffer.from('\n');
const NUL = Buffer.from('\0');

/** The bytes of the lines' frames, one after the other. */
export function frameLines(lines: readonly Buffer[], framing: Framing): Buffer {
  const parts: Buffer[] = [];
  for (const line of lines) {
    if (framing === 'octet') parts.push(Buffer.from(`${line.length} `), line);
    else parts.push(line, framing === 'lf' ? LF : NUL);
  }
  return Buffer.concat(parts);
}
