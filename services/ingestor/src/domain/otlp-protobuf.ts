/**
 * Reads `ExportLogsServiceRequest` from protobuf: field numbers as opentelemetry-proto 1.x has them
 * (collector/logs/v1, logs/v1, common/v1, resource/v1). Fields that are not known are passed over.
 */
import { isUtf8 } from 'node:buffer';
import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';
import { MAX_VALUE_DEPTH, OtlpUnreadable } from './otlp-logs.js';
import type { OtlpBody, OtlpItem, OtlpRecord, OtlpResource, OtlpScope } from './otlp-logs.js';
import type { FieldValue } from './structured-line.js';

const LENGTH_DELIMITED = 2;

type Pair = [name: string, value: FieldValue];
type FieldReader = (reader: Reader) => void;

/** Reads a message: each field by the function for its tag (number << 3 | wire type), the others are skipped. */
function readMessage(bytes: Uint8Array, fields: Record<number, FieldReader>): void {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 0) throw new Error(`field number 0 at byte ${reader.pos}`);
    const read = fields[tag];
    if (read) read(reader);
    else reader.skipType(tag & 7);
  }
}

const varint = (number: number): number => number << 3;
const fixed64 = (number: number): number => (number << 3) | 1;
const lengthDelimited = (number: number): number => (number << 3) | LENGTH_DELIMITED;
const fixed32 = (number: number): number => (number << 3) | 5;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function readFixed64(reader: Reader): bigint {
  const low = reader.fixed32();
  return (BigInt(reader.fixed32()) << 32n) | BigInt(low);
}

/** Base 128 of 64 bits in two's complement; a number where it is exact, decimal text beyond. */
function readInt64(reader: Reader): FieldValue {
  const value = reader.int64();
  if (typeof value === 'number') return value;
  const exact = BigInt.asIntN(64, (BigInt(value.high) << 32n) | BigInt(value.low >>> 0));
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : String(exact);
}

function readAnyValue(bytes: Uint8Array, depth: number): OtlpBody {
  if (depth > MAX_VALUE_DEPTH) throw new OtlpUnreadable(`values are nested deeper than ${MAX_VALUE_DEPTH}`);
  let value: OtlpBody = null;
  readMessage(bytes, {
    [lengthDelimited(1)]: (reader) => (value = textOrBytes(reader.bytes())),
    [varint(2)]: (reader) => (value = reader.bool()),
    [varint(3)]: (reader) => (value = readInt64(reader)),
    [fixed64(4)]: (reader) => (value = finite(reader.double())),
    [lengthDelimited(5)]: (reader) => (value = readArray(reader.bytes(), depth + 1)),
    [lengthDelimited(6)]: (reader) => (value = Object.fromEntries(readKeyValueList(reader.bytes(), depth + 1))),
    [lengthDelimited(7)]: (reader) => (value = asBuffer(reader.bytes())),
  });
  return value;
}

/** JSON has no NaN and no infinity. */
const finite = (value: number): FieldValue => (Number.isFinite(value) ? value : String(value));

function textOrBytes(bytes: Uint8Array): OtlpBody {
  const buffer = asBuffer(bytes);
  return isUtf8(buffer) ? buffer.toString('utf8') : buffer;
}

/** As part of a structure bytes are base64, as in OTLP's JSON. */
const asField = (value: OtlpBody): FieldValue => (Buffer.isBuffer(value) ? value.toString('base64') : value);

function readArray(bytes: Uint8Array, depth: number): FieldValue[] {
  const values: FieldValue[] = [];
  readMessage(bytes, { [lengthDelimited(1)]: (reader) => values.push(asField(readAnyValue(reader.bytes(), depth))) });
  return values;
}

function readKeyValueList(bytes: Uint8Array, depth: number): Pair[] {
  const pairs: Pair[] = [];
  readMessage(bytes, { [lengthDelimited(1)]: (reader) => pairs.push(readKeyValue(reader.bytes(), depth)) });
  return pairs;
}

function readKeyValue(bytes: Uint8Array, depth: number): Pair {
  let key = '';
  let value: FieldValue = null;
  readMessage(bytes, {
    [lengthDelimited(1)]: (reader) => (key = reader.string()),
    [lengthDelimited(2)]: (reader) => (value = asField(readAnyValue(reader.bytes(), depth))),
  });
  return [key, value];
}

