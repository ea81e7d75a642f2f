/** Stream messages ↔ frames: headers read and written in one place. */
import type { FramePart, StreamPosition } from '@opmas/contracts';
import {
  HEADERS,
  NDJSON,
  formatIngestors,
  formatPart,
  formatSource,
  ndjsonLines,
  parseFrameId,
  parsePart,
} from '@opmas/contracts';
import type { FrameMeta, InputFrame, OutputFrame } from '../fold/index.js';
import type { StoredMessage } from '../nats/stored-message.js';
import type { Progress } from './progress.js';

/** The frame's name with its part's first index, where it was cut: what positions and message ids name. */
export function unitId(frameId: string, part: FramePart | null): string {
  return part === null ? frameId : `${frameId}#${part.first}`;
}

export function unitIdOf(message: StoredMessage): string {
  return unitId(message.header(HEADERS.frameId), parsePart(message.header(HEADERS.part)));
}

/** What a message's headers say of its frame; null where they are not a frame's. Clock and progress are the reader's. */
export function readMeta(
  message: StoredMessage,
  shard: number,
):
  | (Omit<FrameMeta, 'clockMs' | 'configSequence' | 'ingestors'> & { headerClockMs: number; headerConfig: number })
  | null {
  const frameId = message.header(HEADERS.frameId);
  const name = parseFrameId(frameId);
  if (!name) return null;
  return {
    shard,
    sequence: message.sequence,
    frameId,
    ingestor: name.ingestor,
    number: name.number,
    kind: message.header(HEADERS.kind) === 'tick' ? 'tick' : 'frame',
    part: parsePart(message.header(HEADERS.part)),
    lane: message.header(HEADERS.lane) || null,
    headerClockMs: Number(message.header(HEADERS.clock)) || 0,
    headerConfig: Number(message.header(HEADERS.config)) || 0,
  };
}

export function toInputFrame(meta: FrameMeta, message: StoredMessage): InputFrame {
  return { meta, lines: ndjsonLines(message.data) };
}

/** One message to be published: a whole output frame, or a part of one that is too big for a single message. */
export interface OutputMessage {
  subject: string;
  id: string;
  headers: Record<string, string>;
  data: Uint8Array;
  /** Index of the last record in it. */
  last: number;
  isFinal: boolean;
}

/** Room for headers and the server's own bytes below `max_payload`. */
const MAX_PAYLOAD = 1000 * 1024;

const encoder = new TextEncoder();

interface Cut {
  part: FramePart | null;
  data: Uint8Array;
}

/** Cuts records into payloads of at most `MAX_PAYLOAD` bytes; one payload where all fits. */
export function cutRecords(records: readonly string[], maxPayload = MAX_PAYLOAD): Cut[] {
  const whole = encoder.encode(records.length === 0 ? '' : `${records.join('\n')}\n`);
  if (whole.length <= maxPayload) return [{ part: null, data: whole }];
  const cuts: Cut[] = [];
  let first = 0;
  let bytes = 0;
  const close = (end: number): void => {
    const part = { first, last: end - 1, count: records.length };
    cuts.push({ part, data: encoder.encode(`${records.slice(first, end).join('\n')}\n`) });
    first = end;
    bytes = 0;
  };
  records.forEach((record, index) => {
    const size = Buffer.byteLength(record) + 1;
    if (index > first && bytes + size > maxPayload) close(index);
    bytes += size;
  });
  close(records.length);
  return cuts;
}

/** What every message of a unit's output carries. */
export interface OutputContext {
  meta: FrameMeta;
  before: Progress;
  after: Progress;
  build: string;
  traceparent: string;
}

/** The messages of one output frame, in order. Only the last one claims the unit as done. */
export function outputMessages(output: OutputFrame, context: OutputContext): OutputMessage[] {
  const { meta } = context;
  const source: StreamPosition = { sequence: meta.sequence, frameId: unitId(meta.frameId, meta.part) };
  const cuts = cutRecords(output.records);
  return cuts.map(({ part, data }, index) => {
    const isFinal = index === cuts.length - 1;
    const headers: Record<string, string> = {
      [HEADERS.contentType]: NDJSON,
      [HEADERS.frameId]: meta.frameId,
      [HEADERS.number]: String(meta.number),
      [HEADERS.kind]: output.kind,
      [HEADERS.count]: String(part ? part.last - part.first + 1 : output.records.length),
      [HEADERS.clock]: String(meta.clockMs),
      [HEADERS.source]: formatSource(source),
      [HEADERS.config]: String(meta.configSequence),
      [HEADERS.ingestors]: formatIngestors(isFinal ? context.after : context.before),
      [HEADERS.build]: context.build,
      ...(context.traceparent ? { [HEADERS.traceparent]: context.traceparent } : {}),
      ...(part ? { [HEADERS.part]: formatPart(part) } : {}),
      ...(meta.lane === null ? {} : { [HEADERS.lane]: meta.lane }),
    };
    const last = part ? part.last : output.records.length - 1;
    return { subject: output.subject, id: `${output.subject}:${source.frameId}/${last}`, headers, data, last, isFinal };
  });
}
