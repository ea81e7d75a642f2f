/** OTLP requests for specs: one description, written as JSON and as protobuf. */
import protobuf from 'protobufjs/minimal.js';

export type Value =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { bytesValue: string }
  | { arrayValue: { values: Value[] } }
  | { kvlistValue: { values: Attribute[] } };

export interface Attribute {
  key: string;
  value: Value;
}

export interface LogRecord {
  timeUnixNano?: string;
  observedTimeUnixNano?: string;
  severityNumber?: number;
  severityText?: string;
  body?: Value;
  attributes?: Attribute[];
  droppedAttributesCount?: number;
  flags?: number;
  traceId?: string;
  spanId?: string;
  eventName?: string;
}

export interface ScopeLogs {
  scope?: { name?: string; version?: string; attributes?: Attribute[]; droppedAttributesCount?: number };
  logRecords?: LogRecord[];
  schemaUrl?: string;
}

export interface ResourceLogs {
  resource?: { attributes?: Attribute[]; droppedAttributesCount?: number };
  scopeLogs?: ScopeLogs[];
  schemaUrl?: string;
}

export interface Request {
  resourceLogs: ResourceLogs[];
}

type Writer = ReturnType<typeof protobuf.Writer.create>;

/** A value of an attribute or a body. */
export function value(plain: unknown): Value {
  if (typeof plain === 'string') return { stringValue: plain };
  if (typeof plain === 'boolean') return { boolValue: plain };
  if (typeof plain === 'number') return Number.isInteger(plain) ? { intValue: String(plain) } : { doubleValue: plain };
  if (Buffer.isBuffer(plain)) return { bytesValue: plain.toString('base64') };
  if (Array.isArray(plain)) return { arrayValue: { values: plain.map(value) } };
  return { kvlistValue: { values: attributes(plain as Record<string, unknown>) } };
}

export const attributes = (plain: Record<string, unknown>): Attribute[] =>
  Object.entries(plain).map(([key, own]) => ({ key, value: value(own) }));

/** A request of one resource and one scope. */
export const requestOf = (records: LogRecord[], resource: Record<string, unknown> = {}): Request => ({
  resourceLogs: [{ resource: { attributes: attributes(resource) }, scopeLogs: [{ logRecords: records }] }],
});

const tag = (field: number, wireType = 2): number => (field << 3) | wireType;

function nested(writer: Writer, field: number, write: (writer: Writer) => void): void {
  writer.uint32(tag(field)).fork();
  write(writer);
  writer.ldelim();
}

function writeFixed64(writer: Writer, field: number, text: string | undefined): void {
  if (text === undefined) return;
  const number = BigInt(text);
  writer
    .uint32(tag(field, 1))
    .fixed32(Number(number & 0xffffffffn))
    .fixed32(Number(number >> 32n));
}

function writeValue(writer: Writer, own: Value): void {
  if ('stringValue' in own) writer.uint32(tag(1)).string(own.stringValue);
  else if ('boolValue' in own) writer.uint32(tag(2, 0)).bool(own.boolValue);
  else if ('intValue' in own) writer.uint32(tag(3, 0)).int64(own.intValue);
  else if ('doubleValue' in own) writer.uint32(tag(4, 1)).double(own.doubleValue);
  else if ('bytesValue' in own) writer.uint32(tag(7)).bytes(Buffer.from(own.bytesValue, 'base64'));
  else if ('arrayValue' in own)
    nested(writer, 5, (array) => own.arrayValue.values.forEach((item) => nested(array, 1, (w) => writeValue(w, item))));
  else nested(writer, 6, (list) => writeAttributes(list, 1, own.kvlistValue.values));
}

function writeAttributes(writer: Writer, field: number, list: Attribute[] = []): void {
  for (const { key, value: own } of list) {
    nested(writer, field, (pair) => {
      pair.uint32(tag(1)).string(key);
      nested(pair, 2, (w) => writeValue(w, own));
    });
  }
}

function writeRecord(writer: Writer, record: LogRecord): void {
  writeFixed64(writer, 1, record.timeUnixNano);
  if (record.severityNumber !== undefined) writer.uint32(tag(2, 0)).int32(record.severityNumber);
  if (record.severityText !== undefined) writer.uint32(tag(3)).string(record.severityText);
  const { body } = record;
  if (body !== undefined) nested(writer, 5, (w) => writeValue(w, body));
  writeAttributes(writer, 6, record.attributes);
  if (record.droppedAttributesCount !== undefined) writer.uint32(tag(7, 0)).uint32(record.droppedAttributesCount);
  if (record.flags !== undefined) writer.uint32(tag(8, 5)).fixed32(record.flags);
  if (record.traceId !== undefined) writer.uint32(tag(9)).bytes(Buffer.from(record.traceId, 'hex'));
  if (record.spanId !== undefined) writer.uint32(tag(10)).bytes(Buffer.from(record.spanId, 'hex'));
  writeFixed64(writer, 11, record.observedTimeUnixNano);
  if (record.eventName !== undefined) writer.uint32(tag(12)).string(record.eventName);
}

function writeScopeLogs(writer: Writer, logs: ScopeLogs): void {
  // Behind the records: a reader must not rely upon the order.
  for (const record of logs.logRecords ?? []) nested(writer, 2, (w) => writeRecord(w, record));
  const { scope } = logs;
  if (scope) {
    nested(writer, 1, (w) => {
      if (scope.name !== undefined) w.uint32(tag(1)).string(scope.name);
      if (scope.version !== undefined) w.uint32(tag(2)).string(scope.version);
      writeAttributes(w, 3, scope.attributes);
      if (scope.droppedAttributesCount !== undefined) w.uint32(tag(4, 0)).uint32(scope.droppedAttributesCount);
    });
  }
  if (logs.schemaUrl !== undefined) writer.uint32(tag(3)).string(logs.schemaUrl);
}

/** The request as protobuf; resources stand behind their records, and there are fields that nobody knows. */
export function encodeProtobuf(request: Request): Buffer {
  const writer = protobuf.Writer.create();
  for (const logs of request.resourceLogs) {
    nested(writer, 1, (own) => {
      for (const scopeLogs of logs.scopeLogs ?? []) nested(own, 2, (w) => writeScopeLogs(w, scopeLogs));
      const { resource } = logs;
      if (resource) {
        nested(own, 1, (w) => {
          writeAttributes(w, 1, resource.attributes);
          if (resource.droppedAttributesCount !== undefined)
            w.uint32(tag(2, 0)).uint32(resource.droppedAttributesCount);
        });
      }
      if (logs.schemaUrl !== undefined) own.uint32(tag(3)).string(logs.schemaUrl);
      own.uint32(tag(1000)).string('a field of another version').uint32(tag(999, 0)).uint32(7);
    });
  }
  return Buffer.from(writer.finish());
}
