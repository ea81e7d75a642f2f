/** A full journal that makes room: what may go goes, oldest first and counted; everything else stays, once and in order. */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { rmSync } from 'node:fs';
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
import type { JournalOptions } from './options.js';
import type { ShedCounts } from './shedding.js';

// Thousands of journals are opened: slow where the machine is.
jest.setTimeout(60_000);

afterEach(removeJournals);

/** Records that begin with `u` may go, in the name of the letter behind it. */
function expendable(text: Buffer, from: number, to: number): string | null {
  const value = text.toString('latin1', from + 7, to);
  return value.startsWith('u') ? value.charAt(1) : null;
}

/** Segments of about ten records. */
const SMALL: Partial<JournalOptions> = { maxBytes: 16_000, segmentBytes: 1000 };

function fill(journal: Journal, values: readonly string[]): void {
  for (const value of values) {
    add(journal, 0, value.padEnd(60));
    journal.flush();
  }
}

const trimmed = (journal: Journal, shard = 0): string[] => valuesOf(drain(journal, shard)).map((value) => value.trim());

/** Makes room once; answers what went, by name. */
function shed(journal: Journal): Record<string, number> {
  let lost: ShedCounts = new Map();
  const count = journal.makeRoom(expendable, (counts) => (lost = counts));
  expect([...lost.values()].reduce((sum, one) => sum + one, 0)).toBe(count);
  return Object.fromEntries(lost);
}

describe('making room', () => {
  it('gives up the oldest records that may go, counts them by name, and keeps all others in order', async () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, SMALL);
    const values = Array.from({ length: 60 }, (_, i) => (i % 5 === 0 ? `t${i}` : `u${i % 2 ? 'a' : 'b'}${i}`));
    fill(journal, values);
    const before = segmentFiles(directory).length;
    const lost = shed(journal);
    await journal.sync();
    expect(segmentFiles(directory).length).toBeLessThan(before);
    const kept = trimmed(journal);
    const gone = values.filter((value) => !kept.includes(value));
    expect(lost).toEqual({
      a: gone.filter((value) => value.startsWith('ua')).length,
      b: gone.filter((value) => value.startsWith('ub')).length,
    });
    expect(gone.length).toBeGreaterThan(3);
    // The oldest of those that may go, and none of the others.
    expect(gone).toEqual(values.filter((value) => value.startsWith('u')).slice(0, gone.length));
    expect(kept).toEqual(values.filter((value) => !gone.includes(value)));
  });

  it('leaves no gap in the numbers: a frame that lost all of its records goes out as a tick', () => {
    const journal = openJournal(freshDirectory(), SMALL);
    fill(
      journal,
      Array.from({ length: 40 }, (_, i) => `ua${i}`),
    );
    shed(journal);
    journal.cut(0, 'frame');
    journal.flush();
    const frames = drain(journal);
    expect(frames.map(({ id }) => Number(id.split('-')[2]))).toEqual(frames.map((_, i) => i + 1));
    expect(frames[0]).toMatchObject({ kind: 'tick', text: '' });
    expect(frames.at(-1)!.kind).toBe('frame');
  });

  it('does not touch a frame that was handed out, nor after a kill', async () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, SMALL);
    fill(
      journal,
      Array.from({ length: 80 }, (_, i) => `ua${i}`),
    );
    const seen = journal.payload(journal.take(0)!).toString();
    shed(journal);
    expect(journal.payload(journal.take(0)!).toString()).toBe(seen);
    const again = openJournal(killedCopy(directory), SMALL);
    shed(again);
    expect(again.payload(again.take(0)!).toString()).toBe(seen);
    await close(again);
  });

  it('finds nothing where nothing may go, where all is stored, and in a journal of one segment', () => {
    const full = openJournal(freshDirectory(), SMALL);
    fill(
      full,
      Array.from({ length: 60 }, (_, i) => `t${i}`),
    );
    for (let i = 0; i < 10; i++) expect(shed(full)).toEqual({});
    expect(trimmed(full).length).toBe(60 - (60 % 3));
    const stored = openJournal(freshDirectory(), SMALL);
    fill(
      stored,
      Array.from({ length: 60 }, (_, i) => `ua${i}`),
    );
    drain(stored);
    expect(shed(stored)).toEqual({});
    const small = openJournal(freshDirectory());
    fill(small, ['ua1', 'ua2']);
    expect(shed(small)).toEqual({});
  });

  it('is durable as one with the note that accounts for it, whenever the process is killed', async () => {
    const directory = freshDirectory();
    const journal = openJournal(directory, SMALL);
    const values = Array.from({ length: 60 }, (_, i) => (i % 4 === 0 ? `t${i}` : `ua${i}`));
    fill(journal, values);
    let total = 0;
    // Before the sync the old segment is still there, and what it says no longer counts.
    for (let i = 0; i < 3; i++) {
      journal.makeRoom(expendable, (lost) => {
        total += lost.get('a') ?? 0;
        journal.note('lost', String(total));
      });
      const killed = openJournal(killedCopy(directory), SMALL);
      expect(killed.recovery.lostRecords).toBe(0);
      expect(killed.noted('lost')).toBe(String(total));
      const kept = trimmed(killed);
      expect(kept.length).toBe(60 - total);
      expect(kept.filter((value) => value.startsWith('t'))).toEqual(values.filter((value) => value.startsWith('t')));
      await close(killed);
      if (i === 1) await journal.sync();
    }
    expect(total).toBeGreaterThan(10);
  });
});

