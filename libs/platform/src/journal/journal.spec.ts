import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  add,
  clock,
  close,
  drain,
  freshDirectory,
  killedCopy,
  openJournal,
  removeJournals,
  segmentFiles,
  valuesOf,
} from '../spec-support/journals.js';
import { Ballast } from './ballast.js';
import type { Journal } from './journal.js';
import { JournalLocked } from './lock.js';
import { SegmentStore } from './segment-store.js';

afterEach(async () => {
  jest.restoreAllMocks();
  await removeJournals();
});

function fillFrames(journal: Journal, values: readonly string[]): void {
  for (const value of values) {
    add(journal, 0, value);
    journal.cut(0, 'frame');
    journal.flush();
  }
}

describe('frames', () => {
  it('are numbered from 1, cut at the record limit, and carry ids', () => {
    const journal = openJournal(freshDirectory());
    for (const value of ['a', 'b', 'c', 'd']) add(journal, 0, value);
    journal.cut(0, 'frame');
    expect(journal.flush()).toBe(true);
    const name = journal.name;
    expect(name).toMatch(/^[a-z0-9]{8}$/);
    expect(drain(journal)).toEqual([
      {
        id: `${name}-0-1`,
        kind: 'frame',
        tag: 7,
        text: ['a', 'b', 'c'].map((raw, index) => `{"id":"${name}-0-1-${index}","raw":"${raw}"}\n`).join(''),
      },
      { id: `${name}-0-2`, kind: 'frame', tag: 7, text: `{"id":"${name}-0-2-0","raw":"d"}\n` },
    ]);
  });

  it('are cut before they outgrow the size limit, but a single record may', () => {
    const journal = openJournal(freshDirectory());
    add(journal, 0, 'small');
    add(journal, 0, 'x'.repeat(6000));
    add(journal, 0, 'y'.repeat(3000));
    add(journal, 0, 'z'.repeat(3000));
    journal.cut(0, 'frame');
    journal.flush();
    expect(drain(journal).map((frame) => frame.text.length > 4096)).toEqual([false, true, false, false]);
  });

  it('of no record are ticks, numbered like the others', () => {
    const journal = openJournal(freshDirectory());
    journal.cut(1, 'frame');
    journal.cut(1, 'tick');
    add(journal, 1, 'a');
    journal.cut(1, 'tick');
    journal.flush();
    expect(drain(journal, 1).map(({ id, kind }) => [id, kind])).toEqual([
      [`${journal.name}-1-1`, 'tick'],
      [`${journal.name}-1-2`, 'frame'],
    ]);
  });

  it('keep text beyond ASCII and span turns', () => {
    const journal = openJournal(freshDirectory());
    add(journal, 0, 'Grüße 漢字');
    journal.flush();
    add(journal, 1, 'between');
    add(journal, 0, '\ud83d\ude00');
    journal.flush();
    journal.cut(0, 'frame');
    journal.flush();
    const [frame] = drain(journal);
    expect(
      frame!.text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { raw: string }).raw),
    ).toEqual(['Grüße 漢字', '\ud83d\ude00']);
  });
});

