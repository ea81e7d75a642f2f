/** Every field of an event as rows to show, and what a filter can do with each. */
import type { EventRecord } from '../../lib/api/resources.js';
import type { FilterField } from '../../lib/event-filter.js';
import { syslogName } from '../../lib/severity.js';

export type FieldFilter =
  | { kind: 'facet'; field: FilterField; value: string }
  | { kind: 'exact'; field: 'hostname' | 'appName'; value: string }
  /** The text stands in the line, so the text search finds it. */
  | { kind: 'text'; value: string };

export interface FieldRow {
  name: string;
  text: string;
  /** Given by the message's own content, in contrast to the envelope. */
  isParsed: boolean;
  filter: FieldFilter | null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}

/** Short words would find half of all lines. */
const SHORTEST_TEXT = 3;

function textFilter(event: EventRecord, text: string): FieldFilter | null {
  const isInLine =
    text.length >= SHORTEST_TEXT && text.length <= 200 && event.raw.toLowerCase().includes(text.toLowerCase());
  return isInLine ? { kind: 'text', value: text } : null;
}

const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );

function envelopeRows(event: EventRecord, deviceName: string): (FieldRow | null)[] {
  const row = (name: string, text: string | null, filter: FieldFilter | null = null): FieldRow | null =>
    text === null ? null : { name, text, isParsed: false, filter };
  const { severity, effectiveSeverity: effective, deviceId, hostname, appName, facility } = event;
  return [
    row('type', event.type, { kind: 'facet', field: 'type', value: event.type }),
    row('domain', event.domain, { kind: 'facet', field: 'domain', value: event.domain }),
    row(
      'effectiveSeverity',
      effective === undefined ? null : `${effective} ${syslogName(effective)}`,
      effective === undefined ? null : { kind: 'facet', field: 'effectiveSeverity', value: String(effective) },
    ),
    row(
      'severity',
      severity === null ? null : `${severity} ${syslogName(severity)}`,
      severity === null ? null : { kind: 'facet', field: 'severity', value: String(severity) },
    ),
    row(
      'device',
      deviceId === null ? null : deviceName,
      deviceId === null ? null : { kind: 'facet', field: 'deviceId', value: deviceId },
    ),
    row('hostname', hostname, hostname === null ? null : { kind: 'exact', field: 'hostname', value: hostname }),
    row('appName', appName, appName === null ? null : { kind: 'exact', field: 'appName', value: appName }),
    row('procId', event.procId),
    row('msgId', event.msgId),
    row('templateId', event.templateId ?? null),
    row('facility', facility === null ? null : `${facility} ${FACILITIES[facility] ?? ''}`),
  ];
}

export function fieldRows(event: EventRecord, deviceName: string): FieldRow[] {
  const parsed = Object.entries(event.fields).map(([name, value]): FieldRow => {
    const text = textOf(value);
    return { name, text, isParsed: true, filter: textFilter(event, text) };
  });
  const structured = Object.entries(event.structuredData ?? {}).flatMap(([id, parameters]) =>
    Object.entries(parameters).map(([name, value]): FieldRow => ({
      name: `${id}.${name}`,
      text: value,
      isParsed: false,
      filter: textFilter(event, value),
    })),
  );
  const end = [
    { name: 'receivedAt', text: event.receivedAt },
    { name: 'timestamp', text: `${event.timestamp} (${event.timeQuality})` },
    { name: 'id', text: event.id },
  ].map((row): FieldRow => ({ ...row, isParsed: false, filter: null }));
  return [...parsed, ...envelopeRows(event, deviceName).filter((row) => row !== null), ...structured, ...end];
}
