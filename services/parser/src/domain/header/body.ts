/** Tag and message, with what logread or a relay may have put in front of the tag. */
import { CLOSE_BRACKET, COLON, OPEN_BRACKET, SPACE, endOfDigits, isDigit, skipSpaces } from './characters.js';
import type { Header } from './header.js';
import { readUptime } from './line-time.js';
import { isKnownDaemon } from './known-daemons.js';
import { mark } from './spans.js';
import { addToHeader } from './structured-data.js';
import { TagReader } from './tag.js';

const PERCENT = 37;
const ZERO = 48;
const LONGEST_PREFIX = 64;
const MOST_SEGMENTS = 4;

const outer = new TagReader();
const inner = new TagReader();

/** Reads the tag at `at`, if there is one, and takes the rest as the message. */
export function readBody(text: string, at: number, header: Header): void {
  const isTag = outer.read(text, at);
  if (isTag && outer.hasName) {
    const appName = text.slice(outer.nameFrom, outer.nameTo);
    if (outer.hasPid || isKnownDaemon(appName) || !readPrefix(text, at, true, header)) {
      applyTag(text, outer, appName, header);
    }
  } else if (isTag) {
    readEmptyTag(text, header);
  } else if (!readPrefix(text, at, false, header)) {
    takeMessage(text, at, header);
  }
}

/** A tag without a line around it: certain only with a pid, behind a PRI, or where we know its daemon. */
export function readBareTag(text: string, at: number, isTrusted: boolean, header: Header): boolean {
  if (!outer.read(text, at) || !outer.hasName) return false;
  const appName = text.slice(outer.nameFrom, outer.nameTo);
  if (!isTrusted && !outer.hasPid && !isKnownDaemon(appName)) return false;
  applyTag(text, outer, appName, header);
  return true;
}

/** Whether `daemon[pid]:` of a daemon that we know stands at `at`. */
export function isCertainTag(text: string, at: number): boolean {
  return inner.read(text, at) && inner.hasPid && isKnownDaemon(text.slice(inner.nameFrom, inner.nameTo));
}

/** `: luci: failed login ...`: a program that set no tag wrote its name into the text. */
function readEmptyTag(text: string, header: Header): void {
  if (!outer.hasPid && inner.read(text, outer.end) && inner.hasName) {
    const appName = text.slice(inner.nameFrom, inner.nameTo);
    if (inner.hasPid || isKnownDaemon(appName) || appName.charCodeAt(0) === PERCENT) {
      applyTag(text, inner, appName, header);
      return;
    }
  }
  applyTag(text, outer, null, header);
}

/**
 * Looks for the tag behind a prefix that is itself no known tag. logread writes `prefix: tag: text`; a relay's template
 * may leave out the colon. How much must speak for the inner tag depends on how odd the prefix is:
 * - `daemon[pid]:` of a known daemon, or `kernel: [uptime]`: any prefix of up to 64 characters;
 * - `daemon:` of a known daemon: a prefix up to the first `: `, or of one word;
 * - `name[123]:` of any other: a prefix of one word, colon included.
 */
function readPrefix(text: string, at: number, startsWithTag: boolean, header: Header): boolean {
  const limit = Math.min(text.length, at + LONGEST_PREFIX);
  let segment = 0;
  let word = 0;
  for (let space = text.indexOf(' ', at); space > at && space < limit; space = text.indexOf(' ', space + 1)) {
    const endsSegment = text.charCodeAt(space - 1) === COLON;
    if (endsSegment) segment++;
    word++;
    if (segment > MOST_SEGMENTS) return false;
    if (!endsSegment && (startsWithTag || segment > 0)) continue;
    if (!inner.read(text, space + 1)) continue;
    if (isTagBehind(text, segment, word, endsSegment)) {
      takePrefix(text, at, endsSegment ? space - 1 : space, header);
      return true;
    }
  }
  return false;
}

function isTagBehind(text: string, segment: number, word: number, endsSegment: boolean): boolean {
  const isFirst = endsSegment ? segment === 1 : word === 1;
  // logread's prefix in front of an empty tag: `prefix: : text`.
  if (!inner.hasName) return endsSegment && isFirst && !inner.hasPid;
  const appName = text.slice(inner.nameFrom, inner.nameTo);
  if (isKnownDaemon(appName)) return isFirst || inner.hasPid || (appName === 'kernel' && isUptime(text, inner.end));
  if (appName.charCodeAt(0) === PERCENT) return isFirst && endsSegment;
  return isFirst && endsSegment && word === 1 && inner.hasPid && isDigit(text.charCodeAt(inner.pidFrom));
}

const scratch = { uptimeMicros: null as number | null };

function isUptime(text: string, at: number): boolean {
  return readUptime(text, at, scratch) > 0;
}

function takePrefix(text: string, from: number, to: number, header: Header): void {
  header.prefix = text.slice(from, to);
  mark(header, 'prefix', from, to);
  addToHeader(header, 'logread', 'prefix', header.prefix);
  if (inner.hasName) applyTag(text, inner, text.slice(inner.nameFrom, inner.nameTo), header);
  else if (outer.read(text, to + 2)) readEmptyTag(text, header);
}

function applyTag(text: string, tag: TagReader, appName: string | null, header: Header): void {
  header.appName = appName;
  if (appName !== null) mark(header, 'appName', tag.nameFrom, tag.nameTo);
  if (tag.hasPid) {
    header.procId = text.slice(tag.pidFrom, tag.pidTo);
    mark(header, 'procId', tag.pidFrom, tag.pidTo);
  }
  if (appName === 'kernel') takeKernelMessage(text, tag.end, header);
  else {
    if (appName !== null && appName.charCodeAt(0) === PERCENT) readMnemonic(appName, header);
    takeMessage(text, tag.end, header);
  }
}

/** Cisco's `%FACILITY-SEVERITY-MNEMONIC`: the mnemonic names the kind of message. */
function readMnemonic(appName: string, header: Header): void {
  const dash = appName.lastIndexOf('-');
  const severity = appName.charCodeAt(dash - 1) - ZERO;
  if (dash < 4 || appName.charAt(dash - 2) !== '-' || severity < 0 || severity > 7) return;
  header.msgId = appName.slice(dash + 1);
  header.severity ??= severity;
}

/** The kernel's text, behind `[uptime]` and (with CONFIG_PRINTK_CALLER) `[ T123]` where they stand. */
export function takeKernelMessage(text: string, at: number, header: Header): void {
  let end = at;
  if (text.charCodeAt(at) === OPEN_BRACKET) {
    const uptimeEnd = readUptime(text, at, header);
    if (uptimeEnd > 0) {
      mark(header, 'uptime', at, uptimeEnd);
      end = skipCaller(text, uptimeEnd, header);
      if (text.charCodeAt(end) === SPACE) end++;
    }
  }
  takeMessage(text, end, header);
}

function skipCaller(text: string, at: number, header: Header): number {
  if (text.charCodeAt(at) !== OPEN_BRACKET) return at;
  const from = skipSpaces(text, at + 1);
  const kind = text.charAt(from);
  const end = endOfDigits(text, from + 1, 10);
  if ((kind !== 'T' && kind !== 'C') || end === from + 1 || text.charCodeAt(end) !== CLOSE_BRACKET) return at;
  mark(header, 'caller', at, end + 1);
  return end + 1;
}

export function takeMessage(text: string, at: number, header: Header): void {
  header.message = at === 0 ? text : text.slice(at);
  mark(header, 'message', Math.min(at, text.length), text.length);
}
