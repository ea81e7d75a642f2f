/** RFC 5424: `<PRI>VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]`. */
import { SPACE, digitsToNumber, endOfDigits } from './characters.js';
import type { Header } from './header.js';
import { readIsoTime } from './line-time.js';
import { mark } from './spans.js';
import { readStructuredData } from './structured-data.js';

const DASH = 45;
const ZERO = 48;
const CAPITAL_T = 84;
const SMALL_T = 116;
const BYTE_ORDER_MARK = 0xfeff;

const NAMES = ['hostname', 'appName', 'procId', 'msgId'] as const;

/**
 * Reads what follows `<PRI>`, from the version on. False, with nothing changed, where it is not RFC 5424: no version, or
 * no (nil or valid) time stamp. A line that breaks off later keeps the fields read so far, and the rest is its message.
 * Lengths are not limited, and names may hold any characters but controls: whoever sends them means them.
 */
export function readRfc5424(text: string, at: number, header: Header): boolean {
  const versionEnd = endOfDigits(text, at, 3);
  if (text.charCodeAt(versionEnd) !== SPACE || text.charCodeAt(at) === ZERO) return false;
  let next = readTimestamp(text, versionEnd + 1, at > 0, header);
  if (next < 0) return false;
  header.form = 'rfc5424';
  header.version = digitsToNumber(text, at, versionEnd);
  mark(header, 'version', at, versionEnd);
  mark(header, 'time', versionEnd + 1, Math.min(next - 1, text.length));
  for (const name of NAMES) {
    const end = endOfPrintable(text, next);
    if (end === next || (end < text.length && text.charCodeAt(end) !== SPACE)) return finish(text, next, header);
    if (!isNil(text, next, end)) header[name] = text.slice(next, end);
    mark(header, name, next, end);
    next = Math.min(end + 1, text.length);
  }
  return readData(text, next, header);
}

function isNil(text: string, from: number, to: number): boolean {
  return to - from === 1 && text.charCodeAt(from) === DASH;
}

/** Answers the index behind the space that follows, -1 where there is no time stamp. Without a PRI a nil one is none. */
function readTimestamp(text: string, at: number, hasPriority: boolean, header: Header): number {
  if (text.charCodeAt(at) === DASH && hasPriority) {
    return text.charCodeAt(at + 1) === SPACE || at + 1 === text.length ? at + 2 : -1;
  }
  const between = text.charCodeAt(at + 10);
  if (between !== CAPITAL_T && between !== SMALL_T) return -1;
  const end = readIsoTime(text, at, header);
  if (end >= 0 && (end === text.length || text.charCodeAt(end) === SPACE)) return end + 1;
  header.time = null;
  return -1;
}

function endOfPrintable(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) > SPACE && text.charCodeAt(at) !== 127) at++;
  return at;
}

function readData(text: string, at: number, header: Header): true {
  if (text.charCodeAt(at) === DASH && (at + 1 === text.length || text.charCodeAt(at + 1) === SPACE)) {
    mark(header, 'structuredData', at, at + 1);
    return finish(text, Math.min(at + 2, text.length), header);
  }
  const read = readStructuredData(text, at);
  if (read === null) return finish(text, at, header);
  header.structuredData = read.data;
  mark(header, 'structuredData', at, read.end);
  return finish(text, text.charCodeAt(read.end) === SPACE ? read.end + 1 : read.end, header);
}

/** The message begins at `at`; a byte order mark says only that it is UTF-8 (section 6.4). */
function finish(text: string, at: number, header: Header): true {
  const hasMark = text.charCodeAt(at) === BYTE_ORDER_MARK;
  const start = hasMark ? at + 1 : Math.min(at, text.length);
  if (hasMark) mark(header, 'byteOrderMark', at, start);
  header.message = text.slice(start);
  mark(header, 'message', start, text.length);
  return true;
}
