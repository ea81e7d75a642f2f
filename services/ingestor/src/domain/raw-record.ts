/**
 * Raw records as text: what `rawRecordSchema` describes, less the opening brace and the id, which a record gets when its
 * frame is published. Bytes that are not UTF-8 are kept in base64 beside the text that shows U+FFFD for them.
 */
import { isUtf8 } from 'node:buffer';
import type { Transport } from '@opmas/contracts';
import { LINE } from './stream-framing.js';

/** The fields of a record before its line, ended so that the line can follow. `receivedAt` is an instant's text. */
export function recordHead(receivedAt: string, key: string, rest: string): string {
  return `"receivedAt":"${receivedAt}","key":${JSON.stringify(key)},${rest}`;
}

/** What all records of one peer share. */
export function peerFields(transport: Transport, peer: string, port: number): string {
  return `"transport":"${transport}","peer":${JSON.stringify(peer)},"port":${port},"raw":`;
}

const ENDS = ['}\n', ',"truncated":true}\n', ',"partial":true}\n', ',"truncated":true,"partial":true}\n'] as const;

/** The line and the end of a record. `flags` are bits of `LINE`; `isAscii` says that all of its bytes are known to be ASCII. */
export function recordTail(bytes: Buffer, start: number, end: number, flags: number, isAscii: boolean): string {
  const close = ENDS[flags & (LINE.truncated | LINE.partial)]!;
  if (isAscii) return JSON.stringify(bytes.toString('latin1', start, end)) + close;
  const line = bytes.subarray(start, end);
  const text = JSON.stringify(line.toString('utf8'));
  return isUtf8(line) ? text + close : `${text},"rawBase64":"${line.toString('base64')}"${close}`;
}

/** The line and the end of a record whose line is text already, cut to `maxBytes` of UTF-8 at a whole character. */
export function textRecordTail(line: string, maxBytes: number): string {
  if (line.length * 3 <= maxBytes || Buffer.byteLength(line) <= maxBytes) return JSON.stringify(line) + ENDS[0];
  const bytes = Buffer.from(line);
  let end = maxBytes;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return JSON.stringify(bytes.toString('utf8', 0, end)) + ENDS[LINE.truncated];
}

/** What a journaled record holds before its key: the head's beginning, its instant of fixed length, the key's name. */
const KEY_AT = '"receivedAt":"2026-11-23T20:35:17.123456Z","key":"'.length;
const UDP_PEER = Buffer.from('","transport":"udp","peer":"');
const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** The address that a record in the journal came from over UDP; null for a record that came over anything else. */
export function datagramPeer(text: Buffer, from: number, to: number): string | null {
  let at = from + KEY_AT;
  while (at < to && text[at] !== QUOTE) at += text[at] === BACKSLASH ? 2 : 1;
  const peerAt = at + UDP_PEER.length;
  if (peerAt > to || text.compare(UDP_PEER, 0, UDP_PEER.length, at, peerAt) !== 0) return null;
  const end = text.indexOf(QUOTE, peerAt);
  return end < 0 || end >= to ? null : text.toString('latin1', peerAt, end);
}