describe('after a kill', () => {
  it('has the same frames under the same numbers, and the same name and clock', async () => {
    const directory = freshDirectory();
    const journal = openJournal(directory);
    for (let i = 0; i < 8; i++) add(journal, i % 2, `line ${i}`, 100 + i);
    journal.flush();
    journal.note('key', 'value');
    journal.flush();
    const again = openJournal(killedCopy(directory));
    expect([again.name, again.clock, again.noted('key')]).toEqual([journal.name, 107, 'value']);
    journal.cut(0, 'frame');
    journal.cut(1, 'frame');
    journal.flush();
    expect([...drain(again, 0), ...drain(again, 1)]).toEqual([...drain(journal, 0), ...drain(journal, 1)]);
    await close(again);
  });

  it('never adds to a frame that an earlier process may have published', () => {
    const directory = freshDirectory();
    const journal = openJournal(directory);
    add(journal, 0, 'before');
    journal.flush();
    const again = openJournal(killedCopy(directory));
    add(again, 0, 'after');
    again.cut(0, 'frame');
    again.flush();
    expect(drain(again).map(({ text }) => text)).toEqual([
      expect.stringContaining('"before"}\n'),
      `{"id":"${journal.name}-0-2-0","raw":"after"}\n`,
    ]);
  });

  it('survives a tail torn at any byte: a prefix of the turns is there, whole', async () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, { maxFrameRecords: 100 });
    const ends: number[] = [];
    for (let i = 0; i < 6; i++) {
      add(journal, 0, `line ${i}`);
      journal.flush();
      ends.push(readFileSync(segmentFiles(directory)[0]!).length);
    }
    for (let size = ends[0]!; size <= ends.at(-1)!; size += 7) {
      const copy = killedCopy(directory);
      truncateSync(segmentFiles(copy)[0]!, size);
      const again = openJournal(copy);
      const lines = drain(again).flatMap(({ text }) => text.trim().split('\n'));
      expect(lines.length).toBe(ends.filter((end) => end <= size).length);
      await close(again);
    }
  });

  it('passes over damage in the middle, says so, and keeps the rest', () => {
    const directory = freshDirectory();
    const journal = openJournal(directory);
    for (let i = 0; i < 9; i++) {
      add(journal, 0, `line ${i}`);
      journal.flush();
    }
    const copy = killedCopy(directory);
    const file = segmentFiles(copy)[0]!;
    const bytes = readFileSync(file);
    bytes[bytes.indexOf('line 4') + 2]! ^= 0xff;
    writeFileSync(file, bytes);
    const again = openJournal(copy);
    expect(again.recovery.damagedBytes).toBeGreaterThan(0);
    expect(again.recovery.lostRecords).toBe(1);
    expect(valuesOf(drain(again))).toEqual([0, 1, 2, 3, 5, 6, 7, 8].map((i) => `line ${i}`));
  });

  it('opens on files that hold anything at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (garbage) => {
        const directory = freshDirectory();
        writeFileSync(join(directory, '0000000001.v1.journal'), garbage);
        const journal = openJournal(directory);
        add(journal, 0, 'a');
        journal.cut(0, 'frame');
        expect(journal.flush()).toBe(true);
        expect(drain(journal).length).toBe(1);
        await close(journal);
      }),
      { numRuns: 30 },
    );
  });
});

describe('against the stream', () => {
  function journalOf(frames: number): Journal {
    const journal = openJournal(freshDirectory());
    for (let i = 0; i < frames; i++) {
      add(journal, 0, `f${i + 1}`);
      journal.cut(0, 'frame');
    }
    journal.flush();
    return journal;
  }

  it('passes what is stored, and brings back what a stream put back to an earlier state has lost', () => {
    const journal = journalOf(5);
    const first = drain(journal);
    expect(journal.take(0)).toBeNull();
    expect(journal.reconcile(0, 2)).toMatchObject({
      rebasedBy: 0,
      missing: 0,
      revived: [{ number: 3 }, { number: 4 }, { number: 5 }],
    });
    expect(drain(journal)).toEqual(first.slice(2));
    expect(journal.isStored(0, 5)).toBe(true);
  });

  it('passes frames whose acknowledgement it never saw', () => {
    const journal = journalOf(3);
    journal.take(0);
    expect(journal.reconcile(0, 1)).toMatchObject({ acked: [{ number: 1 }] });
    expect(journal.take(0)?.number).toBe(2);
  });

  it('numbers new frames behind a stream that has more than a power cut left in the journal', () => {
    const directory = freshDirectory();
    const journal = openJournal(directory);
    add(journal, 0, 'published in frame 1, of which the journal lost the end');
    journal.flush();
    const copy = killedCopy(directory);
    const again = openJournal(copy);
    add(again, 0, 'new');
    again.cut(0, 'frame');
    again.flush();
    add(again, 0, 'newer');
    again.flush();
    expect(again.reconcile(0, 3)).toMatchObject({ rebasedBy: 2, acked: [{ number: 1 }] });
    const third = openJournal(killedCopy(copy));
    again.cut(0, 'frame');
    again.flush();
    const frames = drain(again).map(({ id, text }) => [id, /"raw":"(\w+)"/.exec(text)![1]]);
    expect(frames).toEqual([
      [`${journal.name}-0-4`, 'new'],
      [`${journal.name}-0-5`, 'newer'],
    ]);
    third.reconcile(0, 3);
    expect(drain(third).map(({ id }) => id)).toEqual([`${journal.name}-0-4`, `${journal.name}-0-5`]);
  });

  it('says how many frames the stream lost beyond what is kept', () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, { retainMs: 0, segmentBytes: 1 });
    for (let i = 0; i < 4; i++) {
      add(journal, 0, `f${i}`);
      journal.cut(0, 'frame');
      journal.flush();
      drain(journal);
    }
    expect(journal.trim()).toBeGreaterThan(0);
    expect(journal.reconcile(0, 1)).toMatchObject({ missing: 2, revived: [{ number: 4 }] });
  });
});

