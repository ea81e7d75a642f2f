/**
 * One JSON object a line: GELF 1.1, journald's export, `ubus call log read`, templates of rsyslog and syslog-ng, ECS, and
 * what programs that log JSON write. Members without a header field go to structured data under the SD-ID `json`.
 */
import { endOfDigits, isDigit } from './characters.js';
import { readBareTag, readBody, takeKernelMessage } from './body.js';
import type { Header } from './header.js';
import { membersOf, textOf } from './json-members.js';
import type { Member, Members } from './json-members.js';
import { readJsonTime } from './json-time.js';
import { facilityOf, setPriority, severityOf } from './priority.js';
import { addToHeader, readStructuredData } from './structured-data.js';
import { TagReader } from './tag.js';

const SD_ID = 'json';

/** Names of members by header field, best first, as `Members` writes them: lower case, `_` between the parts of a path. */
const MESSAGE = ['message', 'msg', 'short_message', 'log', 'event', 'text', 'body'];
const HOSTNAME = ['hostname', 'host', 'host_hostname', 'host_name', 'syslog_hostname', 'fromhost'];
const APP_NAME = [
  ...[
    'syslog_identifier',
    'appname',
    'app_name',
    'ident',
    'programname',
    'program',
    'process_name',
    'application',
    'app',
  ],
  ...['service', 'service_name', 'syslogtag', 'tag', 'process', 'comm', 'name'],
];
const PROC_ID = ['procid', 'proc_id', 'pid', 'process_id', 'process_pid', 'syslog_procid', 'syslog_pid'];
const MSG_ID = ['msgid', 'msg_id', 'syslog_msgid'];
const PRIORITY = ['pri', 'syslog_pri', 'log_syslog_priority'];
const SEVERITY = [
  ...['syslogseverity', 'syslog_severity_code', 'log_syslog_severity_code', 'severity_code', 'severity', 'level'],
  ...['priority', 'log_level', 'loglevel', 'levelname', 'severity_text', 'syslog_severity'],
];
const FACILITY = [
  ...['syslogfacility', 'syslog_facility', 'syslog_facility_code', 'log_syslog_facility_code', 'facility_code'],
  ...['facility', 'facility_num', 'facility_label'],
];
const TIME = [
  ...['source_realtime_timestamp', 'realtime_timestamp', 'timestamp', 'time', 'ts', 'eventtime', 'event_time'],
  ...['datetime', 'date', 'timereported', 'isodate'],
];

/** Reads a line whose text from `at` on is a JSON object with a message in it; false, with nothing changed, for any other. */
export function readJson(text: string, at: number, header: Header): boolean {
  if (!text.trimEnd().endsWith('}')) return false;
  const read: Header = { ...header, message: '', spans: null };
  try {
    const members = membersOf(text, at);
    if (members === null || !readMembers(members, read)) return false;
    if (header.spans !== null) read.spans = [...header.spans, ...members.spans(text, at)];
  } catch {
    // Not JSON, or nested deeper than can be written out again: the text is a message like any other.
    return false;
  }
  Object.assign(header, read, { form: 'json' });
  return true;
}

function readMembers(members: Members, header: Header): boolean {
  const message = members.take(MESSAGE, 'message', messageOf);
  if (message === null) return false;
  const isUbus = isUbusRecord(members);
  // rsyslog's msg keeps the space that stood behind its syslogtag.
  const isBehindTag = members.has('syslogtag') && message.startsWith(' ');
  header.hostname = members.take(HOSTNAME, 'hostname', nameOf) ?? header.hostname;
  if (isUbus) readUbus(members, header);
  readPriorities(members, header);
  members.take(TIME, 'time', (member) => readJsonTime(member.value, header));
  header.procId = members.take(PROC_ID, 'procId', nameOf);
  header.msgId = members.take(MSG_ID, 'msgId', nameOf);
  const tag = members.take(APP_NAME, 'appName', nameOf);
  if (tag !== null) readAppName(tag, header);
  readMessage(isBehindTag ? message.slice(1) : message, isUbus, header);
  keepTheRest(members, header);
  return true;
}

/** `{msg, id, priority, source, time}` of logd: the priority is a whole PRI, the message still has its tag. */
function isUbusRecord(members: Members): boolean {
  return (
    ['msg', 'id', 'priority', 'source'].every((name) => members.has(name)) &&
    typeof members.value('priority') === 'number'
  );
}

