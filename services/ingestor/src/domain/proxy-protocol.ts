/**
 * The header that a load balancer puts before a connection to say whose it is: PROXY protocol, version 1 (a line of text)
 * and version 2 (binary), as in HAProxy's proxy-protocol.txt, sections 2.1 and 2.2.
 */
import { formatIp, parseIpv4, parseIpv6 } from './ip-address.js';

/** Whose connection it is, as the header says. */
export interface ProxySource {
  /** IPv4, or IPv6 as RFC 5952 writes it; IPv4-mapped IPv6 as IPv4. */
  readonly address: string;
  readonly port: number;
}

/**
 * `incomplete`: more bytes must come, `needed` of them in all before it is worth looking again. `header`: it takes the
 * first `length` bytes; `source` is null where the connection is the proxy's own (LOCAL) or of no known address (UNKNOWN).
 */
export type ProxyHeader =
  | { readonly kind: 'incomplete'; readonly needed: number }
  | { readonly kind: 'header'; readonly length: number; readonly source: ProxySource | null }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Longest header of version 1, CRLF included, in bytes. */
export const MAX_V1_BYTES = 107;
/** Longest header of version 2, in bytes: what its 16 bits of length can say. */
export const MAX_V2_BYTES = 16 + 0xffff;

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V1_START = Buffer.from('PROXY ', 'latin1');
const V2_FIXED_BYTES = 16;
const CR = 0x0d;
const LF = 0x0a;
const PORT = /^(?:0|[1-9]\d{0,4})$/;

const malformed = (reason: string): ProxyHeader => ({ kind: 'malformed', reason });

/** Whether the bytes at hand are the beginning of `start`, or begin with it. */
const agrees = (bytes: Buffer, start: Buffer): boolean => {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
};

/** Reads the header at the beginning of a connection's bytes. Pure in them: how they were cut does not matter. */
export function decodeProxyHeader(bytes: Buffer): ProxyHeader {
  if (bytes.length === 0) return { kind: 'incomplete', needed: 1 };
  if (agrees(bytes, V1_START)) return decodeV1(bytes);
  if (agrees(bytes, SIGNATURE)) return decodeV2(bytes);
  return malformed('it does not begin with a PROXY header');
}

function decodeV1(bytes: Buffer): ProxyHeader {
  const limit = Math.min(bytes.length, MAX_V1_BYTES);
  const lf = bytes.subarray(0, limit).indexOf(LF);
  if (lf < 0) {
    return limit < MAX_V1_BYTES
      ? { kind: 'incomplete', needed: bytes.length + 1 }
      : malformed(`its PROXY line is longer than ${MAX_V1_BYTES} bytes`);
  }
  if (bytes[lf - 1] !== CR) return malformed('its PROXY line does not end with CRLF');
  const words = bytes.toString('latin1', 0, lf - 1).split(' ');
  const length = lf + 1;
  // What follows UNKNOWN is to be ignored.
  if (words[1] === 'UNKNOWN') return { kind: 'header', length, source: null };
  const source = v1Source(words);
  return source ? { kind: 'header', length, source } : malformed('its PROXY line cannot be read');
}

/** `PROXY TCP4 <source> <destination> <source port> <destination port>`; null for anything else. */
function v1Source(words: string[]): ProxySource | null {
  const [, protocol, source = '', destination = '', port = '', destinationPort = ''] = words;
  const parse = protocol === 'TCP4' ? parseIpv4 : protocol === 'TCP6' ? parseIpv6 : null;
  const address = parse?.(source);
  if (words.length !== 6 || !address || !parse?.(destination)) return null;
  if (![port, destinationPort].every((text) => PORT.test(text) && Number(text) <= 0xffff)) return null;
  return { address: formatIp(address), port: Number(port) };
}

/** Address families and transports that version 2 knows; any other value is to be refused. */
const MAX_FAMILY = 3;
const MAX_TRANSPORT = 2;
const ADDRESS_BYTES = [0, 4, 16, 108] as const;

function decodeV2(bytes: Buffer): ProxyHeader {
  if (bytes.length < V2_FIXED_BYTES) return { kind: 'incomplete', needed: V2_FIXED_BYTES };
  const version = bytes[12]! >> 4;
  const command = bytes[12]! & 0x0f;
  const family = bytes[13]! >> 4;
  const transport = bytes[13]! & 0x0f;
  const length = V2_FIXED_BYTES + bytes.readUInt16BE(14);
  if (version !== 2) return malformed(`its PROXY header is of version ${version}`);
  if (command > 1) return malformed(`its PROXY header has the unknown command ${command}`);
  if (family > MAX_FAMILY || transport > MAX_TRANSPORT)
    return malformed(`its PROXY header has the unknown family 0x${bytes[13]!.toString(16).padStart(2, '0')}`);
  const isAddressed = command === 1 && (family === 1 || family === 2) && transport !== 0;
  const size = ADDRESS_BYTES[family as 0 | 1 | 2 | 3];
  if (isAddressed && length < V2_FIXED_BYTES + 2 * size + 4)
    return malformed('its PROXY header is too short for its addresses');
  if (bytes.length < length) return { kind: 'incomplete', needed: length };
  if (!isAddressed) return { kind: 'header', length, source: null };
  // Source address, destination address, source port, destination port; TLVs follow, and are passed over.
  const address = formatIp(bytes.subarray(V2_FIXED_BYTES, V2_FIXED_BYTES + size));
  return { kind: 'header', length, source: { address, port: bytes.readUInt16BE(V2_FIXED_BYTES + 2 * size) } };
}