function readRecord(bytes: Uint8Array): OtlpRecord {
  const attributes: Pair[] = [];
  const record: OtlpRecord = {
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    severityNumber: 0,
    severityText: '',
    body: undefined,
    attributes,
    droppedAttributesCount: 0,
    flags: 0,
    traceId: '',
    spanId: '',
    eventName: '',
  };
  readMessage(bytes, {
    [fixed64(1)]: (reader) => (record.timeUnixNano = readFixed64(reader)),
    [varint(2)]: (reader) => (record.severityNumber = reader.int32()),
    [lengthDelimited(3)]: (reader) => (record.severityText = reader.string()),
    [lengthDelimited(5)]: (reader) => (record.body = readAnyValue(reader.bytes(), 0)),
    [lengthDelimited(6)]: (reader) => attributes.push(readKeyValue(reader.bytes(), 0)),
    [varint(7)]: (reader) => (record.droppedAttributesCount = reader.uint32()),
    [fixed32(8)]: (reader) => (record.flags = reader.fixed32()),
    [lengthDelimited(9)]: (reader) => (record.traceId = asBuffer(reader.bytes()).toString('hex')),
    [lengthDelimited(10)]: (reader) => (record.spanId = asBuffer(reader.bytes()).toString('hex')),
    [fixed64(11)]: (reader) => (record.observedTimeUnixNano = readFixed64(reader)),
    [lengthDelimited(12)]: (reader) => (record.eventName = reader.string()),
  });
  return record;
}

function readResource(bytes: Uint8Array, resource: OtlpResource): void {
  const attributes = [...resource.attributes];
  readMessage(bytes, {
    [lengthDelimited(1)]: (reader) => attributes.push(readKeyValue(reader.bytes(), 0)),
    [varint(2)]: (reader) => (resource.droppedAttributesCount = reader.uint32()),
  });
  resource.attributes = attributes;
}

function readScope(bytes: Uint8Array, scope: OtlpScope): void {
  const attributes = [...scope.attributes];
  readMessage(bytes, {
    [lengthDelimited(1)]: (reader) => (scope.name = reader.string()),
    [lengthDelimited(2)]: (reader) => (scope.version = reader.string()),
    [lengthDelimited(3)]: (reader) => attributes.push(readKeyValue(reader.bytes(), 0)),
    [varint(4)]: (reader) => (scope.droppedAttributesCount = reader.uint32()),
  });
  scope.attributes = attributes;
}

/** Fields may come in any order: what holds for the records is read before the first of them. */
function* readScopeLogs(bytes: Uint8Array): Generator<OtlpItem> {
  const scope: OtlpScope = { name: '', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
  const records: Uint8Array[] = [];
  readMessage(bytes, {
    [lengthDelimited(1)]: (reader) => readScope(reader.bytes(), scope),
    [lengthDelimited(2)]: (reader) => records.push(reader.bytes()),
    [lengthDelimited(3)]: (reader) => (scope.schemaUrl = reader.string()),
  });
  yield { kind: 'scope', scope };
  for (const record of records) yield { kind: 'record', record: readRecord(record) };
}

function* readResourceLogs(bytes: Uint8Array): Generator<OtlpItem> {
  const resource: OtlpResource = { attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
  const scopeLogs: Uint8Array[] = [];
  readMessage(bytes, {
    [lengthDelimited(1)]: (reader) => readResource(reader.bytes(), resource),
    [lengthDelimited(2)]: (reader) => scopeLogs.push(reader.bytes()),
    [lengthDelimited(3)]: (reader) => (resource.schemaUrl = reader.string()),
  });
  yield { kind: 'resource', resource };
  for (const logs of scopeLogs) yield* readScopeLogs(logs);
}

/** Reads a request piece by piece; throws `OtlpUnreadable`. */
export function* readProtobufLogs(bytes: Uint8Array): Generator<OtlpItem> {
  const resourceLogs: Uint8Array[] = [];
  try {
    readMessage(bytes, { [lengthDelimited(1)]: (reader) => resourceLogs.push(reader.bytes()) });
    for (const logs of resourceLogs) yield* readResourceLogs(logs);
  } catch (error) {
    if (error instanceof OtlpUnreadable) throw error;
    throw new OtlpUnreadable(`expected a protobuf ExportLogsServiceRequest: ${(error as Error).message}`);
  }
}
