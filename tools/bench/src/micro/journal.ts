/** The ingestor's journal on this machine's disk, in process: stage, write, cut, read back, acknowledge. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shardOf } from '@opmas/contracts';
import { Journal } from '@opmas/platform';
import { RECORDS_A_FRAME, recordText } from '../frames.js';
import type { WorkloadLine } from '../workload.js';
import type { MicroResult } from './stopwatch.js';
import { measure } from './stopwatch.js';

const SHARDS = 16;
/** Records that one turn of the event loop reads from its sockets, about. */
const RECORDS_A_TURN = 100;
const MEBIBYTE = 1024 * 1024;

export async function benchJournal(lines: readonly WorkloadLine[]): Promise<MicroResult[]> {
  const records = lines.map((line) => {
    const text = recordText(line);
    return {
      text,
      bytes: Buffer.byteLength(text),
      shard: shardOf(`host:${line.hostname}`, SHARDS),
      clock: line.atMicros,
    };
  });
  const directory = mkdtempSync(join(tmpdir(), 'opmas-bench-journal-'));
  let written = 0;
  const pass = async (): Promise<void> => {
    rmSync(directory, { recursive: true, force: true });
    const journal = openJournal(directory);
    try {
      written = writeAll(journal, records);
    } finally {
      await journal.close();
    }
  };
  try {
    const result = await measure('journal: append, cut, read back, ack', lines.length, pass);
    return [{ ...result, note: `${written} frames, ${RECORDS_A_TURN} records a write, in ${tmpdir()}` }];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function openJournal(directory: string): Journal {
  return Journal.open({
    directory,
    shardCount: SHARDS,
    maxBytes: 2048 * MEBIBYTE,
    segmentBytes: 32 * MEBIBYTE,
    syncIntervalMs: 1000,
    retainMs: 180_000,
    maxFrameRecords: RECORDS_A_FRAME,
    maxFrameBytes: 256 * 1024,
    tag: () => 0,
    nowMs: () => performance.now(),
  });
}

interface StagedRecord {
  text: string;
  bytes: number;
  shard: number;
  clock: number;
}

/** Answers the number of frames. */
function writeAll(journal: Journal, records: readonly StagedRecord[]): number {
  let frames = 0;
  const drain = (): void => {
    for (let shard = 0; shard < SHARDS; shard++) {
      while (journal.waiting(shard) > 0) {
        const frame = journal.take(shard);
        if (!frame) break;
        journal.payload(frame);
        journal.ack(frame);
        frames++;
      }
    }
  };
  records.forEach(({ shard, text, bytes, clock }, index) => {
    journal.add(shard, text, bytes, clock);
    if ((index + 1) % RECORDS_A_TURN !== 0) return;
    journal.flush();
    drain();
  });
  for (let shard = 0; shard < SHARDS; shard++) journal.cut(shard, 'frame');
  journal.flush();
  drain();
  return frames;
}
