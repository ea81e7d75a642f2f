/** What OPMAS_RAW holds, read message by message. */
import { HEADERS, STREAM_NAMES, ndjsonLines, rawRecordSchema } from '@opmas/contracts';
import type { RawRecord } from '@opmas/contracts';
import { connectBus, createLog, messageAt } from '@opmas/platform';
import type { Bus } from '@opmas/platform';

export interface RawFrame {
  subject: string;
  header: (name: string) => string;
  number: number;
  kind: string;
  records: RawRecord[];
}

export async function withBus<T>(url: string, run: (bus: Bus) => Promise<T>): Promise<T> {
  const bus = await connectBus({ url, name: 'test', log: createLog('test', 'fatal') });
  try {
    return await run(bus);
  } finally {
    await bus.close();
  }
}

/** All frames and ticks, checked against the contract: schema, count, ids, numbers without gaps, clock never back. */
export function readRaw(url: string): Promise<RawFrame[]> {
  return withBus(url, async (bus) => {
    const { state } = await bus.jsm.streams.info(STREAM_NAMES.raw);
    const frames: RawFrame[] = [];
    for (let sequence = state.first_seq; sequence <= state.last_seq; sequence++) {
      const message = await messageAt(bus, STREAM_NAMES.raw, sequence);
      if (!message) continue;
      const records = ndjsonLines(message.data).map((line) => rawRecordSchema.parse(JSON.parse(line)));
      const { subject, header } = message;
      frames.push({ subject, header, number: Number(header(HEADERS.number)), kind: header(HEADERS.kind), records });
    }
    check(frames);
    return frames;
  });
}

function check(frames: RawFrame[]): void {
  const numbers = new Map<string, number>();
  const clocks = new Map<string, string>();
  for (const { subject, header, number, records } of frames) {
    const expected = (numbers.get(subject) ?? 0) + 1;
    if (number !== expected) throw new Error(`${subject} has number ${number} where ${expected} was expected`);
    numbers.set(subject, number);
    if (Number(header(HEADERS.count)) !== records.length) throw new Error(`${subject} ${number} has a wrong count`);
    records.forEach((record, index) => {
      if (record.id !== `${header(HEADERS.frameId)}-${index}`)
        throw new Error(`record ${record.id} in frame ${header(HEADERS.frameId)}`);
      if (record.receivedAt < (clocks.get(subject) ?? '')) throw new Error(`receivedAt goes back at ${record.id}`);
      clocks.set(subject, record.receivedAt);
    });
  }
}

/** Lines of every frame, in the order of the stream. */
export const linesOf = (frames: RawFrame[]): string[] => frames.flatMap(({ records }) => records.map(({ raw }) => raw));
