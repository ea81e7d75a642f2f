/** Bodies of `POST /v1/logs`: plain lines, or NDJSON records `{"line": "...", "host"?: "..."}`. */
import { realHostName } from './sender-key.js';

/** A record of an import. `host` is a real name, lower-cased, or null. */
export interface ImportLine {
  line: string;
  host: string | null;
}

export type ParsedImportLine = { ok: true; value: ImportLine } | { ok: false; reason: string };

/** Reads one line of an NDJSON body. */
export function parseImportLine(text: string): ParsedImportLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: `no JSON: ${(error as Error).message}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { ok: false, reason: 'no JSON object' };
  const { line, host } = value as { line?: unknown; host?: unknown };
  if (typeof line !== 'string') return { ok: false, reason: '"line" must be a string' };
  if (line.length === 0) return { ok: false, reason: '"line" is empty' };
  if (host !== undefined && host !== null && typeof host !== 'string')
    return { ok: false, reason: '"host" must be a string' };
  return { ok: true, value: { line, host: typeof host === 'string' ? realHostName(host) : null } };
}

export type ImportFormat = 'ndjson' | 'plain';

/** Format of a body by its content type; null for one that is neither. No content type is plain lines. */
export function importFormat(contentType: string | undefined): ImportFormat | null {
  const type = (contentType ?? 'text/plain').split(';')[0]!.trim().toLowerCase();
  if (type === 'application/x-ndjson' || type === 'application/jsonl' || type === 'application/ndjson') return 'ndjson';
  return type === 'text/plain' || type === 'application/octet-stream' || type === 'application/x-www-form-urlencoded'
    ? 'plain'
    : null;
}
