import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HEADERS } from '@opmas/contracts';
import { FencedOut, Journal, createLog, createMetrics } from '@opmas/platform';
import type { StoredMessage } from '@opmas/platform';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Signals } from '../signals.js';
import { FramePublisher } from './frame-publisher.js';
import type { PublishRoom, WrittenSubject } from './frame-publisher.js';

/** A subject in memory that fences like the real one; `fault` is thrown by the next publish, before or after storing. */
class MemorySubject implements WrittenSubject {
  stored: { number: number; kind: string; text: string }[] = [];
  fault: { error: Error; isStored: boolean } | null = null;
  last: StoredMessage | null = null;
  inFlight = 0;
  #seen = 0;

  reload(): Promise<StoredMessage | null> {
    this.#seen = this.stored.length;
    const number = this.stored.at(-1)?.number;
    const header = (name: string): string => (name === HEADERS.number && number !== undefined ? String(number) : '');
    this.last =
      number === undefined ? null : { sequence: this.#seen, subject: '', header, data: new Uint8Array(), timeMs: 0 };
    return Promise.resolve(this.last);
  }

  async publish(_id: string, headers: Record<string, string>, data: Uint8Array): Promise<number> {
    expect(++this.inFlight).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    this.inFlight--;
    const { fault } = this;
    this.fault = null;
    if (fault && !fault.isStored) throw fault.error;
    if (this.#seen !== this.stored.length) throw new FencedOut('test');
    this.stored.push({
      number: Number(headers[HEADERS.number]),
      kind: headers[HEADERS.kind]!,
      text: Buffer.from(data).toString(),
    });
    if (fault) throw fault.error;
    this.#seen = this.stored.length;
    return this.#seen;
  }
}

let directory: string;
let journal: Journal;
let subject: MemorySubject;
let publisher: FramePublisher;
let room: { -readonly [Member in keyof PublishRoom]: PublishRoom[Member] };
let reconnected: () => void = () => undefined;
let lastReceivedMs: number | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'publisher-'));
  journal = Journal.open({
    directory,
    shardCount: 1,
    maxBytes: 1e8,
    segmentBytes: 1e6,
    syncIntervalMs: 1e6,
    retainMs: 180_000,
    maxFrameRecords: 10,
    maxFrameBytes: 1e5,
    tag: () => 5,
    nowMs: () => performance.now(),
  });
  subject = new MemorySubject();
  lastReceivedMs = null;
  room = { isOpen: true, onOpen: () => undefined, look: () => undefined, begin: () => undefined, end: () => undefined };
  publisher = new FramePublisher({
    journal,
    room,
    shardCount: 1,
    openSubject: async () => {
      await subject.reload();
      return subject;
    },
    subjectName: () => 'raw.0',
    onReconnect: (listener) => {
      reconnected = listener;
      return () => undefined;
    },
    isDown: () => false,
    build: 'test',
    frameMs: 5,
    nowMs: () => performance.now(),
    lastReceivedMs: () => lastReceivedMs,
    signals: new Signals(createMetrics('test'), createLog('test', 'fatal')),
  });
});

afterEach(async () => {
  await publisher.stop(1000);
  await journal.close();
  rmSync(directory, { recursive: true, force: true });
});

let added = 0;
function addLines(count: number): { from: number; ordinal: number } {
  const from = added;
  let ordinal = 0;
  for (let i = 0; i < count; i++) {
    const text = `"raw":"${added++}"}\n`;
    ordinal = journal.add(0, text, text.length, 1);
  }
  journal.flush();
  return { from, ordinal };
}

const values = (): number[] =>
  subject.stored.flatMap(({ text }) => [...text.matchAll(/"raw":"(\d+)"/g)].map((match) => Number(match[1])));
const numbers = (): number[] => subject.stored.map(({ number }) => number);
const upTo = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);
const counted = (count: number): number[] => upTo(1, count);

describe('the publisher', () => {
  it('publishes all lines once, in order, frames numbered from 1, one in flight', async () => {
    publisher.start();
    publisher.release();
    const { from, ordinal } = addLines(95);
    expect(await publisher.whenStored(0, ordinal, 2000)).toBe(true);
    expect(values()).toEqual(upTo(from, 95));
    expect(numbers()).toEqual(counted(subject.stored.length));
  });

  it('lets nothing out before it is released', async () => {
    publisher.start();
    const { ordinal } = addLines(3);
    expect(await publisher.whenStored(0, ordinal, 60)).toBe(false);
    expect(subject.stored).toEqual([]);
    publisher.release();
    expect(await publisher.whenStored(0, ordinal, 2000)).toBe(true);
  });

  it('keeps frames and ticks back while the stream has no room', async () => {
    let underWay = 0;
    room.begin = (bytes) => (underWay += bytes);
    room.end = (bytes) => (underWay -= bytes);
    room.isOpen = false;
    lastReceivedMs = performance.now() - 5000;
    publisher.start();
    publisher.release();
    const { from, ordinal } = addLines(30);
    expect(await publisher.whenStored(0, ordinal, 60)).toBe(false);
    expect(subject.stored).toEqual([]);
    room.isOpen = true;
    room.onOpen();
    expect(await publisher.whenStored(0, ordinal, 2000)).toBe(true);
    expect([values(), underWay]).toEqual([upTo(from, 30), 0]);
  });

  it.each([
    ['that was not stored', false],
    ['that was stored after all', true],
  ])('repeats nothing and loses nothing after a publish without acknowledgement %s', async (_what, isStored) => {
    publisher.start();
    publisher.release();
    subject.fault = { error: new Error('timeout'), isStored };
    const { from, ordinal } = addLines(25);
    expect(await publisher.whenStored(0, ordinal, 3000)).toBe(true);
    expect(values()).toEqual(upTo(from, 25));
  });

  it('reads the subject again after a reconnect, and publishes what a stream put back has lost', async () => {
    publisher.start();
    publisher.release();
    const { from, ordinal } = addLines(50);
    await publisher.whenStored(0, ordinal, 2000);
    const whole = [...subject.stored];
    subject.stored.length = 2;
    reconnected();
    while (subject.stored.length < whole.length) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(subject.stored.slice(0, whole.length)).toEqual(whole);
    expect(values()).toEqual(upTo(from, 50));
  });

  it('ticks while nothing is received, numbered with the frames', async () => {
    lastReceivedMs = performance.now();
    publisher.start();
    publisher.release();
    while (subject.stored.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    const { ordinal } = addLines(1);
    await publisher.whenStored(0, ordinal, 2000);
    expect(subject.stored.map(({ kind }) => kind)).toEqual(['tick', 'tick', 'frame']);
    expect(numbers()).toEqual([1, 2, 3]);
  });
});
