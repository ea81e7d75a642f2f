/**
 * From an OpenTelemetry log record to a line. A record whose body is a syslog line is that line. Any other becomes an
 * RFC 5424 line: what the Collector's syslog receiver and others took out of a line goes back to its place in the
 * header, everything else stands in structured data.
 */
import { formatInstant } from '@opmas/contracts';
import { NO_RESOURCE, NO_SCOPE } from './otlp-logs.js';
import type { OtlpItem, OtlpRecord, OtlpResource, OtlpScope } from './otlp-logs.js';
import { formatElement } from './rfc5424-line.js';
import type { SdElement } from './rfc5424-line.js';
import { headerHostName, realHostName } from './sender-key.js';
import { severityOf, severityOfNumber } from './severity-names.js';
import { FieldSet, fieldText, headerNames, lineHead } from './structured-line.js';
import type { FieldValue, Fields, HeaderNames } from './structured-line.js';
import { isSyslogLine } from './syslog-line.js';

/** `bytes` is what goes in; `host` is the name whose key it gets where the line itself has none. */
export interface OtlpLine {
  bytes: Buffer;
  host: string | null;
  isCut: boolean;
}

const RECORD_ID = 'otel@32473';
const ORIGINAL = 'log.record.original';

const LF = 0x0a;
const CR = 0x0d;

/** Without the line end that some senders leave at it. */
function trimmed(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LF || bytes[end - 1] === CR || bytes[end - 1] === 0)) end--;
  return bytes.subarray(0, end);
}

/** The line that a record still has as a whole: in its body, or where a parser that replaced the body kept it. */
function wholeLine(record: OtlpRecord): Buffer | null {
  const { body } = record;
  if (typeof body === 'string' && isSyslogLine(body)) return Buffer.from(body);
  if (Buffer.isBuffer(body) && isSyslogLine(body.toString('latin1', 0, 512))) return body;
  const original = record.attributes.find(([name]) => name === ORIGINAL)?.[1];
  return typeof original === 'string' && isSyslogLine(original) ? Buffer.from(original) : null;
}

/** Message and fields of a body. */
function readBody(body: OtlpRecord['body']): { message: Buffer | null; fields: Fields } {
  if (body === undefined || body === null) return { message: null, fields: [] };
  if (Buffer.isBuffer(body)) return { message: body, fields: [] };
  if (typeof body !== 'object' || Array.isArray(body)) return { message: Buffer.from(fieldText(body)), fields: [] };
  return { message: null, fields: Object.entries(body) };
}

const isText = (value: FieldValue): string | null => (typeof value === 'string' ? value : null);

export class OtlpLines {
  #resource: OtlpResource = NO_RESOURCE;
  #scope: OtlpScope = NO_SCOPE;
  #defaults: HeaderNames = {};
  /** Elements of resource and scope, made once for all of their records. */
  #resourceText = '';
  #scopeText = '';

  /** The line of a record; null for a record without any content, and for what is no record. */
  take(item: OtlpItem): OtlpLine | null {
    if (item.kind === 'record') return this.#line(item.record);
    if (item.kind === 'resource') {
      this.#resource = item.resource;
      this.#defaults = headerNames(item.resource.attributes);
      this.#resourceText = elementText('otelResource', item.resource.attributes);
      this.#setScope(NO_SCOPE);
    } else {
      this.#setScope(item.scope);
    }
    return null;
  }

  #setScope(scope: OtlpScope): void {
    this.#scope = scope;
    this.#scopeText = elementText('otelScope', scope.attributes);
  }

  #line(record: OtlpRecord): OtlpLine | null {
    const whole = wholeLine(record);
    if (whole !== null) {
      const bytes = trimmed(whole);
      return { bytes, host: this.#hostOf(bytes, record), isCut: false };
    }
    return this.#structured(record);
  }

  /** For a line that names no real host: the host that the record, or its resource, names. */
  #hostOf(bytes: Buffer, record: OtlpRecord): string | null {
    const own = headerHostName(bytes, 0, bytes.length);
    if (own !== null && realHostName(own) !== null) return null;
    const named = headerNames(record.attributes).hostname ?? this.#defaults.hostname;
    return named === undefined ? null : realHostName(named);
  }

  #structured(record: OtlpRecord): OtlpLine | null {
    const { message: bodyText, fields } = readBody(record.body);
    const attributes = new FieldSet(record.attributes);
    const body = new FieldSet(fields);
    let message = bodyText;
    if (message === null) {
      const text = body.find('message', isText) ?? attributes.find('message', isText) ?? record.eventName;
      message = Buffer.from(text);
    } else {
      // A parser that moved the message into the body may have left it where it was.
      attributes.find('message', (value) => (value === message?.toString() ? true : null));
    }
    if (message.length === 0 && record.attributes.length === 0 && fields.length === 0) return null;
    const head = lineHead({
      sets: [
        { name: 'otelAttributes', fields: attributes },
        { name: 'otelBody', fields: body },
      ],
      defaults: this.#defaults,
      severity: severityOfNumber(record.severityNumber) ?? severityOf(record.severityText),
      timestamp: timestampOf(record),
      before: [this.#recordElement(record)].filter(({ params }) => params.length > 0),
      behind: [this.#resourceText, this.#scopeText].filter((text) => text !== ''),
    });
    const bytes =
      message.length === 0 ? Buffer.from(head.text) : Buffer.concat([Buffer.from(`${head.text} `), message]);
    return { bytes, host: null, isCut: head.isCut };
  }

  /** What has no place in the header and is no attribute. */
  #recordElement(record: OtlpRecord): SdElement {
    const resource = this.#resource;
    const scope = this.#scope;
    const time = timeOf(record);
    const values: [string, string | number | bigint][] = [
      ['traceId', record.traceId],
      ['spanId', record.spanId],
      ['flags', record.flags],
      ['severityNumber', record.severityNumber],
      ['severityText', record.severityText],
      ['eventName', record.eventName],
      // A time stamp ends at microseconds.
      ['timeUnixNano', time % 1000n === 0n ? 0n : time],
      ['observedTimeUnixNano', record.timeUnixNano === 0n ? 0n : record.observedTimeUnixNano],
      ['droppedAttributesCount', record.droppedAttributesCount],
      ['scopeName', scope.name],
      ['scopeVersion', scope.version],
      ['scopeSchemaUrl', scope.schemaUrl],
      ['scopeDroppedAttributesCount', scope.droppedAttributesCount],
      ['resourceSchemaUrl', resource.schemaUrl],
      ['resourceDroppedAttributesCount', resource.droppedAttributesCount],
    ];
    const params = values.filter(([, value]) => value !== '' && value !== 0 && value !== 0n);
    return { id: RECORD_ID, params: params.map(([name, value]) => [name, String(value)]) };
  }
}

function elementText(name: string, fields: Fields): string {
  const element = new FieldSet(fields).element(name);
  return element ? formatElement(element) : '';
}

/** The log data model's advice: the time of the event where it is known, else when it was observed. */
const timeOf = (record: OtlpRecord): bigint => record.timeUnixNano || record.observedTimeUnixNano;

function timestampOf(record: OtlpRecord): string | null {
  const time = timeOf(record);
  return time === 0n ? null : formatInstant(Number(time / 1000n));
}
