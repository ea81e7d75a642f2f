/**
 * What OTLP/HTTP answers with: `ExportLogsServiceResponse`, and `google.rpc.Status` where a request is refused, each in
 * the encoding of the request (OTLP specification 1.x, OTLP/HTTP Response).
 */
import protobuf from 'protobufjs/minimal.js';

export type OtlpEncoding = 'protobuf' | 'json';

export const OTLP_TYPES: Record<OtlpEncoding, string> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** Encoding of a request by its content type; null for any other. */
export function otlpEncoding(contentType: string | undefined): OtlpEncoding | null {
  const type = (contentType ?? '').split(';')[0]!.trim().toLowerCase();
  if (type === OTLP_TYPES.protobuf || type === 'application/protobuf') return 'protobuf';
  return type === OTLP_TYPES.json ? 'json' : null;
}

/** A request that was taken, perhaps not all of it. */
export interface PartialSuccess {
  rejectedLogRecords: number;
  /** With nothing rejected, a warning; '' for none. */
  errorMessage: string;
}

/** `ExportLogsServiceResponse`; `partial_success` is left unset where there is nothing to say. */
export function exportResponse({ rejectedLogRecords, errorMessage }: PartialSuccess, encoding: OtlpEncoding): Buffer {
  const isWhole = rejectedLogRecords === 0 && errorMessage === '';
  if (encoding === 'json') {
    const partialSuccess = { rejectedLogRecords: String(rejectedLogRecords), errorMessage };
    return Buffer.from(JSON.stringify(isWhole ? {} : { partialSuccess }));
  }
  const writer = protobuf.Writer.create();
  if (!isWhole) {
    writer.uint32(tag(1)).fork();
    if (rejectedLogRecords > 0) writer.uint32(8).int64(rejectedLogRecords);
    if (errorMessage !== '') writer.uint32(tag(2)).string(errorMessage);
    writer.ldelim();
  }
  return Buffer.from(writer.finish());
}

/** google.rpc.Code by HTTP status, as google/rpc/code.proto maps them. */
const CODES = new Map([
  [400, 3],
  [404, 5],
  [405, 12],
  [413, 3],
  [415, 3],
  [429, 8],
  [503, 14],
]);
const INTERNAL = 13;
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

const tag = (field: number): number => (field << 3) | 2;

/** `google.rpc.Status`; a faulty field is named in a `google.rpc.BadRequest` among its details. */
export function statusMessage(
  status: number,
  message: string,
  fault: { field: string; description: string } | null,
  encoding: OtlpEncoding,
): Buffer {
  const code = CODES.get(status) ?? INTERNAL;
  if (encoding === 'json') {
    const details = fault ? [{ '@type': BAD_REQUEST, fieldViolations: [fault] }] : [];
    return Buffer.from(JSON.stringify({ code, message, details }));
  }
  const writer = protobuf.Writer.create().uint32(8).int32(code).uint32(tag(2)).string(message);
  if (fault) {
    const violation = protobuf.Writer.create().uint32(tag(1)).fork();
    violation.uint32(tag(1)).string(fault.field).uint32(tag(2)).string(fault.description).ldelim();
    writer.uint32(tag(3)).fork().uint32(tag(1)).string(BAD_REQUEST).uint32(tag(2)).bytes(violation.finish()).ldelim();
  }
  return Buffer.from(writer.finish());
}
