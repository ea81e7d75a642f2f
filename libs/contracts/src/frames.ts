/**
 * The frame codec: NDJSON payload (one JSON object a line, each ended by LF) and the headers that say where the frame
 * stands. Decoding never gives up a good record because of a bad neighbour.
 */

/** Header names of every OPMAS message. */
export const HEADERS = {
  msgId: 'Nats-Msg-Id',
  expectedLastSubjectSequence: 'Nats-Expected-Last-Subject-Sequence',
  contentType: 'content-type',
  traceparent: 'traceparent',
  /** The frame's own name, see `rawFrameId`; a cut frame's parts share it. */
  frameId: 'Opmas-Frame',
  /** Number of the frame in its subject's life, from 1 (RAW: given by the ingestor's journal). */
  number: 'Opmas-Number',
  /** Number of records in the payload. */
  count: 'Opmas-Count',
  /** `frame` or `tick`. */
  kind: 'Opmas-Kind',
  /** The shard's clock in ms since the epoch: the largest server time stamp of its RAW frames so far. */
  clock: 'Opmas-Clock',
  /** `<stream sequence>:<frame id>`: the input that this message was made of. */
  source: 'Opmas-Source',
  /** `<first>-<last>/<count>`: indices of the records, where one frame was cut into several messages. */
  part: 'Opmas-Part',
  /** Sequence in OPMAS_CONFIG that rules this frame. */
  config: 'Opmas-Config',
  /** `<ingestor>=<number>` pairs joined by `,`: the last RAW number of each ingestor that this shard has seen. */
  ingestors: 'Opmas-Ingestors',
  build: 'Opmas-Build',
  /** Lane of an import in the lines' own time; absent on live frames. */
  lane: 'Opmas-Lane',
} as const;

export const NDJSON = 'application/x-ndjson';

export interface DecodedLine<T> {
  ok: true;
  index: number;
  value: T;
}

/** A line that is no JSON object, or that `check` refused: kept whole, with the reason. */
export interface UndecodedLine {
  ok: false;
  index: number;
  line: string;
  reason: string;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Records as NDJSON bytes. A record that is already a JSON text (one line, no LF) is taken as it stands. */
export function encodeNdjson(records: readonly (string | object)[]): Uint8Array {
  let text = '';
  for (const record of records) text += (typeof record === 'string' ? record : JSON.stringify(record)) + '\n';
  return encoder.encode(text);
}

/** The lines of an NDJSON payload, unparsed; the last may lack its LF, empty lines are passed over. */
export function ndjsonLines(payload: Uint8Array): string[] {
  const lines = decoder.decode(payload).split('\n');
  return lines.filter((line) => line.length > 0 && line !== '\r');
}

/**
 * Decodes a payload line by line. `check` (a schema, say) turns a JSON value into a `T`, or throws with the reason.
 * Never throws: what does not decode is an `UndecodedLine` beside its good neighbours.
 */
export function decodeNdjson<T>(payload: Uint8Array, check: (value: unknown) => T): (DecodedLine<T> | UndecodedLine)[] {
  return ndjsonLines(payload).map((line, index) => decodeLine(line, index, check));
}

function decodeLine<T>(line: string, index: number, check: (value: unknown) => T): DecodedLine<T> | UndecodedLine {
  try {
    return { ok: true, index, value: check(JSON.parse(line)) };
  } catch (error) {
    return { ok: false, index, line, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Position of a message in a stream: its sequence, and its own name, so that a stream put back is noticed. */
export interface StreamPosition {
  sequence: number;
  frameId: string;
}

export function formatSource(position: StreamPosition): string {
  return `${position.sequence}:${position.frameId}`;
}

/** Null where the text is no `<sequence>:<frame id>`. */
export function parseSource(text: string | undefined): StreamPosition | null {
  const match = /^(\d+):(.+)$/.exec(text ?? '');
  return match ? { sequence: Number(match[1]), frameId: match[2]! } : null;
}

/** Indices of records, both included, out of `count` records of the whole frame. */
export interface FramePart {
  first: number;
  last: number;
  count: number;
}

export function formatPart(part: FramePart): string {
  return `${part.first}-${part.last}/${part.count}`;
}

export function parsePart(text: string | undefined): FramePart | null {
  const match = /^(\d+)-(\d+)\/(\d+)$/.exec(text ?? '');
  return match ? { first: Number(match[1]), last: Number(match[2]), count: Number(match[3]) } : null;
}

/** Last RAW number of each ingestor, as `Opmas-Ingestors` carries it. */
export type IngestorNumbers = Record<string, number>;

export function formatIngestors(numbers: IngestorNumbers): string {
  return Object.keys(numbers)
    .sort()
    .map((name) => `${name}=${numbers[name]}`)
    .join(',');
}

export function parseIngestors(text: string | undefined): IngestorNumbers {
  const numbers: IngestorNumbers = {};
  for (const pair of (text ?? '').split(',')) {
    const cut = pair.lastIndexOf('=');
    if (cut > 0) numbers[pair.slice(0, cut)] = Number(pair.slice(cut + 1));
  }
  return numbers;
}

/** Splits `<ingestor>-<shard>-<number>`; the ingestor's name may itself hold dashes. Null for another text. */
export function parseFrameId(frameId: string): { ingestor: string; shard: number; number: number } | null {
  const match = /^(.+)-(\d+)-(\d+)$/.exec(frameId);
  return match ? { ingestor: match[1]!, shard: Number(match[2]), number: Number(match[3]) } : null;
}
