import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { rawRecordSchema } from '@opmas/contracts';
import { rawFrames } from './frames.js';
import { runBench } from './main.js';
import { eventFrames } from './micro/parser.js';
import { linesOf, writeLines } from './workload.js';

const WORKLOAD = { lines: 2500, devices: 9, seed: 'spec' };
const START = Date.UTC(2026, 10, 23, 20) * 1000;

describe('the workload', () => {
  it('is the same in memory and in a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'opmas-bench-spec-'));
    const file = join(folder, 'lines.log');
    const bytes = await writeLines(WORKLOAD, START, file);
    const text = readFileSync(file, 'utf8');
    rmSync(folder, { recursive: true });
    expect(text.length).toBe(bytes);
    expect(text.split('\n').slice(0, -1)).toEqual(linesOf(WORKLOAD, START).map((line) => line.line));
  });

  it('makes frames of raw records as the contract has them, each an event for the parser', () => {
    const frames = rawFrames(linesOf(WORKLOAD, START));
    const records = frames.flatMap((frame) => frame.lines);
    for (const record of records) rawRecordSchema.parse(JSON.parse(record));
    expect(records.length).toBe(2500);
    expect(eventFrames(frames).flatMap((frame) => frame.lines).length).toBe(2500);
  });
});

describe('the command', () => {
  it.each([[['bake']], [['--lines', 'many']], [['--udp-rate', '0']], [['--fast']]])(
    'refuses %j with code 2',
    async (argv) => {
      expect(await runBench(argv)).toBe(2);
    },
  );
});
