/** What really is in OPMAS_RAW, counted in the stream itself and not by what anybody says of it. */
import { STREAM_NAMES } from '@opmas/contracts';
import { OrderedReader, connectBus, createLog } from '@opmas/platform';

const BATCH = 64;
const WAIT_MS = 2000;
const LF = 10;

export interface StoredLines {
  stored: number;
  /** Records whose id was seen before. */
  doubled: number;
}

/** Reads the stream from its start; every record's id is looked at. */
export async function countStored(url: string): Promise<StoredLines> {
  const bus = await connectBus({ url, name: 'opmas-bench', log: createLog('bench', 'silent') });
  const reader = new OrderedReader(bus, { stream: STREAM_NAMES.raw, startSequence: 1 });
  const ids = new Set<string>();
  let records = 0;
  try {
    // Ticks go on coming: it ends where nothing waits, not where nothing comes.
    for (let waiting = 1; waiting > 0;) {
      const messages = await reader.next(BATCH, WAIT_MS);
      for (const { data } of messages) records += collectIds(data, ids);
      waiting = messages.at(-1)?.pending ?? 0;
    }
  } finally {
    await reader.close();
    await bus.close();
  }
  return { stored: ids.size, doubled: records - ids.size };
}

const ID_START = '{"id":"';

function collectIds(data: Uint8Array, ids: Set<string>): number {
  const frame = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let records = 0;
  for (let start = 0; start < frame.length; records++) {
    const end = frame.indexOf(LF, start);
    const next = end < 0 ? frame.length : end + 1;
    const line = frame.toString('latin1', start, Math.min(next, start + 200));
    if (!line.startsWith(ID_START)) throw new Error(`a record without an id in front: ${line}`);
    ids.add(line.slice(ID_START.length, line.indexOf('"', ID_START.length)));
    start = next;
  }
  return records;
}