describe('bounds', () => {
  it('trims segments once their frames have been stored for the time of grace, and goes on after a restart', async () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, { segmentBytes: 1, retainMs: 1000 });
    for (let i = 0; i < 4; i++) {
      add(journal, 0, `f${i}`);
      journal.cut(0, 'frame');
      journal.flush();
    }
    drain(journal);
    expect(segmentFiles(directory).length).toBe(6);
    expect(journal.trim()).toBe(0);
    clock.nowMs += 1000;
    // All but the one that is appended to.
    expect(journal.trim()).toBe(5);
    expect(segmentFiles(directory).length).toBe(1);
    const { name } = journal;
    await close(journal);
    const again = openJournal(directory);
    again.reconcile(0, 4);
    add(again, 0, 'next');
    again.cut(0, 'frame');
    again.flush();
    expect(drain(again).map(({ id }) => id)).toEqual([`${name}-0-5`]);
  });

  it('does not trim what is not stored downstream, however old', () => {
    const journal = openJournal(freshDirectory(), { segmentBytes: 1, retainMs: 0 });
    for (let i = 0; i < 4; i++) {
      add(journal, 0, `f${i}`);
      journal.flush();
    }
    clock.nowMs += 1e9;
    journal.trim();
    journal.cut(0, 'frame');
    journal.flush();
    expect(valuesOf(drain(journal))).toEqual(['f0', 'f1', 'f2', 'f3']);
  });

  it('says when it is nearly full, and full, and when there is room again', () => {
    const pressures: string[] = [];
    const journal = openJournal(freshDirectory(), { maxBytes: 100_000, segmentBytes: 1000, retainMs: 0 });
    journal.onPressure = (pressure) => pressures.push(pressure);
    for (let i = 0; i < 110; i++) {
      add(journal, 0, 'x'.repeat(800));
      journal.flush();
    }
    journal.cut(0, 'frame');
    journal.flush();
    drain(journal);
    journal.trim();
    expect(pressures).toEqual(['high', 'full', 'open']);
  });

  it('keeps what the disk refused, and writes it when the disk accepts again', () => {
    const directory = freshDirectory();
    const journal = openJournal(directory);
    const append = jest.spyOn(SegmentStore.prototype, 'append').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    add(journal, 0, 'a');
    expect(journal.flush()).toBe(false);
    expect([journal.pressure, journal.isWritten]).toEqual(['failed', false]);
    expect(journal.pressureDetail).toBe('the disk is full: ENOSPC: no space left on device, write');
    append.mockRestore();
    journal.cut(0, 'frame');
    expect(journal.flush()).toBe(true);
    expect([journal.pressure, journal.isWritten]).toEqual(['open', true]);
    expect(drain(journal).map(({ text }) => text)).toEqual([`{"id":"${journal.name}-0-1-0","raw":"a"}\n`]);
  });

  it('gives out what is written while the disk refuses more, so that room can come back', () => {
    const journal = openJournal(freshDirectory());
    fillFrames(journal, ['a', 'b']);
    const append = jest.spyOn(SegmentStore.prototype, 'append').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    fillFrames(journal, ['c']);
    expect(journal.waiting(0)).toBe(3);
    expect(valuesOf(drain(journal))).toEqual(['a', 'b']);
    append.mockRestore();
    journal.flush();
    expect(valuesOf(drain(journal))).toEqual(['c']);
  });

  it('writes what it has in hand to a full disk too, and takes nothing more before there is a reserve again', () => {
    const directory = freshDirectory();
    const journal = openJournal(directory);
    const reserve = join(directory, 'reserve');
    expect(existsSync(reserve)).toBe(true);
    const keep = jest.spyOn(Ballast.prototype, 'keep').mockReturnValue(false);
    jest.spyOn(SegmentStore.prototype, 'append').mockImplementationOnce(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    });
    fillFrames(journal, ['a']);
    expect([journal.isWritten, journal.pressure, existsSync(reserve)]).toEqual([true, 'failed', false]);
    expect(valuesOf(drain(openJournal(killedCopy(directory))))).toEqual(['a']);
    clock.nowMs += 1e9;
    journal.trim();
    expect([journal.flush(), journal.pressure]).toEqual([true, 'failed']);
    keep.mockRestore();
    expect([journal.flush(), journal.pressure, existsSync(reserve)]).toEqual([true, 'open', true]);
  });

  it('keeps segments that a read-only disk does not let go, and goes on', () => {
    const journal = openJournal(freshDirectory(), { segmentBytes: 1, retainMs: 0 });
    fillFrames(journal, ['a', 'b']);
    drain(journal);
    const remove = jest.spyOn(SegmentStore.prototype, 'remove').mockImplementation(() => {
      throw Object.assign(new Error('EROFS: read-only file system, unlink'), { code: 'EROFS' });
    });
    const before = journal.bytes;
    expect([journal.trim(), journal.bytes]).toEqual([0, before]);
    remove.mockRestore();
    expect(journal.trim()).toBeGreaterThan(0);
  });

  it('stays failed while a sync fails, though writes succeed', async () => {
    const journal = openJournal(freshDirectory());
    const sync = jest.spyOn(SegmentStore.prototype, 'sync').mockRejectedValue(new Error('EIO: i/o error, fdatasync'));
    await journal.sync();
    fillFrames(journal, ['a']);
    expect([journal.pressure, journal.pressureDetail]).toEqual([
      'failed',
      'the disk refuses: EIO: i/o error, fdatasync',
    ]);
    sync.mockRestore();
    await journal.sync();
    expect(journal.pressure).toBe('open');
  });

  it('keeps the newest notes', () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, { maxNotes: 2 });
    for (const key of ['a', 'b', 'c']) journal.note(key, key);
    journal.flush();
    expect([journal.noted('a'), journal.noted('b'), journal.noted('c')]).toEqual([undefined, 'b', 'c']);
  });
});

