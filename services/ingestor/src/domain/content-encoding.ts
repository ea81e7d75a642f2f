/** Content encodings of HTTP bodies (RFC 9110, 8.4.1; RFC 8878 for zstd). */

export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'zstd';

/** For `Accept-Encoding` of an answer that refuses another (RFC 9110, 12.5.3). */
export const ACCEPTED_ENCODINGS = 'gzip, zstd, deflate, identity';

const NAMES = new Map<string, ContentEncoding>([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['zstd', 'zstd'],
]);

/** The encoding that a `Content-Encoding` names; null for any other, and for more than one. */
export function contentEncoding(header: string | undefined): ContentEncoding | null {
  return NAMES.get((header ?? '').trim().toLowerCase()) ?? null;
}

/** Bytes that suffice for `encodingByMagic`. */
export const MAGIC_BYTES = 4;

/** The compression that a body's first bytes show: no text begins like this. */
export function encodingByMagic(start: Uint8Array): ContentEncoding {
  if (start[0] === 0x1f && start[1] === 0x8b && start[2] === 0x08) return 'gzip';
  if (start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd) return 'zstd';
  return 'identity';
}
