/** All that is neither RFC 5424 nor JSON: RFC 3164 as it is met in the field, logread on the wire and on a terminal. */
import { COLON, SPACE, endOfDigits, endOfToken, isDigit, skipSpaces } from './characters.js';
import { readBody, takeMessage } from './body.js';
import type { Header } from './header.js';
import { isHostname, isOriginName } from './hostname.js';
import { atUtc, isWeekday, readBsdTime, readEpochSeconds, readEpochTime, readIsoTime, readYear } from './line-time.js';
import { afterWrongPriority, readPriorityWords } from './priority.js';
import { mark } from './spans.js';
import { addToHeader } from './structured-data.js';
import { readTimeless } from './timeless.js';

const ASTERISK = 42;
const DOT = 46;
const PERCENT = 37;
const COMMA = 44;
const LESS_THAN = 60;

/** Reads what follows `<PRI>` (`at` is 0 where there was none). */
export function readClassic(text: string, at: number, header: Header): void {
  const start = skipSpaces(text, at);
  const end = readStamp(text, start, at, header);
  if (end >= 0) readOrigin(text, end, header);
  else if (at > 0 || !readWrongPriority(text, header)) readTimeless(text, at, start, header);
}

/** Reads the time and what belongs to it, and says the form. Answers the index behind it, -1 where there is no time. */
function readStamp(text: string, start: number, at: number, header: Header): number {
  const first = text.charCodeAt(start);
  const end = isDigit(first) ? -1 : readBsdTime(text, start, header);
  if (end >= 0) {
    header.form = 'rfc3164';
    mark(header, 'time', start, end);
    return afterTime(text, end, header);
  }
  if (isWeekday(text, start)) return readDatedStamp(text, start, at, header);
  return isDigit(first) ? readDigitsStamp(text, start, header) : readMarkedStamp(text, start, header);
}

/** Cisco's `: ` or zone, then logread's epoch. */
function afterTime(text: string, at: number, header: Header): number {
  let end = at;
  if (text.charCodeAt(at) === COLON) end++;
  else if (text.charCodeAt(at) === SPACE) end = skipCiscoZone(text, at, header);
  return readEpoch(text, skipSpaces(text, end), header);
}

/** logread's `[epoch.ms]` behind the device's own time; it wins. */
function readEpoch(text: string, at: number, header: Header): number {
  const end = readEpochTime(text, at, header);
  if (end < 0) return at;
  mark(header, 'time', at, end);
  return skipSpaces(text, end);
}

/** `Mon Nov 23 10:00:15 2026` of logread and ctime, the same with a zone (date), `Mon 2026-11-23 10:00:15 CET` (journalctl). */
function readDatedStamp(text: string, start: number, at: number, header: Header): number {
  const isIso = isDigit(text.charCodeAt(start + 4));
  let end = isIso ? readIsoTime(text, start + 4, header) : readBsdTime(text, start + 4, header);
  if (end < 0) return -1;
  const { time } = header;
  if (time?.kind === 'local' && (isIso || time.year === null)) {
    const zoneEnd = endOfZone(text, end);
    const year = zoneEnd > 0 && !isIso ? readYear(text, zoneEnd + 1) : null;
    if (year !== null) time.year = year;
    if (zoneEnd > 0 && time.year !== null) {
      header.time = atUtc(time, text.slice(end + 1, zoneEnd));
      end = year === null ? zoneEnd : zoneEnd + 5;
    }
  }
  header.form = at === 0 && !isIso ? 'logread' : 'rfc3164';
  mark(header, 'time', start, end);
  return readEpoch(text, skipSpaces(text, end), header);
}

/** ISO 8601, `2026 Nov 23 10:00:15`, seconds since the epoch, or Cisco's `237: ` in front of any time. */
function readDigitsStamp(text: string, start: number, header: Header): number {
  const end = readFullTime(text, start, header);
  if (end < 0) return readSequence(text, start, header);
  // Only dmesg has ISO 8601's comma in a line that starts with its time.
  const isDmesg = text.charCodeAt(start + 19) === COMMA && text.charCodeAt(0) !== LESS_THAN;
  header.form = isDmesg ? 'dmesg' : 'rfc3164';
  mark(header, 'time', start, end);
  return afterTime(text, end, header);
}

