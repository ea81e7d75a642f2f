/** OpenTelemetry's log data model, as far as OTLP carries it (opentelemetry-proto, logs/v1). */
import type { FieldValue, Fields } from './structured-line.js';

/** A body: bytes where the message has bytes, or text that is not UTF-8. */
export type OtlpBody = FieldValue | Buffer;

export interface OtlpRecord {
  /** ns since 1970; 0 for unknown. */
  timeUnixNano: bigint;
  observedTimeUnixNano: bigint;
  /** 1 to 24; 0 for unspecified. */
  severityNumber: number;
  severityText: string;
  /** Undefined for a record without one. */
  body: OtlpBody | undefined;
  attributes: Fields;
  droppedAttributesCount: number;
  flags: number;
  /** Lower-case hexadecimal; '' for none. */
  traceId: string;
  spanId: string;
  eventName: string;
}

export interface OtlpResource {
  attributes: Fields;
  droppedAttributesCount: number;
  schemaUrl: string;
}

export interface OtlpScope {
  name: string;
  version: string;
  attributes: Fields;
  droppedAttributesCount: number;
  schemaUrl: string;
}

/** What a request brings, in its order; a resource and a scope hold for the records behind them. */
export type OtlpItem =
  | { kind: 'resource'; resource: OtlpResource }
  | { kind: 'scope'; scope: OtlpScope }
  | { kind: 'record'; record: OtlpRecord };

/** The bytes are no `ExportLogsServiceRequest`. */
export class OtlpUnreadable extends Error {
  /** Path of what is at fault; '' for the body as a whole. */
  readonly field: string;

  constructor(detail: string, field = '') {
    super(field === '' ? detail : `${field}: ${detail}`);
    this.name = 'OtlpUnreadable';
    this.field = field;
  }
}

/** Values within values: a request that nests deeper is refused. */
export const MAX_VALUE_DEPTH = 64;

export const NO_RESOURCE: OtlpResource = { attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
export const NO_SCOPE: OtlpScope = { name: '', version: '', attributes: [], droppedAttributesCount: 0, schemaUrl: '' };
