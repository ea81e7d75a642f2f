/**
 * Bodies of `POST /v1/logs`: plain lines, or JSON records. A record has the line as it is (`{"line": "...", "host"?:
 * "..."}`), or its message and the fields of its header, as collectors write them.
 */
import { headerHostName, realHostName } from './sender-key.js';
import { FieldSet, headerNames, lineHead } from './structured-line.js';
import type { FieldValue } from './structured-line.js';
import { isSyslogLine } from './syslog-line.js';

/** A record of an import. `host` is a real name, lower-cased, or null. */
export interface ImportLine {
  line: string;
  host: string | null;
}

export type ParsedImportLine = { ok: true; value: ImportLine } | { ok: false; reason: string };

const refused = (reason: string): ParsedImportLine => ({ ok: false, reason });

/** Reads one line of an NDJSON body. */
export function parseImportLine(text: string): ParsedImportLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(`no JSON: ${(error as Error).message}`);
  }
  return importRecord(value);
}

/** Reads one record of a JSON body. */
export function importRecord(value: unknown): ParsedImportLine {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('no JSON object');
  const record = value as Record<string, FieldValue>;
  const { line, host } = record;
  if (line === undefined) return structured(record);
  if (typeof line !== 'string') return refused('"line" must be a string');
  if (line.length === 0) return refused('"line" is empty');
  if (host !== undefined && host !== null && typeof host !== 'string') return refused('"host" must be a string');
  return { ok: true, value: { line, host: typeof host === 'string' ? realHostName(host) : null } };
}

const asText = (value: FieldValue): string | null => (typeof value === 'string' && value !== '' ? value : null);

function structured(record: Record<string, FieldValue>): ParsedImportLine {
  const fields = Object.entries(record);
  const set = new FieldSet(fields);
  const message = set.find('message', asText);
  if (message === null)
    return refused('expected "line" (the line as it is), or "message" and the fields of its header');
  if (isSyslogLine(message)) return { ok: true, value: { line: message, host: hostBeside(message, record) } };
  try {
    const head = lineHead({ sets: [{ name: 'json', fields: set }] });
    return { ok: true, value: { line: `${head.text} ${message}`, host: null } };
  } catch {
    return refused('its values are nested too deep');
  }
}

/** The host that a record names, where its line names none. */
function hostBeside(line: string, record: Record<string, FieldValue>): string | null {
  const start = Buffer.from(line.slice(0, 512));
  const own = headerHostName(start, 0, start.length);
  if (own !== null && realHostName(own) !== null) return null;
  const { hostname } = headerNames(Object.entries(record));
  return hostname === undefined ? null : realHostName(hostname);
}

export type ImportFormat = 'plain' | 'ndjson' | 'json';

const FORMATS = new Map<string, ImportFormat>([
  ['text/plain', 'plain'],
  ['application/octet-stream', 'plain'],
  ['application/x-www-form-urlencoded', 'plain'],
  // Files that are named for their compression, which `encodingByMagic` sees.
  ['application/gzip', 'plain'],
  ['application/x-gzip', 'plain'],
  ['application/zstd', 'plain'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
  ['application/json', 'json'],
]);

/** For messages. */
export const IMPORT_TYPES =
  'text/plain (lines), application/x-ndjson (a JSON object a line) or application/json (an array of objects)';

/** Format of a body by its content type; null for one that is none. No content type is plain lines. */
export function importFormat(contentType: string | undefined): ImportFormat | null {
  return FORMATS.get((contentType ?? 'text/plain').split(';')[0]!.trim().toLowerCase()) ?? null;
}
