/** Events as they stand in a frame: one JSON text each, of which most are passed over without parsing. */
import type { EventEnvelope } from '@opmas/contracts';
import { parseInstant } from '@opmas/contracts';

const ID_START = '{"id":"';
const TYPE_START = '","type":"';

/**
 * The type of an event line by its fixed place behind the id; null where the line is laid out in another way, and has
 * to be parsed to be understood. An id holds no quotation mark.
 */
export function typeOfLine(line: string): string | null {
  if (!line.startsWith(ID_START)) return null;
  const idEnd = line.indexOf('"', ID_START.length);
  if (idEnd < 0 || !line.startsWith(TYPE_START, idEnd)) return null;
  const start = idEnd + TYPE_START.length;
  const end = line.indexOf('"', start);
  return end < 0 ? null : line.slice(start, end);
}

/** An event with its text and its time; what the engine takes in. */
export interface EventRecord {
  event: EventEnvelope;
  line: string;
  /** `receivedAt` in µs since the epoch. */
  receivedAt: number;
}

const TEXTS = ['id', 'type', 'receivedAt', 'domain', 'timestamp', 'message', 'raw'] as const;

/** Parses a line; answers the reason where it is no event. Its fields are the parser's affair, and not checked again. */
export function readEventLine(line: string): { ok: true; record: EventRecord } | { ok: false; reason: string } {
  let event: EventEnvelope;
  try {
    event = JSON.parse(line) as EventEnvelope;
  } catch (error) {
    return { ok: false, reason: `not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const reason = faultOf(event);
  if (reason !== null) return { ok: false, reason };
  const receivedAt = parseInstant(event.receivedAt);
  if (receivedAt === null) return { ok: false, reason: `receivedAt is no instant: ${event.receivedAt}` };
  return { ok: true, record: { event, line, receivedAt } };
}

function faultOf(event: EventEnvelope): string | null {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'not a JSON object';
  const wrong = TEXTS.find((name) => typeof event[name] !== 'string');
  if (wrong !== undefined) return `${wrong} is not a text`;
  if (event.deviceId !== null && typeof event.deviceId !== 'string') return 'deviceId is neither a text nor null';
  if (typeof event.fields !== 'object' || event.fields === null || Array.isArray(event.fields))
    return 'fields is not a map';
  return null;
}

const MAX_KEPT_LENGTH = 64 * 1024;
const MAX_KEPT_TEXT = 8 * 1024;

/**
 * The line as evidence keeps it: a text of its own, because a line is a slice of its frame's text and would keep all
 * of that in memory. Of an event that is longer than 64 Ki characters the long texts are cut.
 */
export function keptLine({ event, line }: EventRecord): string {
  if (line.length <= MAX_KEPT_LENGTH) return Buffer.from(line).toString();
  const { rawBase64: _, ...rest } = event;
  const short = { ...rest, message: cut(rest.message), raw: cut(rest.raw), structuredData: null };
  const kept = JSON.stringify(short);
  return kept.length <= MAX_KEPT_LENGTH ? kept : JSON.stringify({ ...short, fields: {} });
}

function cut(text: string): string {
  return text.length <= MAX_KEPT_TEXT ? text : `${text.slice(0, MAX_KEPT_TEXT)}...`;
}
