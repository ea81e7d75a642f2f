/** All that is not RFC 5424: RFC 3164 as it is met in the field, logread on the wire and on a terminal, dmesg. */
import {
  COLON,
  OPEN_BRACKET,
  SPACE,
  endOfDigits,
  endOfToken,
  isAlphanumeric,
  isDigit,
  skipSpaces,
} from './characters.js';
import type { Header } from './header.js';
import { isWeekday, readBsdTime, readEpochTime, readIsoTime, readUptime } from './line-time.js';
import type { TimeToken } from './line-time.js';
import { readPriorityWords } from './priority.js';
import { readTag } from './tag.js';
import type { Tag } from './tag.js';
import { isKnownDaemon } from './known-daemons.js';

/** Reads what follows `<PRI>` (`at` is 0 where there was none). */
export function readClassic(text: string, at: number, header: Header): void {
  const start = skipSpaces(text, at);
  const weekday = isWeekday(text, start);
  const timeAt = weekday ? start + 4 : skipSequence(text, start);
  const token = readTime(text, timeAt);
  if (token === null) {
    readTimeless(text, at, start, header);
    return;
  }
  header.form = weekday && at === 0 ? 'logread' : 'rfc3164';
  header.time = token.time;
  let next = skipSpaces(text, skipCiscoZone(text, token.end));
  const epoch = readEpochTime(text, next);
  if (epoch !== null) {
    header.time = epoch.time;
    next = skipSpaces(text, epoch.end);
  }
  readOrigin(text, next, header);
}

function readTime(text: string, at: number): TimeToken | null {
  return isDigit(text.charCodeAt(at)) ? readIsoTime(text, at) : readBsdTime(text, at);
}

/** Cisco's `237: ` in front of the time, and the `*` or `.` that marks an unsynchronised clock. */
function skipSequence(text: string, at: number): number {
  let next = at;
  const digitsEnd = endOfDigits(text, at, 10);
  if (digitsEnd > at && text.charCodeAt(digitsEnd) === COLON && text.charCodeAt(digitsEnd + 1) === SPACE) {
    next = skipSpaces(text, digitsEnd + 1);
  }
  const mark = text.charAt(next);
  return mark === '*' || mark === '.' ? next + 1 : next;
}

/** Cisco's `: ` or ` CEST: ` behind the time; a zone's short name is ambiguous, so it decides nothing. */
function skipCiscoZone(text: string, at: number): number {
  if (text.charCodeAt(at) === COLON) return at + 1;
  if (text.charCodeAt(at) !== SPACE) return at;
  const end = endOfToken(text, at + 1);
  if (text.charCodeAt(end - 1) !== COLON || text.charAt(end + 1) !== '%') return at;
  const zoneLength = end - at - 2;
  return zoneLength >= 3 && zoneLength <= 5 ? end : at;
}

/** The line has no time stamp: words of priority, the kernel's uptime, or a bare tag. */
function readTimeless(text: string, at: number, start: number, header: Header): void {
  const token = endOfToken(text, start);
  const hasPriority = at > 0;
  if (hasPriority) header.form = 'rfc3164';
  if (readPriorityWords(text, start, token, header)) {
    header.form = 'logread';
    readBody(text, skipSpaces(text, token), header);
    return;
  }
  const uptime = readUptime(text, start);
  if (uptime !== null) {
    header.form = 'dmesg';
    header.appName = 'kernel';
    header.uptimeMicros = uptime.micros;
    header.message = text.slice(afterSpace(text, uptime.end));
    return;
  }
  const tag = readTag(text, start);
  const certain =
    tag !== null && tag.appName !== null && (hasPriority || tag.procId !== null || isKnownDaemon(tag.appName));
  if (certain) {
    if (!hasPriority) header.form = 'tag';
    applyTag(text, tag, header);
  } else if (hasPriority) {
    header.message = text.slice(at);
  }
}

/** Hostname, words of priority, tag: each may be missing. */
function readOrigin(text: string, at: number, header: Header): void {
  let token = endOfToken(text, at);
  if (readPriorityWords(text, at, token, header)) {
    readBody(text, skipSpaces(text, token), header);
    return;
  }
  if (isHostname(text, at, token) && readTag(text, at) === null) {
    header.hostname = text.slice(at, token);
    const next = skipSpaces(text, token);
    token = endOfToken(text, next);
    if (readPriorityWords(text, next, token, header)) readBody(text, skipSpaces(text, token), header);
    else readBody(text, next, header);
    return;
  }
  readBody(text, at, header);
}

const LONGEST_HOSTNAME = 255;

/** Whether the token may be a hostname: another token follows, and it is made of the letters of names and addresses. */
function isHostname(text: string, from: number, to: number): boolean {
  if (to === from || to >= text.length || to - from > LONGEST_HOSTNAME) return false;
  let named = false;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isAlphanumeric(code) || code > 127) named = true;
    // . - _ : for names and addresses, ( ) for the kernel's "(none)", % for a zone index
    else if (!(code === 46 || code === 45 || code === 95 || code === COLON || code === 40 || code === 41)) {
      if (code !== 37 || at === from) return false;
    }
  }
  return named && !text.startsWith('last message repeated ', from);
}

/** Tag and message; a `log_prefix` in front of a known daemon's tag is passed over, as logread puts it there. */
function readBody(text: string, at: number, header: Header): void {
  const tag = readTag(text, at);
  if (tag === null) {
    header.message = text.slice(at);
    return;
  }
  if (tag.procId === null && tag.appName !== null && !isKnownDaemon(tag.appName)) {
    const inner = readTag(text, tag.end);
    if (inner !== null && inner.appName !== null && isKnownDaemon(inner.appName)) {
      applyTag(text, inner, header);
      return;
    }
  }
  applyTag(text, tag, header);
}

function afterSpace(text: string, at: number): number {
  return text.charCodeAt(at) === SPACE ? at + 1 : at;
}

function applyTag(text: string, tag: Tag, header: Header): void {
  header.appName = tag.appName;
  header.procId = tag.procId;
  let end = tag.end;
  if (tag.appName === 'kernel' && text.charCodeAt(end) === OPEN_BRACKET) {
    const uptime = readUptime(text, end);
    if (uptime !== null) {
      header.uptimeMicros = uptime.micros;
      end = afterSpace(text, uptime.end);
    }
  }
  header.message = text.slice(end);
}
