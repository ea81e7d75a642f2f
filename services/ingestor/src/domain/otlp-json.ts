/**
 * Reads `ExportLogsServiceRequest` from OTLP's JSON: protobuf's JSON mapping with lowerCamelCase names, trace and span ids
 * in hexadecimal, enumerations as numbers, 64-bit integers as decimal text or numbers; unknown fields are passed over.
 */
import { MAX_VALUE_DEPTH, OtlpUnreadable } from './otlp-logs.js';
import type { OtlpBody, OtlpItem, OtlpRecord, OtlpResource, OtlpScope } from './otlp-logs.js';
import type { FieldValue } from './structured-line.js';

type Message = Record<string, unknown>;
type Pair = [name: string, value: FieldValue];

function fail(path: string, expected: string): never {
  throw new OtlpUnreadable(`expected ${expected}`, path);
}

function asMessage(value: unknown, path: string): Message {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'an object');
  return value as Message;
}

/** A repeated field: absent and null are none. */
function asList(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) fail(path, 'an array');
  return value;
}

function asText(value: unknown, path: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') fail(path, 'a string');
  return value;
}

function asInteger(value: unknown, path: string, most: bigint): bigint {
  if (value === undefined || value === null) return 0n;
  const isInteger =
    typeof value === 'number' ? Number.isInteger(value) : typeof value === 'string' && /^-?\d{1,20}$/.test(value);
  const integer = isInteger ? BigInt(value as string | number) : -1n;
  if (integer < 0n || integer > most) fail(path, `an integer from 0 to ${most}`);
  return integer;
}

const UINT64 = 2n ** 64n - 1n;
const UINT32 = 2n ** 32n - 1n;
const INT32 = 2n ** 31n - 1n;

function asId(value: unknown, path: string, digits: number): string {
  const text = asText(value, path);
  if (text !== '' && !/^[0-9A-Fa-f]+$/.test(text)) fail(path, `${digits} hexadecimal digits`);
  return text.toLowerCase();
}

