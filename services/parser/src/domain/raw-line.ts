/** One line of a RAW frame as a checked record; a hand-written check, because a schema for each line costs more than parsing it. */
import { TRANSPORTS, parseInstant, rawRecordSchema } from '@opmas/contracts';
import type { RawRecord } from '@opmas/contracts';

export type RawLine = { ok: true; record: RawRecord; receivedMicros: number } | { ok: false; reason: string };

const transports: ReadonlySet<unknown> = new Set(TRANSPORTS);

export function readRawLine(line: string): RawLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (!isPlainRecord(value)) return readBySchema(value);
  const receivedMicros = microsOf(value.receivedAt);
  if (receivedMicros === null) return { ok: false, reason: `receivedAt: no such instant: ${value.receivedAt}` };
  return { ok: true, record: value, receivedMicros };
}

/** The schema has the last word on what the quick check does not let through, and the words for what is wrong. */
function readBySchema(value: unknown): RawLine {
  const checked = rawRecordSchema.safeParse(value);
  if (!checked.success) {
    const issues = checked.error.issues.map((issue) => `${issue.path.join('.') || 'record'}: ${issue.message}`);
    return { ok: false, reason: issues.join('; ') };
  }
  const receivedMicros = microsOf(checked.data.receivedAt);
  if (receivedMicros === null) return { ok: false, reason: `receivedAt: no such instant: ${checked.data.receivedAt}` };
  return { ok: true, record: checked.data, receivedMicros };
}

const INSTANT_LENGTH = 27;

/** The commonest form of a record: no bytes that are not UTF-8, not cut. */
function isPlainRecord(value: unknown): value is RawRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { id, receivedAt, key, transport, peer, port, raw } = value as Record<string, unknown>;
  return (
    isPort(port) &&
    typeof id === 'string' &&
    id.length > 0 &&
    typeof receivedAt === 'string' &&
    receivedAt.length === INSTANT_LENGTH &&
    typeof key === 'string' &&
    key.length > 0 &&
    key.length <= 300 &&
    transports.has(transport) &&
    typeof peer === 'string' &&
    typeof raw === 'string' &&
    !('rawBase64' in value || 'truncated' in value || 'partial' in value)
  );
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535;
}

let lastSecond = '';
let lastSecondMicros = 0;

/** µs since the epoch; lines of one second share the work. */
function microsOf(instant: string): number | null {
  const second = instant.slice(0, 19);
  const fraction = instant.slice(20, 26);
  if (instant.length !== INSTANT_LENGTH || instant.charAt(26) !== 'Z' || !/^\d{6}$/.test(fraction)) return null;
  if (second !== lastSecond) {
    const micros = parseInstant(`${second}Z`);
    if (micros === null) return null;
    lastSecond = second;
    lastSecondMicros = micros;
  }
  return lastSecondMicros + Number(fraction);
}
