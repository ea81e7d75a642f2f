/** RFC 5424: `1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA [MSG]`. */
import { OPEN_BRACKET, SPACE, digitsToNumber, endOfDigits } from './characters.js';
import type { Header, StructuredData } from './header.js';
import { readIsoTime } from './line-time.js';

const DASH = 45;
const QUOTE = 34;
const BACKSLASH = 92;
const EQUALS = 61;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Reads what follows `<PRI>`, from the version on. False, with nothing changed, where it is not RFC 5424: no version, or
 * no (nil or valid) time stamp. A line that breaks off later keeps the fields read so far, and the rest is its message.
 */
export function readRfc5424(text: string, at: number, header: Header): boolean {
  const versionEnd = endOfDigits(text, at, 3);
  if (text.charCodeAt(versionEnd) !== SPACE || digitsToNumber(text, at, at + 1) === 0) return false;
  let next = readTimestamp(text, versionEnd + 1, header);
  if (next < 0) return false;
  header.form = 'rfc5424';
  const names = ['hostname', 'appName', 'procId', 'msgId'] as const;
  for (const name of names) {
    const end = endOfPrintable(text, next);
    if (end === next || (end < text.length && text.charCodeAt(end) !== SPACE)) return finish(text, next, header);
    header[name] = isNil(text, next, end) ? null : text.slice(next, end);
    next = Math.min(end + 1, text.length);
  }
  return readData(text, next, header);
}

function isNil(text: string, from: number, to: number): boolean {
  return to - from === 1 && text.charCodeAt(from) === DASH;
}

function readTimestamp(text: string, at: number, header: Header): number {
  if (text.charCodeAt(at) === DASH) return text.charCodeAt(at + 1) === SPACE || at + 1 === text.length ? at + 2 : -1;
  const token = readIsoTime(text, at);
  if (token === null || text.charAt(at + 10) !== 'T') return -1;
  if (token.end < text.length && text.charCodeAt(token.end) !== SPACE) return -1;
  header.time = token.time;
  return token.end + 1;
}

function endOfPrintable(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) > SPACE && text.charCodeAt(at) !== 127) at++;
  return at;
}

function readData(text: string, at: number, header: Header): true {
  if (text.charCodeAt(at) === DASH && (at + 1 === text.length || text.charCodeAt(at + 1) === SPACE)) {
    return finish(text, at + 2, header);
  }
  const read = readStructuredData(text, at);
  if (read === null) return finish(text, at, header);
  header.structuredData = read.data;
  const spaced = text.charCodeAt(read.end) === SPACE;
  return finish(text, spaced ? read.end + 1 : read.end, header);
}

function finish(text: string, at: number, header: Header): true {
  const start = text.charCodeAt(at) === BYTE_ORDER_MARK ? at + 1 : at;
  header.message = text.slice(start);
  return true;
}

/** One or more SD-ELEMENTs from `at`; null where the first is broken, or any of them is. */
function readStructuredData(text: string, at: number): { data: StructuredData; end: number } | null {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return null;
  // Without a prototype, so that an SD-ID of `__proto__` is a name like any other.
  const data = Object.create(null) as StructuredData;
  let next = at;
  while (text.charCodeAt(next) === OPEN_BRACKET) {
    const end = readElement(text, next + 1, data);
    if (end < 0) return null;
    next = end;
  }
  return { data, end: next };
}

function endOfName(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || code === EQUALS || code === QUOTE || code === 93 || code >= 127) break;
  }
  return at;
}

/** Reads `id name="value" ...]`; answers the index behind it, -1 where it is broken. */
function readElement(text: string, at: number, data: StructuredData): number {
  const idEnd = endOfName(text, at);
  if (idEnd === at) return -1;
  const id = text.slice(at, idEnd);
  const params = (data[id] ??= Object.create(null) as Record<string, string>);
  let next = idEnd;
  while (text.charCodeAt(next) === SPACE) {
    const nameEnd = endOfName(text, next + 1);
    if (nameEnd === next + 1 || text.charCodeAt(nameEnd) !== EQUALS || text.charCodeAt(nameEnd + 1) !== QUOTE)
      return -1;
    const value = readValue(text, nameEnd + 2);
    if (value === null) return -1;
    const name = text.slice(next + 1, nameEnd);
    // RFC 5424 allows a name to be repeated (origin's ip, say): the values stand together.
    params[name] = name in params ? `${params[name]},${value.value}` : value.value;
    next = value.end;
  }
  return text.charCodeAt(next) === 93 ? next + 1 : -1;
}

/** A PARAM-VALUE up to its closing quote; `\"`, `\\` and `\]` lose their backslash, other backslashes stand. */
function readValue(text: string, from: number): { value: string; end: number } | null {
  let value = '';
  let copied = from;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { value: value + text.slice(copied, at), end: at + 1 };
    if (code === BACKSLASH) {
      const escaped = text.charCodeAt(at + 1);
      if (escaped === QUOTE || escaped === BACKSLASH || escaped === 93) {
        value += text.slice(copied, at);
        copied = at + 1;
        at++;
      }
    }
  }
  return null;
}