function readFullTime(text: string, start: number, header: Header): number {
  let end = readIsoTime(text, start, header);
  if (end < 0) end = readBsdTime(text, start, header);
  if (end < 0) end = readEpochSeconds(text, start, header);
  const isWhole = end === text.length || text.charCodeAt(end) === SPACE || text.charCodeAt(end) === COLON;
  if (end >= 0 && isWhole) return end;
  header.time = null;
  return -1;
}

function readSequence(text: string, start: number, header: Header): number {
  const digitsEnd = endOfDigits(text, start, 10);
  if (text.charCodeAt(digitsEnd) !== COLON || text.charCodeAt(digitsEnd + 1) !== SPACE) return -1;
  const spansBefore = header.spans?.length ?? 0;
  mark(header, 'sequence', start, digitsEnd);
  const end = readMarkedStamp(text, skipSpaces(text, digitsEnd + 1), header);
  if (end >= 0) addToHeader(header, 'meta', 'sequenceId', text.slice(start, digitsEnd));
  else if (header.spans !== null) header.spans.length = spansBefore;
  return end;
}

/**
 * Cisco's time: `*` or `.` in front of it says that the clock is not synchronised, `name: ` in front of that is the
 * `logging origin-id`.
 */
function readMarkedStamp(text: string, start: number, header: Header): number {
  let at = start;
  const token = endOfToken(text, start);
  const isNamed = header.facility !== null && isOriginName(text, start, token);
  if (isNamed) at = skipSpaces(text, token);
  const isMarked = text.charCodeAt(at) === ASTERISK || text.charCodeAt(at) === DOT;
  const timeAt = isMarked ? at + 1 : at;
  const end = readBsdTime(text, timeAt, header);
  if (end < 0) return -1;
  header.form = 'rfc3164';
  if (isNamed) {
    header.hostname = text.slice(start, token - 1);
    mark(header, 'hostname', start, token - 1);
  }
  if (isMarked) {
    addToHeader(header, 'timeQuality', 'isSynced', '0');
    mark(header, 'clockMark', at, at + 1);
  }
  mark(header, 'time', timeAt, end);
  return afterTime(text, end, header);
}

/** Index behind ` CET`, ` UTC`, ` +0100` at `at`, else -1. */
function endOfZone(text: string, at: number): number {
  if (text.charCodeAt(at) !== SPACE) return -1;
  const end = endOfToken(text, at + 1);
  if (end - at < 3 || end - at > 7) return -1;
  for (let letter = at + 1; letter < end; letter++) {
    const code = text.charCodeAt(letter);
    const isSign = code === 43 || code === 45;
    if (!(code >= 65 && code <= 90) && !isDigit(code) && !isSign) return -1;
  }
  return end;
}

/** Cisco's ` CEST: ` behind the time, in front of `%`; a zone's short name is ambiguous, so only UTC decides something. */
function skipCiscoZone(text: string, at: number, header: Header): number {
  const end = endOfToken(text, at + 1);
  const length = end - at - 2;
  if (length < 3 || length > 5 || text.charCodeAt(end - 1) !== COLON || text.charCodeAt(end + 1) !== PERCENT) return at;
  mark(header, 'zone', at + 1, end - 1);
  if (header.time?.kind === 'local') header.time = atUtc(header.time, text.slice(at + 1, end - 1));
  return end;
}

/** `<192>` to `<999>` is no priority; where a time follows, the rest of the header is read all the same. */
function readWrongPriority(text: string, header: Header): boolean {
  const at = afterWrongPriority(text);
  if (at === 0) return false;
  const end = readStamp(text, skipSpaces(text, at), at, header);
  if (end < 0) return false;
  header.spans?.unshift({ part: 'priority', from: 0, to: at });
  readOrigin(text, end, header);
  return true;
}

/** Hostname, words of priority, tag: each may be missing. */
function readOrigin(text: string, at: number, header: Header): void {
  if (header.form === 'dmesg') {
    header.appName = 'kernel';
    takeMessage(text, at, header);
    return;
  }
  const token = endOfToken(text, at);
  if (readPriorityWords(text, at, token, header)) {
    readBody(text, skipSpaces(text, token), header);
  } else if (header.hostname === null && isHostname(text, at, token)) {
    header.hostname = text.slice(at, token);
    mark(header, 'hostname', at, token);
    const next = skipSpaces(text, token);
    const nextToken = endOfToken(text, next);
    readBody(text, readPriorityWords(text, next, nextToken, header) ? skipSpaces(text, nextToken) : next, header);
  } else {
    readBody(text, at, header);
  }
}
