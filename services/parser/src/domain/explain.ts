/** Which step decided what about a line, for people: `opmas parse --explain`. */
import { formatInstant } from '@opmas/contracts';
import type { EventType, TimeQuality } from '@opmas/contracts';
import { dialectOf } from './dialects/registry.js';
import { withoutTrailer } from './event.js';
import type { LineEvent } from './event.js';
import { parseHeaderWithSpans } from './header/header.js';
import type { Header, HeaderForm } from './header/header.js';
import type { LineTime } from './header/line-time.js';
import { facilityName, severityName } from './header/priority.js';
import type { HeaderPart } from './header/spans.js';
import type { StructuredData } from './header/structured-data.js';
import { effectiveZone, isKnownZone, resolveTime } from './time.js';
import type { ClockTrust } from './time.js';
import { UTC, zoneOf } from './zone.js';

/** A part of the line, in UTF-16 units from its start, and the text that stands there. */
export interface ExplainedPart {
  part: HeaderPart;
  from: number;
  to: number;
  text: string;
}

export interface ExplainedHeader {
  form: HeaderForm;
  facility: number | null;
  severity: number | null;
  /** As `daemon.notice`, `-` for a half that is missing; null where the line has no priority. */
  priority: string | null;
  version: number | null;
  hostname: string | null;
  prefix: string | null;
  appName: string | null;
  procId: string | null;
  msgId: string | null;
  structuredData: StructuredData | null;
  message: string;
  /** In the order of the text. Of a JSON line each part is a member's value; what lies between parts separates them. */
  parts: ExplainedPart[];
}

export interface ExplainedTime {
  /** What the line states: an instant (`epoch`, `offset`), the device's wall clock (`local`), or nothing. */
  stated: LineTime['kind'] | null;
  /** The year of the device's wall clock, and whether the line names it; null where the line states an instant or nothing. */
  year: { value: number; isInferred: boolean } | null;
  /** The zone that the wall clock was read in; null where the line states an instant or nothing. */
  zone: { name: string; isKnown: boolean } | null;
  /** What the line's own stamp means; null where it has none. */
  deviceTime: string | null;
  /** Seconds that the line's clock is ahead of its receipt. */
  aheadSeconds: number | null;
  /** Seconds since the device's boot, of a kernel line. */
  uptimeSeconds: number | null;
  receivedAt: string;
  quality: TimeQuality;
  timestamp: string;
}

export interface LineExplanation {
  /** Delimiters of a frame at the line's end, which belong to no field. */
  framing: { trailer: string };
  header: ExplainedHeader;
  time: ExplainedTime;
  /** Name of the dialect that was asked; null where none knows the daemon. */
  dialect: string | null;
  type: EventType;
  fields: Record<string, unknown>;
  /** Null where it is the line's own severity. */
  effectiveSeverity: number | null;
  templateId: string | null;
}

export interface ExplainedLine {
  text: string;
  receivedAtMicros: number;
  timeZone: string | null;
  trust: ClockTrust;
}

/** Explains what `event`, which was made of the same line, says. */
export function explainEvent(event: LineEvent, line: ExplainedLine): LineExplanation {
  const text = withoutTrailer(line.text);
  const { appName, message } = event.header;
  return {
    framing: { trailer: line.text.slice(text.length) },
    header: explainHeader(text),
    time: explainTime(event, line),
    dialect: dialectOf(appName, message),
    type: event.type,
    fields: event.fields,
    effectiveSeverity: event.effectiveSeverity,
    templateId: event.templateId,
  };
}

function explainHeader(text: string): ExplainedHeader {
  const {
    form,
    facility,
    severity,
    version,
    hostname,
    prefix,
    appName,
    procId,
    msgId,
    structuredData,
    message,
    spans,
  } = parseHeaderWithSpans(text);
  const parts = spans.map(({ part, from, to }) => ({ part, from, to, text: text.slice(from, to) }));
  return {
    form,
    facility,
    severity,
    priority: priorityOf(facility, severity),
    ...{ version, hostname, prefix, appName, procId, msgId, structuredData, message },
    parts: parts.sort((one, other) => one.from - other.from || one.to - other.to),
  };
}

/** Of JSON lines and of Cisco's without a PRI one half may be missing. */
function priorityOf(facility: number | null, severity: number | null): string | null {
  if (facility === null && severity === null) return null;
  return `${facility === null ? '-' : facilityName(facility)}.${severity === null ? '-' : severityName(severity)}`;
}

function explainTime(event: LineEvent, line: ExplainedLine): ExplainedTime {
  const { time, uptimeMicros }: Header = event.header;
  const { receivedAtMicros, timeZone, trust } = line;
  const { deviceMicros } = resolveTime(time, receivedAtMicros, timeZone, trust);
  const isWritable = deviceMicros !== null && deviceMicros >= 0 && deviceMicros <= Number.MAX_SAFE_INTEGER;
  return {
    stated: time?.kind ?? null,
    ...wallClock(time, isWritable ? deviceMicros : null, line),
    deviceTime: isWritable ? formatInstant(deviceMicros) : null,
    aheadSeconds: deviceMicros === null ? null : (deviceMicros - receivedAtMicros) / 1e6,
    uptimeSeconds: uptimeMicros === null ? null : uptimeMicros / 1e6,
    receivedAt: formatInstant(receivedAtMicros),
    quality: event.timeQuality,
    timestamp: event.timestamp,
  };
}

/** What a wall clock leaves open, and how it was decided. */
function wallClock(
  time: LineTime | null,
  micros: number | null,
  line: ExplainedLine,
): Pick<ExplainedTime, 'year' | 'zone'> {
  if (time?.kind !== 'local') return { year: null, zone: null };
  const name = effectiveZone(line.timeZone, line.trust.defaultTimeZone);
  const year = time.year ?? (micros === null ? null : yearIn(name, micros));
  return {
    year: year === null ? null : { value: year, isInferred: time.year === null },
    zone: { name, isKnown: isKnownZone(line.timeZone) },
  };
}

function yearIn(zone: string, micros: number): number {
  const ms = micros / 1000;
  return new Date(ms + (zoneOf(zone) ?? UTC).offsetAt(ms)).getUTCFullYear();
}
