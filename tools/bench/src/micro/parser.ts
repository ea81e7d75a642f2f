/** The parser's fold over RAW frames, in process, one core: JSON in, header, identity, dialect, JSON out. */
import { createLineParser, parserFold } from '@opmas/parser/domain';
import type { InputFrame } from '@opmas/platform/fold';
import { rawFrames } from '../frames.js';
import type { WorkloadLine } from '../workload.js';
import type { MicroResult } from './stopwatch.js';
import { measure } from './stopwatch.js';

/** The EVENTS frames that the parser makes of RAW frames. */
export function eventFrames(frames: readonly InputFrame[]): InputFrame[] {
  const state = parserFold.initialState(0);
  return frames.map((frame) => ({
    meta: frame.meta,
    lines: parserFold.process(state, frame).outputs[0]?.records ?? [],
  }));
}

export async function benchParser(lines: readonly WorkloadLine[]): Promise<MicroResult[]> {
  const frames = rawFrames(lines);
  const events = eventFrames(frames).reduce((sum, frame) => sum + frame.lines.length, 0);
  const parser = createLineParser();
  const origin = { key: 'host:bench', id: 'x', deviceId: null };
  return [
    await measure('parser: RAW frame to EVENTS frame', lines.length, () => eventFrames(frames), `${events} events`),
    await measure('parser: one line to JSON', lines.length, () => {
      for (const { line, atMicros } of lines) parser.parseToJson(line, { ...origin, receivedAtMicros: atMicros });
    }),
  ];
}
