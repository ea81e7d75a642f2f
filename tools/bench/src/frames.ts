/** The workload as RAW frames, as the ingestor cuts them: what the parser's fold is fed with. */
import { formatInstant, rawFrameId, rawRecordId } from '@opmas/contracts';
import { peerFields, recordHead, textRecordTail } from '@opmas/ingestor/domain';
import type { InputFrame } from '@opmas/platform/fold';
import type { WorkloadLine } from './workload.js';

export const RECORDS_A_FRAME = 200;
const INGESTOR = 'bench';
const SHARD = 0;
const MAX_LINE_BYTES = 65_536;

/** A record less its id, as the journal takes it. */
export function recordText({ line, hostname, atMicros }: WorkloadLine): string {
  const head = recordHead(formatInstant(atMicros), `host:${hostname}`, peerFields('tcp', '127.0.0.1', 40_000));
  return head + textRecordTail(line, MAX_LINE_BYTES);
}

/** Frame number `number` (from 1) of one shard. */
export function frameOf(number: number, clockMs: number, lines: readonly string[]): InputFrame {
  return {
    meta: {
      shard: SHARD,
      sequence: number,
      frameId: rawFrameId(INGESTOR, SHARD, number),
      ingestor: INGESTOR,
      number,
      kind: 'frame',
      part: null,
      clockMs,
      configSequence: 0,
      ingestors: { [INGESTOR]: number },
      lane: null,
    },
    lines,
  };
}

export function rawFrames(lines: readonly WorkloadLine[]): InputFrame[] {
  const frames: InputFrame[] = [];
  for (let start = 0; start < lines.length; start += RECORDS_A_FRAME) {
    const number = frames.length + 1;
    const part = lines.slice(start, start + RECORDS_A_FRAME);
    const clockMs = Math.floor((part.at(-1)?.atMicros ?? 0) / 1000);
    const records = part.map(
      (line, index) => `{"id":"${rawRecordId(INGESTOR, SHARD, number, index)}",${recordText(line).trimEnd()}`,
    );
    frames.push(frameOf(number, clockMs, records));
  }
  return frames;
}