describe('any history with shedding', () => {
  it('publishes or counts every record once, in order, and never says two things under one number', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('add' as const),
          kinds: fc.array(fc.nat(4), { minLength: 4, maxLength: 16 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('shed' as const) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('sync' as const) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('publish' as const), seen: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('put back' as const), keep: fc.nat(20) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const world = new World();
        for (const action of steps) {
          if (action.do === 'add') world.add(action.kinds);
          else if (action.do === 'shed') world.shed();
          else if (action.do === 'sync') await world.journal.sync();
          else if (action.do === 'publish') world.publish(action.seen);
          else if (action.do === 'kill') await world.kill();
          else world.putBack(action.keep);
        }
        world.end();
        await close(world.journal);
        rmSync(world.directory, { recursive: true });
      }),
      { numRuns: 120 },
    );
  });
});

/** A journal, the stream that it feeds, and what both must amount to. */
class World {
  directory = freshDirectory();
  journal = openJournal(this.directory, { maxBytes: 8000, segmentBytes: 500 });
  #stream: { number: number; text: string }[] = [];
  /** What was ever said under a number; a stream that was put back may have forgotten it, readers have not. */
  readonly #said = new Map<number, string>();
  #added: string[] = [];

  add(kinds: readonly number[]): void {
    for (const kind of kinds) {
      const value = `${kind > 0 ? 'ua' : 't'}${this.#added.length}`;
      add(this.journal, 0, value.padEnd(40));
      this.#added.push(value);
    }
    this.journal.flush();
  }

  shed(): void {
    this.journal.makeRoom(expendable, (lost) => {
      const before = Number(this.journal.noted('lost') ?? 0);
      this.journal.note('lost', String(before + (lost.get('a') ?? 0)));
    });
  }

  publish(isSeen: boolean): void {
    this.journal.flush();
    const frame = this.journal.take(0);
    if (!frame) return;
    const message = { number: frame.number, text: this.journal.payload(frame).toString() };
    expect(message.number).toBe((this.#stream.at(-1)?.number ?? 0) + 1);
    expect(this.#said.get(message.number) ?? message.text).toBe(message.text);
    this.#said.set(message.number, message.text);
    this.#stream.push(message);
    if (isSeen) this.journal.ack(frame);
    else this.#reconcile();
  }

  #reconcile(): void {
    expect(this.journal.reconcile(0, this.#stream.at(-1)?.number ?? 0).missing).toBe(0);
  }

  async kill(): Promise<void> {
    const copy = killedCopy(this.directory);
    await close(this.journal);
    rmSync(this.directory, { recursive: true });
    this.directory = copy;
    this.journal = openJournal(copy, { maxBytes: 8000, segmentBytes: 500 });
    expect(this.journal.recovery.lostRecords).toBe(0);
    this.#reconcile();
  }

  putBack(keep: number): void {
    this.#stream = this.#stream.slice(0, keep);
    this.#reconcile();
  }

  end(): void {
    this.journal.cut(0, 'frame');
    while (this.journal.waiting(0) > 0) this.publish(true);
    const stored = valuesOf(this.#stream).map((value) => value.trim());
    expect(stored).toEqual(this.#added.filter((value) => stored.includes(value)));
    const gone = this.#added.filter((value) => !stored.includes(value));
    expect(gone.filter((value) => value.startsWith('t'))).toEqual([]);
    expect(gone.length).toBe(Number(this.journal.noted('lost') ?? 0));
  }
}
