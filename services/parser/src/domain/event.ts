/** One line of text as an event: header, time, dialect. The same path for the stream and for the command line. */
import { formatInstant } from '@opmas/contracts';
import type { EventType, TimeQuality } from '@opmas/contracts';
import type { ConnectionLedger } from './connections.js';
import { effectiveSeverityOf } from './dialects/effective-severity.js';
import { dialectOf, readMessage } from './dialects/registry.js';
import { parseHeader } from './header/header.js';
import type { Header } from './header/header.js';
import { LIVE_CLOCK, resolveTime } from './time.js';
import type { ClockTrust } from './time.js';

/** What is known of a line beside its text. */
export interface LineOrigin {
  id: string;
  /** Null while the sender is not attributed. */
  deviceId: string | null;
  /** ISO 8601 with µs, and the same in µs since the epoch. */
  receivedAt: string;
  receivedMicros: number;
  raw: string;
  rawBase64: string | undefined;
}

export interface LineContext {
  timeZone: string | null;
  connections: ConnectionLedger | null;
  trust: ClockTrust;
}

export interface LineEvent {
  header: Header;
  type: EventType;
  fields: Record<string, unknown> | null;
  /** How grave the event is by what it says; null where that is the line's own severity. */
  effectiveSeverity: number | null;
  /** What the message is an instance of; null where nobody counts templates. */
  templateId: string | null;
  timestamp: string;
  timeQuality: TimeQuality;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** The text without the delimiters that a frame may have left at its end; `raw` keeps them. */
export function withoutTrailer(raw: string): string {
  let end = raw.length;
  for (; end > 0; end--) {
    const code = raw.charCodeAt(end - 1);
    if (code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== 0) break;
  }
  return end === raw.length ? raw : raw.slice(0, end);
}

export function headerOf(raw: string): Header {
  return parseHeader(withoutTrailer(raw));
}

/** Reads a line whose header is known already. */
export function readLine(header: Header, origin: LineOrigin, context: LineContext): LineEvent {
  const time = resolveTime(header.time, origin.receivedMicros, context.timeZone, context.trust);
  const said = readMessage({ header, receivedMicros: origin.receivedMicros, connections: context.connections });
  const effective = said === null ? header.severity : effectiveSeverityOf(said.type, said.fields, header.severity);
  return {
    header,
    type: said === null ? 'other.unparsed' : said.type,
    fields: said === null ? null : said.fields,
    effectiveSeverity: effective === header.severity ? null : effective,
    templateId: said === null ? null : `${dialectOf(header.appName)}/${said.type}`,
    timestamp: time.micros === origin.receivedMicros ? origin.receivedAt : formatInstant(time.micros),
    timeQuality: time.quality,
  };
}

export const LIVE_CONTEXT: LineContext = { timeZone: null, connections: null, trust: LIVE_CLOCK };

/** The event as JSON text, its fields in the order of the contract: readers route by the first ones without parsing. */
export function eventJson(event: LineEvent, origin: LineOrigin): string {
  const { header } = event;
  const domain = event.type.slice(0, event.type.indexOf('.'));
  const deviceId = origin.deviceId === null ? 'null' : JSON.stringify(origin.deviceId);
  const structuredData = header.structuredData === null ? 'null' : JSON.stringify(header.structuredData);
  const fields = event.fields === null ? '{}' : JSON.stringify(event.fields);
  const effective = event.effectiveSeverity === null ? '' : `,"effectiveSeverity":${event.effectiveSeverity}`;
  const templateId = event.templateId === null ? '' : `,"templateId":"${event.templateId}"`;
  const rawBase64 = origin.rawBase64 === undefined ? '' : `,"rawBase64":"${origin.rawBase64}"`;
  return (
    `{"id":${JSON.stringify(origin.id)},"type":"${event.type}","deviceId":${deviceId}` +
    `,"receivedAt":"${origin.receivedAt}","domain":"${domain}","severity":${header.severity}${effective}` +
    `,"timestamp":"${event.timestamp}","timeQuality":"${event.timeQuality}","facility":${header.facility}` +
    `,"hostname":${text(header.hostname)},"appName":${text(header.appName)},"procId":${text(header.procId)}` +
    `,"msgId":${text(header.msgId)},"structuredData":${structuredData}${templateId},"message":${JSON.stringify(header.message)}` +
    `,"fields":${fields},"raw":${JSON.stringify(origin.raw)}${rawBase64}}`
  );
}

function text(value: string | null): string {
  return value === null ? 'null' : JSON.stringify(value);
}
