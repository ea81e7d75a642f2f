/** Columns of an event's JSON line, read from its first fields: the rest of the line is passed over unparsed. */
import { parseInstant } from '@opmas/contracts';

/**
 * What Postgres keeps as columns. Texts are binary strings (each UTF-8 byte one character), as the line was given;
 * instants are µs since the epoch.
 */
export interface EventColumns {
  id: string;
  type: string;
  deviceId: string | null;
  receivedAt: number;
  domain: string;
  severity: number | null;
  /** By what the event says; the line's own severity where the line names no other. */
  effectiveSeverity: number | null;
  timestamp: number;
  hostname: string | null;
  appName: string | null;
}

const FIRST_FIELDS =
  /\{"id":"([^"\\\n]+)","type":"([^"\\\n]+)","deviceId":(?:null|"([^"\\\n]*)"),"receivedAt":"([^"\\\n]+)","domain":"([^"\\\n]+)","severity":(?:null|(\d))(?:,"effectiveSeverity":(\d))?,"timestamp":"([^"\\\n]+)","timeQuality":"[^"\\\n]*","facility":(?:null|\d+),"hostname":(?:null|"([^"\\\n]*)"),"appName":(?:null|"([^"\\\n]*)")/y;

let cachedMinute = '';
let cachedMinuteMicros = 0;

/** µs of `2026-11-23T20:35:17.123456Z`; another form of ISO 8601 goes the slow way. NaN where it is none. */
export function microsOf(text: string): number {
  if (text.length === 27 && text.charCodeAt(26) === 90 && text.charCodeAt(19) === 46) {
    const minute = text.slice(0, 16);
    if (minute !== cachedMinute) {
      const micros = parseInstant(`${minute}:00Z`);
      if (micros === null) return NaN;
      cachedMinuteMicros = micros;
      cachedMinute = minute;
    }
    const seconds = (text.charCodeAt(17) - 48) * 10 + text.charCodeAt(18) - 48;
    return cachedMinuteMicros + seconds * 1e6 + Number(text.slice(20, 26));
  }
  return parseInstant(text) ?? NaN;
}

/**
 * Columns of the line that begins at `start` of `text` and ends before `end`. Null where the line is no event: no JSON
 * object, or without id, type or an instant.
 */
export function readColumns(text: string, start: number, end: number): EventColumns | null {
  FIRST_FIELDS.lastIndex = start;
  const match = FIRST_FIELDS.exec(text);
  if (match === null || FIRST_FIELDS.lastIndex > end) return readSlowly(text.slice(start, end));
  const receivedAt = microsOf(match[4]!);
  const timestamp = microsOf(match[8]!);
  if (Number.isNaN(receivedAt) || Number.isNaN(timestamp)) return readSlowly(text.slice(start, end));
  const severity = match[6] === undefined ? null : match[6].charCodeAt(0) - 48;
  return {
    id: match[1]!,
    type: match[2]!,
    deviceId: match[3] ?? null,
    receivedAt,
    domain: match[5]!,
    severity,
    effectiveSeverity: match[7] === undefined ? severity : match[7].charCodeAt(0) - 48,
    timestamp,
    hostname: match[9] ?? null,
    appName: match[10] ?? null,
  };
}

/** The line of a writer with another order of fields, or with escapes in them. */
function readSlowly(binary: string): EventColumns | null {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(binary, 'latin1').toString('utf8'));
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const field = value as Record<string, unknown>;
  const text = (name: string): string | null => {
    const found = field[name];
    return typeof found === 'string' ? binaryOf(found) : null;
  };
  const id = text('id');
  const type = text('type');
  const receivedAt = microsOf(text('receivedAt') ?? '');
  if (!id || !type || Number.isNaN(receivedAt)) return null;
  const severity = levelOf(field['severity']);
  const timestamp = microsOf(text('timestamp') ?? '');
  return {
    id,
    type,
    deviceId: text('deviceId'),
    receivedAt,
    domain: text('domain') ?? type.split('.')[0]!,
    severity,
    effectiveSeverity: levelOf(field['effectiveSeverity']) ?? severity,
    timestamp: Number.isNaN(timestamp) ? receivedAt : timestamp,
    hostname: text('hostname'),
    appName: text('appName'),
  };
}

function levelOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 7 ? value : null;
}

/** UTF-8 bytes of a text as a binary string; NUL, which Postgres cannot hold, as U+2400. */
export function binaryOf(text: string): string {
  return Buffer.from(text.replaceAll('\0', '\u2400'), 'utf8').toString('latin1');
}
