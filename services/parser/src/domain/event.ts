/** One line of text as an event: header, time, dialect. The same path for the stream and for the command line. */
import { formatInstant } from '@opmas/contracts';
import type { EventType, TimeQuality } from '@opmas/contracts';
import { clockSetBy } from './clock-lines.js';
import type { ConnectionLedger } from './connections.js';
import type { ClockNotice, ClockReading, DeviceClock } from './device-clock.js';
import { effectiveSeverityOf } from './dialects/effective-severity.js';
import type { TypedMessage } from './dialects/dialect.js';
import { dialectOf, readMessage } from './dialects/registry.js';
import { parseHeader } from './header/header.js';
import type { Header } from './header/header.js';
import type { Attribution } from './identity.js';
import type { TemplateMiner } from './templates/template-miner.js';
import { deviceInstant, effectiveZone, isKnownZone, judgeTime } from './time.js';
import type { ClockTrust } from './time.js';

/** What is known of a line beside its text. */
export interface LineOrigin {
  id: string;
  /** Null while the sender is not attributed. */
  deviceId: string | null;
  /** How the device was told, or why it was not; null outside a stream. */
  attribution: Attribution | null;
  /** ISO 8601 with µs, and the same in µs since the epoch. */
  receivedAt: string;
  receivedMicros: number;
  raw: string;
  rawBase64: string | undefined;
  /** As in the raw record. */
  truncated: true | undefined;
  partial: true | undefined;
}

export interface LineContext {
  timeZone: string | null;
  connections: ConnectionLedger | null;
  /** The device's clock as its lines showed it; null where lines are judged one by one (imports, no device). */
  clock: DeviceClock | null;
  /** Templates of the messages that no dialect knows. */
  templates: TemplateMiner;
  trust: ClockTrust;
}

export interface LineEvent {
  header: Header;
  type: EventType;
  fields: Record<string, unknown>;
  /** How grave the event is by what it says; null where that is the line's own severity. */
  effectiveSeverity: number | null;
  /** What the message is an instance of: `<dialect>/<type>`, or the id of a mined template. */
  templateId: string;
  timestamp: string;
  timeQuality: TimeQuality;
  /** The line's own time in µs since the epoch, where `timestamp` is another; else null. */
  deviceMicros: number | null;
  notice: ClockNotice | null;
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
  const said = readMessage({ header, receivedMicros: origin.receivedMicros, connections: context.connections });
  const { time, notice } = timeOf(header, said === null ? null : said.type, origin.receivedMicros, context);
  const effective = said === null ? header.severity : effectiveSeverityOf(said.type, said.fields, header.severity);
  return {
    header,
    ...(said === null ? unparsed(header, context.templates) : dialectSaid(header, said)),
    effectiveSeverity: effective === header.severity ? null : effective,
    timestamp: time.micros === origin.receivedMicros ? origin.receivedAt : formatInstant(time.micros),
    timeQuality: time.quality,
    deviceMicros: time.micros === time.deviceMicros ? null : time.deviceMicros,
    notice,
  };
}

function dialectSaid({ appName, message }: Header, { type, fields }: TypedMessage) {
  return { type, fields, templateId: `${dialectOf(appName, message)}/${type}` };
}

function unparsed({ appName, message }: Header, templates: TemplateMiner) {
  const { id, text: template } = templates.mine(appName, message);
  return { type: 'other.unparsed', fields: { template }, templateId: id } as const;
}

const MARKS: Readonly<Partial<Record<EventType, ClockReading['mark']>>> = {
  'health.boot.started': 'boot',
  'health.log.connected': 'log-connected',
};

function timeOf(header: Header, type: EventType | null, receivedMicros: number, context: LineContext) {
  const { timeZone, trust, clock } = context;
  const isZoneKnown = header.time?.kind !== 'local' || isKnownZone(timeZone);
  const deviceMicros =
    header.time === null
      ? null
      : deviceInstant(header.time, receivedMicros, effectiveZone(timeZone, trust.defaultTimeZone));
  const claim = { deviceMicros, receivedMicros, isZoneKnown };
  if (clock === null) return { time: judgeTime(header.time, claim, trust, null), notice: null };
  const notice = clock.take(
    {
      ...claim,
      uptimeMicros: header.uptimeMicros,
      mark: (type === null ? undefined : MARKS[type]) ?? null,
      setBySeconds: clockSetBy(header.appName, header.message),
    },
    trust,
  );
  return { time: judgeTime(header.time, claim, trust, clock.verdict), notice };
}

/** The event as JSON text, its fields in the order of the contract: readers route by the first ones without parsing. */
export function eventJson(event: LineEvent, origin: LineOrigin): string {
  const { header } = event;
  const domain = event.type.slice(0, event.type.indexOf('.'));
  const deviceId = origin.deviceId === null ? 'null' : JSON.stringify(origin.deviceId);
  const structuredData = header.structuredData === null ? 'null' : JSON.stringify(header.structuredData);
  const effective = event.effectiveSeverity === null ? '' : `,"effectiveSeverity":${event.effectiveSeverity}`;
  return (
    `{"id":${JSON.stringify(origin.id)},"type":"${event.type}","deviceId":${deviceId}` +
    `,"receivedAt":"${origin.receivedAt}","domain":"${domain}","severity":${header.severity}${effective}` +
    `,"timestamp":"${event.timestamp}","timeQuality":"${event.timeQuality}","facility":${header.facility}` +
    `,"hostname":${text(header.hostname)},"appName":${text(header.appName)},"procId":${text(header.procId)}` +
    `,"msgId":${text(header.msgId)},"structuredData":${structuredData},"templateId":"${event.templateId}"` +
    `,"message":${JSON.stringify(header.message)}` +
    `,"fields":${JSON.stringify(event.fields)},"raw":${JSON.stringify(origin.raw)}${wholenessJson(origin)}` +
    `${timeJson(event)}${origin.attribution === null ? '' : attributionJson(origin.attribution)}}`
  );
}

/** What the text of the line does not show: bytes that are not UTF-8, and that it was cut. */
function wholenessJson({ rawBase64, truncated, partial }: LineOrigin): string {
  let json = rawBase64 === undefined ? '' : `,"rawBase64":"${rawBase64}"`;
  if (truncated) json += ',"truncated":true';
  if (partial) json += ',"partial":true';
  return json;
}

/** What stands behind the line where it applies; nothing for most. */
function timeJson({ header, deviceMicros, notice }: LineEvent): string {
  let json = '';
  if (deviceMicros !== null && deviceMicros >= 0 && deviceMicros <= Number.MAX_SAFE_INTEGER) {
    json += `,"deviceTime":"${formatInstant(deviceMicros)}"`;
  }
  if (header.uptimeMicros !== null) json += `,"uptime":${header.uptimeMicros / 1e6}`;
  if (notice === null) return json;
  const { clockStepSeconds, boot } = notice;
  const device = {
    clockStep: clockStepSeconds === null ? undefined : { seconds: clockStepSeconds },
    boot: boot === null ? undefined : { number: boot.number, startedAt: formatInstant(boot.micros) },
  };
  return `${json},"device":${JSON.stringify(device)}`;
}

function attributionJson(attribution: Attribution): string {
  return attribution.isAttributed
    ? `,"attribution":{"method":"${attribution.method}","confidence":"${attribution.confidence}"}`
    : `,"unattributed":${JSON.stringify({ reason: attribution.reason, key: attribution.key, peer: attribution.peer })}`;
}

function text(value: string | null): string {
  return value === null ? 'null' : JSON.stringify(value);
}