describe('lock', () => {
  it('keeps a second opener out, naming the holder', () => {
    const directory = freshDirectory();
    openJournal(directory);
    expect(() => openJournal(directory)).toThrow(JournalLocked);
    expect(() => openJournal(directory)).toThrow(`process ${process.pid}`);
  });

  it('is taken from a process that is gone, from another bearer of its pid, and from garbage', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const holders = [
      JSON.stringify({ pid: gone, host: hostname(), bootId, startTicks: '1', token: 'x' }),
      JSON.stringify({ pid: process.pid, host: hostname(), bootId, startTicks: '1', token: 'x' }),
      JSON.stringify({ pid: process.pid, host: hostname(), bootId: 'another boot', startTicks: '', token: 'x' }),
      'garbage',
      '',
    ];
    for (const holder of holders) {
      const directory = freshDirectory();
      writeFileSync(join(directory, 'lock'), holder);
      const journal = openJournal(directory);
      expect(readdirSync(directory).filter((name) => name.startsWith('lock'))).toEqual(['lock']);
      await close(journal);
      expect(readdirSync(directory)).not.toContain('lock');
    }
  });
});

describe('any history', () => {
  it('publishes every record exactly once, in order, under numbers without gaps, through kills and put-back streams', async () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), count: fc.integer({ min: 1, max: 7 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('publish' as const), seen: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('put back' as const), keep: fc.nat(20) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        let directory = freshDirectory();
        let journal = openJournal(directory, { segmentBytes: 300 });
        let stream: { number: number; text: string }[] = [];
        let added = 0;
        const publish = (isSeen: boolean): void => {
          journal.flush();
          const frame = journal.take(0);
          if (!frame) return;
          expect(frame.number).toBe((stream.at(-1)?.number ?? 0) + 1);
          stream.push({ number: frame.number, text: journal.payload(frame).toString() });
          if (isSeen) journal.ack(frame);
          else journal.reconcile(0, stream.at(-1)!.number);
        };
        for (const action of steps) {
          if (action.do === 'add') {
            for (let i = 0; i < action.count; i++) add(journal, 0, `${added++}`);
            journal.flush();
          } else if (action.do === 'cut') journal.cut(0, 'tick');
          else if (action.do === 'publish') publish(action.seen);
          else if (action.do === 'kill') {
            journal.flush();
            directory = killedCopy(directory);
            await close(journal);
            journal = openJournal(directory, { segmentBytes: 300 });
            journal.reconcile(0, stream.at(-1)?.number ?? 0);
          } else {
            stream = stream.slice(0, action.keep);
            journal.reconcile(0, stream.at(-1)?.number ?? 0);
          }
        }
        journal.cut(0, 'frame');
        journal.flush();
        while (journal.take(0)) publish(true);
        const values = stream.flatMap(({ text }) =>
          [...text.matchAll(/"raw":"(\d+)"/g)].map((match) => Number(match[1])),
        );
        expect(values).toEqual(Array.from({ length: added }, (_, i) => i));
        await close(journal);
      }),
      { numRuns: 60 },
    );
  });
});
