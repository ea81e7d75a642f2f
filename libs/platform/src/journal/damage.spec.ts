/** Damage to a journal's files: whatever the disk gives back, it opens, keeps what is whole, and counts the rest. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  add,
  close,
  drain,
  freshDirectory,
  killedCopy,
  openJournal,
  removeJournals,
  segmentFiles,
  valuesOf,
} from '../spec-support/journals.js';
import type { Journal } from './journal.js';

// Thousands of journals are opened: slow where the machine is.
jest.setTimeout(60_000);

afterEach(removeJournals);

const TURNS = 4;

/** One record a turn, cuts and a note among them; answers where the opening and each turn end in the only segment. */
function written(directory: string, turns: number): number[] {
  const journal = openJournal(directory);
  const ends = [readFileSync(segmentFiles(directory)[0]!).length];
  for (let i = 0; i < turns; i++) {
    add(journal, 0, `line ${i}`, 100 + i);
    if (i % 4 === 1) journal.note(`note ${i}`, `value ${i}`);
    journal.flush();
    ends.push(readFileSync(segmentFiles(directory)[0]!).length);
  }
  return ends;
}

const values = (journal: Journal): string[] => valuesOf(drain(journal));
const upTo = (count: number): string[] => Array.from({ length: count }, (_, i) => `line ${i}`);

describe('the last segment', () => {
  it('cut off at any byte gives the turns before it, whole, and says what it passed over', async () => {
    const directory = freshDirectory();
    const ends = written(directory, TURNS);
    const whole = readFileSync(segmentFiles(directory)[0]!);
    for (let size = 0; size <= whole.length; size++) {
      const copy = killedCopy(directory);
      truncateSync(segmentFiles(copy)[0]!, size);
      const again = openJournal(copy);
      const kept = Math.max(0, ends.filter((end) => end <= size).length - 1);
      const { records, lostRecords, damagedBytes, tornBytes } = again.recovery;
      expect({ size, records, lostRecords, damagedBytes }).toEqual({
        size,
        records: kept,
        lostRecords: 0,
        damagedBytes: 0,
      });
      expect(tornBytes).toBe(size < ends[0]! ? size : size - ends[kept]!);
      expect(values(again)).toEqual(upTo(kept));
      await close(again);
    }
  });

  it('with any byte changed gives all turns but that one, and counts what it can no longer read', async () => {
    const directory = freshDirectory();
    const ends = written(directory, TURNS);
    const whole = readFileSync(segmentFiles(directory)[0]!);
    for (let at = 0; at < whole.length; at++) {
      const copy = killedCopy(directory);
      const bytes = Buffer.from(whole);
      bytes[at]! ^= 0x5a;
      writeFileSync(segmentFiles(copy)[0]!, bytes);
      const again = openJournal(copy);
      const hit = ends.findIndex((end) => at < end);
      const { damagedBytes, tornBytes } = again.recovery;
      expect(values(again)).toEqual(upTo(TURNS).filter((_, i) => i !== hit - 1));
      expect(damagedBytes + tornBytes).toBeGreaterThan(0);
      await close(again);
    }
  });

  it('followed by what a file system leaves after a power cut is read to its end', async () => {
    const directory = freshDirectory();
    written(directory, 5);
    const whole = readFileSync(segmentFiles(directory)[0]!);
    // Zeros: the size was on disk before the data. Then a stale block that holds old entries, of which one is whole.
    for (const tail of [Buffer.alloc(5000), Buffer.concat([Buffer.alloc(512), whole.subarray(0, 40)])]) {
      const copy = killedCopy(directory);
      writeFileSync(segmentFiles(copy)[0]!, Buffer.concat([whole, tail]));
      const again = openJournal(copy);
      expect(again.recovery.tornBytes).toBe(tail.length);
      expect(values(again)).toEqual(upTo(5));
      add(again, 0, 'after');
      again.cut(0, 'frame');
      expect(again.flush()).toBe(true);
      expect(values(again)).toEqual(['after']);
      await close(again);
    }
  });
});

describe('any damage to any segment', () => {
  it('never throws, and gives each record at most once, in order', async () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, { segmentBytes: 300 });
    for (let i = 0; i < 40; i++) {
      add(journal, 0, `line ${i}`);
      if (i % 5 === 0) journal.cut(0, 'frame');
      journal.flush();
    }
    const damage = fc.record({
      file: fc.nat(100),
      at: fc.nat(2000),
      bytes: fc.uint8Array({ maxLength: 60 }),
      truncate: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 6 }), async (blows) => {
        const copy = killedCopy(directory);
        const files = segmentFiles(copy);
        for (const { file, at, bytes, truncate } of blows) {
          const path = files[file % files.length]!;
          const content = readFileSync(path);
          const from = Math.min(at, content.length);
          Buffer.from(bytes).copy(content, from);
          writeFileSync(path, truncate ? content.subarray(0, from) : content);
        }
        const again = openJournal(copy);
        const numbers = values(again).map((value) => Number(value.slice(5)));
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        add(again, 0, 'line 99');
        again.cut(0, 'frame');
        expect(again.flush()).toBe(true);
        expect(values(again)).toEqual(['line 99']);
        await close(again);
      }),
      { numRuns: 150 },
    );
  });
});

describe('a power cut that takes what was not yet on the disk', () => {
  it('costs only records that were not published, and the stream goes on without a gap or a copy', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ do: fc.constant('add' as const), count: fc.integer({ min: 1, max: 7 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), seen: fc.boolean() }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('power cut' as const), tail: fc.nat(1500) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        let directory = freshDirectory();
        // Its name and numbers are on the disk since it was made: only later turns can be taken.
        let journal = openJournal(directory);
        const firstTurn = readFileSync(segmentFiles(directory)[0]!).length;
        const stream: { number: number; text: string }[] = [];
        let added = 0;
        const publish = (isSeen: boolean): void => {
          journal.flush();
          const frame = journal.take(0);
          if (!frame) return;
          expect(frame.number).toBe((stream.at(-1)?.number ?? 0) + 1);
          stream.push({ number: frame.number, text: journal.payload(frame).toString() });
          if (isSeen) journal.ack(frame);
          else journal.reconcile(0, frame.number);
        };
        const atRisk = new Set<string>();
        for (const action of steps) {
          if (action.do === 'add') {
            for (let i = 0; i < action.count; i++) add(journal, 0, `${added++}`);
            journal.flush();
          } else if (action.do === 'cut') journal.cut(0, 'tick');
          else if (action.do === 'publish') publish(action.seen);
          else {
            const stored = new Set(valuesOf(stream));
            for (let i = 0; i < added; i++) if (!stored.has(`${i}`)) atRisk.add(`${i}`);
            directory = killedCopy(directory);
            await close(journal);
            const last = segmentFiles(directory).at(-1)!;
            truncateSync(last, Math.max(firstTurn, readFileSync(last).length - action.tail));
            journal = openJournal(directory);
            journal.reconcile(0, stream.at(-1)?.number ?? 0);
          }
        }
        journal.cut(0, 'frame');
        journal.flush();
        while (journal.waiting(0) > 0) publish(true);
        const stored = valuesOf(stream).map(Number);
        expect(stored).toEqual([...new Set(stored)].sort((a, b) => a - b));
        const missing = Array.from({ length: added }, (_, i) => `${i}`).filter(
          (value) => !stored.includes(Number(value)),
        );
        expect(missing.filter((value) => !atRisk.has(value))).toEqual([]);
        await close(journal);
      }),
      { numRuns: 150 },
    );
  });
});