function asInt64(value: unknown, path: string): FieldValue {
  const text = typeof value === 'number' && Number.isInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,19}$/.test(text)) fail(path, 'a 64-bit integer');
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function asDouble(value: unknown, path: string): FieldValue {
  if (typeof value === 'number') return value;
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return value;
  if (typeof value === 'string' && value !== '' && Number.isFinite(Number(value))) return Number(value);
  return fail(path, 'a number');
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function asBytes(value: unknown, path: string): Buffer {
  if (typeof value !== 'string' || !BASE64.test(value)) fail(path, 'base64');
  return Buffer.from(value, 'base64');
}

const VALUES: Record<string, (value: unknown, path: string, depth: number) => OtlpBody> = {
  stringValue: asText,
  boolValue: (value, path) => (typeof value === 'boolean' ? value : fail(path, 'true or false')),
  intValue: asInt64,
  doubleValue: asDouble,
  bytesValue: asBytes,
  arrayValue: (value, path, depth) =>
    asList(asMessage(value, path)['values'], `${path}.values`).map((item, i) =>
      asField(asAnyValue(item, `${path}.values[${i}]`, depth + 1)),
    ),
  kvlistValue: (value, path, depth) =>
    Object.fromEntries(asPairs(asMessage(value, path)['values'], `${path}.values`, depth + 1)),
};

/** As part of a structure bytes are base64. */
const asField = (value: OtlpBody): FieldValue => (Buffer.isBuffer(value) ? value.toString('base64') : value);

function asAnyValue(value: unknown, path: string, depth: number): OtlpBody {
  if (depth > MAX_VALUE_DEPTH) throw new OtlpUnreadable(`values are nested deeper than ${MAX_VALUE_DEPTH}`, path);
  if (value === undefined || value === null) return null;
  const message = asMessage(value, path);
  for (const [name, read] of Object.entries(VALUES)) {
    const own = Object.hasOwn(message, name) ? message[name] : undefined;
    if (own !== undefined && own !== null) return read(own, `${path}.${name}`, depth);
  }
  return null;
}

function asPairs(value: unknown, path: string, depth: number): Pair[] {
  return asList(value, path).map((item, i) => {
    const at = `${path}[${i}]`;
    const { key, value: own } = asMessage(item, at);
    return [asText(key, `${at}.key`), asField(asAnyValue(own, `${at}.value`, depth))];
  });
}

function asRecord(value: unknown, path: string): OtlpRecord {
  const own = asMessage(value, path);
  return {
    timeUnixNano: asInteger(own['timeUnixNano'], `${path}.timeUnixNano`, UINT64),
    observedTimeUnixNano: asInteger(own['observedTimeUnixNano'], `${path}.observedTimeUnixNano`, UINT64),
    severityNumber: Number(asInteger(own['severityNumber'], `${path}.severityNumber`, INT32)),
    severityText: asText(own['severityText'], `${path}.severityText`),
    body: own['body'] === undefined || own['body'] === null ? undefined : asAnyValue(own['body'], `${path}.body`, 0),
    attributes: asPairs(own['attributes'], `${path}.attributes`, 0),
    droppedAttributesCount: asCount(own, path),
    flags: Number(asInteger(own['flags'], `${path}.flags`, UINT32)),
    traceId: asId(own['traceId'], `${path}.traceId`, 32),
    spanId: asId(own['spanId'], `${path}.spanId`, 16),
    eventName: asText(own['eventName'], `${path}.eventName`),
  };
}

const asCount = (message: Message, path: string): number =>
  Number(asInteger(message['droppedAttributesCount'], `${path}.droppedAttributesCount`, UINT32));

function asResource(value: unknown, schemaUrl: string, path: string): OtlpResource {
  const own = value === undefined || value === null ? {} : asMessage(value, path);
  return {
    attributes: asPairs(own['attributes'], `${path}.attributes`, 0),
    droppedAttributesCount: asCount(own, path),
    schemaUrl,
  };
}

function asScope(value: unknown, schemaUrl: string, path: string): OtlpScope {
  const own = value === undefined || value === null ? {} : asMessage(value, path);
  return {
    ...asResource(own, schemaUrl, path),
    name: asText(own['name'], `${path}.name`),
    version: asText(own['version'], `${path}.version`),
  };
}

/** Reads a request piece by piece; throws `OtlpUnreadable`, which names the place. */
export function* readJsonLogs(text: string): Generator<OtlpItem> {
  let request: Message;
  try {
    request = asMessage(JSON.parse(text), 'the body');
  } catch (error) {
    if (error instanceof OtlpUnreadable) throw error;
    throw new OtlpUnreadable(`expected an ExportLogsServiceRequest in JSON: ${(error as Error).message}`);
  }
  for (const [r, item] of asList(request['resourceLogs'], 'resourceLogs').entries()) {
    const path = `resourceLogs[${r}]`;
    const logs = asMessage(item, path);
    const schemaUrl = asText(logs['schemaUrl'], `${path}.schemaUrl`);
    yield { kind: 'resource', resource: asResource(logs['resource'], schemaUrl, `${path}.resource`) };
    for (const [s, scopeItem] of asList(logs['scopeLogs'], `${path}.scopeLogs`).entries()) {
      yield* readScopeLogs(scopeItem, `${path}.scopeLogs[${s}]`);
    }
  }
}

function* readScopeLogs(value: unknown, path: string): Generator<OtlpItem> {
  const logs = asMessage(value, path);
  const schemaUrl = asText(logs['schemaUrl'], `${path}.schemaUrl`);
  yield { kind: 'scope', scope: asScope(logs['scope'], schemaUrl, `${path}.scope`) };
  for (const [i, record] of asList(logs['logRecords'], `${path}.logRecords`).entries()) {
    yield { kind: 'record', record: asRecord(record, `${path}.logRecords[${i}]`) };
  }
}