function readUbus(members: Members, header: Header): void {
  members.take(['priority'], 'priority', (member) => wholePriority(member, header));
  const id = members.take(['id'], 'structuredData', textOfMember);
  if (id !== null) addToHeader(header, 'meta', 'sequenceId', id);
  // SOURCE_KLOG of ubox' syslog.h: logread writes `kernel: ` in front of it.
  if (members.value('source') === 0) header.appName = 'kernel';
}

function readMessage(message: string, isUbus: boolean, header: Header): void {
  header.message = message;
  if (header.appName === 'kernel') takeKernelMessage(message, 0, header);
  else if (header.appName === null && header.procId === null) {
    if (isUbus) readBody(message, 0, header);
    else readBareTag(message, 0, false, header);
  }
}

/** What has no header field is kept under its own name; RFC 5424's elements as such. */
function keepTheRest(members: Members, header: Header): void {
  for (const { path, value } of members.rest()) {
    const parts = path.split('.').filter((part) => part !== '');
    const isElement = parts.length > 2 && /^_?(?:sdata|structured[-_]data)$/i.test(parts[0]!);
    if (isElement) addToHeader(header, parts[1]!, parts.slice(2).join('.'), textOf(value));
    else if (typeof value !== 'string' || !/^structured[-_]data$/i.test(path) || !keepElements(value, header)) {
      addToHeader(header, SD_ID, path, textOf(value));
    }
  }
}

function keepElements(text: string, header: Header): boolean {
  const read = readStructuredData(text, 0);
  if (read === null || read.end !== text.length) return false;
  for (const [id, params] of Object.entries(read.data)) {
    for (const [name, value] of Object.entries(params)) addToHeader(header, id, name, value);
  }
  return true;
}

/** A text, or journald's array of bytes for a message that is not UTF-8. */
function messageOf({ value }: Member): string | null {
  if (typeof value === 'string') return value.replace(/[\r\n\0]$/, '');
  const isBytes = Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
  return isBytes ? new TextDecoder().decode(Uint8Array.from(value as number[])) : null;
}

function nameOf({ value }: Member): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' && value !== '-' ? value : null;
}

function textOfMember({ value }: Member): string | null {
  return value === null ? null : textOf(value);
}

const tagReader = new TagReader();

/** A name, or a whole tag as rsyslog's `syslogtag` has it. */
function readAppName(tag: string, header: Header): void {
  const last = tag.charAt(tag.length - 1);
  const isTag =
    (last === ':' || last === ']') && tagReader.read(last === ':' ? tag : `${tag}:`, 0) && tagReader.hasName;
  header.appName = isTag ? tag.slice(tagReader.nameFrom, tagReader.nameTo) : tag;
  if (isTag && tagReader.hasPid) header.procId ??= tag.slice(tagReader.pidFrom, tagReader.pidTo);
}

function readPriorities(members: Members, header: Header): void {
  if (header.severity !== null) return;
  if (members.take(PRIORITY, 'priority', (member) => wholePriority(member, header)) !== null) return;
  members.take(SEVERITY, 'priority', (member) => {
    const severity = severityOfValue(member.value);
    const isWhole = severity < 0 && member.name === 'priority';
    if (isWhole) return wholePriority(member, header);
    if (severity >= 0) header.severity = severity;
    return severity < 0 ? null : true;
  });
  members.take(FACILITY, 'priority', (member) => {
    const facility = numberOf(member.value) ?? facilityOf(String(member.value).toLowerCase());
    if (facility < 0 || facility > 23) return null;
    header.facility ??= facility;
    return true;
  });
}

function wholePriority({ value }: Member, header: Header): true | null {
  const priority = numberOf(value);
  if (priority === null || priority > 191) return null;
  setPriority(header, priority);
  return true;
}

/** pino's and bunyan's levels, which have tens for RFC 5424's words. */
const TENS: Readonly<Record<number, number>> = { 10: 7, 20: 7, 30: 6, 40: 4, 50: 3, 60: 2 };

/** 0 to 7, or -1. */
function severityOfValue(value: unknown): number {
  const number = numberOf(value);
  if (number === null) return typeof value === 'string' ? severityOf(value.toLowerCase()) : -1;
  return number <= 7 ? number : (TENS[number] ?? -1);
}

/** A whole number from 0, also where it stands as text; null for anything else. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : null;
  const isNumber =
    typeof value === 'string' && isDigit(value.charCodeAt(0)) && endOfDigits(value, 0, 9) === value.length;
  return isNumber ? Number(value) : null;
}
