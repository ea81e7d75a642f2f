/** Lines without a time stamp that a header would have: words of priority, the kernel's ring buffer, a bare tag. */
import { CLOSE_BRACKET, OPEN_BRACKET, SPACE, endOfToken, isAlphanumeric, skipSpaces } from './characters.js';
import { isCertainTag, readBareTag, readBody, takeKernelMessage, takeMessage } from './body.js';
import type { Header } from './header.js';
import { isHostname } from './hostname.js';
import { isWeekday, readBsdTime } from './line-time.js';
import { readDecodedPriority, readPriorityWords, setPriority } from './priority.js';
import { mark } from './spans.js';

/** `at` is where the text behind `<PRI>` begins (0 where there was none), `start` its first character that is no space. */
export function readTimeless(text: string, at: number, start: number, header: Header): void {
  const hasPriority = at > 0;
  if (hasPriority) header.form = 'rfc3164';
  const token = endOfToken(text, start);
  if (readPriorityWords(text, start, token, header)) {
    header.form = 'logread';
    readBody(text, skipSpaces(text, token), header);
    return;
  }
  if (readRingBuffer(text, start, header)) return;
  if (readBareTag(text, start, hasPriority, header)) {
    if (!hasPriority) header.form = 'tag';
    return;
  }
  // `host daemon[pid]: text`: what is left when somebody cut the time off.
  const next = skipSpaces(text, token);
  if (isAlphanumeric(text.charCodeAt(start)) && isHostname(text, start, token) && isCertainTag(text, next)) {
    if (!hasPriority) header.form = 'tag';
    header.hostname = text.slice(start, token);
    mark(header, 'hostname', start, token);
    readBody(text, next, header);
    return;
  }
  if (hasPriority) takeMessage(text, at, header);
}

/** dmesg as it is, with `-x`, `-r`, `-d` or `-T`. */
function readRingBuffer(text: string, start: number, header: Header): boolean {
  const decoded = text.charCodeAt(start) === OPEN_BRACKET ? null : readDecodedPriority(text, start);
  const at = decoded === null ? start : decoded.end;
  if (text.charCodeAt(at) !== OPEN_BRACKET) return false;
  const spansBefore = header.spans?.length ?? 0;
  if (decoded !== null) mark(header, 'priority', start, at - 2);
  if (isWeekday(text, at + 1) ? !readWallClock(text, at, header) : !readUptimeLine(text, at, header)) {
    if (header.spans !== null) header.spans.length = spansBefore;
    return false;
  }
  if (decoded !== null && header.facility === null) setPriority(header, decoded.value);
  header.form = 'dmesg';
  header.appName = 'kernel';
  return true;
}

function readWallClock(text: string, at: number, header: Header): boolean {
  const end = readBsdTime(text, at + 5, header);
  if (end < 0 || text.charCodeAt(end) !== CLOSE_BRACKET) {
    header.time = null;
    return false;
  }
  mark(header, 'time', at, end + 1);
  takeMessage(text, text.charCodeAt(end + 1) === SPACE ? end + 2 : end + 1, header);
  return true;
}

function readUptimeLine(text: string, at: number, header: Header): boolean {
  takeKernelMessage(text, at, header);
  if (header.uptimeMicros !== null) return true;
  header.message = text;
  return false;
}
