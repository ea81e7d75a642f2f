import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DatagramBatch } from './datagram-queue.js';
import { BATCH_BYTES, DatagramQueue } from './datagram-queue.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Sender and content of each datagram of a batch. */
function contents({ bytes, heads, count, senders }: DatagramBatch): [string, string][] {
  let start = 0;
  return Array.from({ length: count }, (_, at) => {
    const end = heads[2 * at + 1]!;
    const datagram = text(bytes.subarray(start, end));
    start = end;
    return [senders[heads[2 * at]!]!, datagram];
  });
}

function drain(queue: DatagramQueue): [string, string][] {
  const all: [string, string][] = [];
  for (let batch = queue.next(); batch; batch = queue.next()) {
    all.push(...contents(batch));
    queue.release(batch);
  }
  return all;
}

describe('a queue of datagrams', () => {
  it('hands out what came, of whom and in its order, however it is emptied meanwhile', () => {
    const datagram = fc.tuple(
      fc.constantFrom('192.0.2.1 514', '192.0.2.2 40000', '2001:db8::1 514'),
      fc.uint8Array({ maxLength: 300 }),
    );
    const step = fc.oneof({ weight: 9, arbitrary: datagram }, { weight: 1, arbitrary: fc.constant(null) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new DatagramQueue(8 * BATCH_BYTES);
        const given: [string, string][] = [];
        const taken: [string, string][] = [];
        for (const one of steps) {
          if (one === null) taken.push(...drain(queue));
          else {
            queue.push(...one);
            given.push([one[0], text(one[1])]);
          }
        }
        expect([...taken, ...drain(queue)]).toEqual(given);
        expect(queue.takeShed().size).toBe(0);
      }),
    );
  });

  it('holds the largest datagrams, and empty ones', () => {
    const queue = new DatagramQueue(8 * BATCH_BYTES);
    for (let i = 0; i < 9; i++) queue.push('a', new Uint8Array(65_507).fill(i));
    queue.push('a', new Uint8Array(0));
    expect(drain(queue).map(([, bytes]) => bytes.length)).toEqual([...Array.from({ length: 9 }, () => 65_507), 0]);
  });

  it('loses the oldest first when it is full, and says how many of whom', () => {
    const queue = new DatagramQueue(4 * BATCH_BYTES);
    const datagram = (i: number): Uint8Array => Buffer.from(String(i).padEnd(1000));
    const inHand = (): DatagramBatch => queue.next()!;
    for (let i = 0; i < 300; i++) queue.push('first', datagram(i));
    const held = inHand();
    for (let i = 300; i < 3000; i++) queue.push(i % 3 === 0 ? 'b' : 'c', datagram(i));
    const kept = [...contents(held), ...drain(queue)];
    const shed = queue.takeShed();
    expect(kept.length + [...shed.values()].reduce((sum, lost) => sum + lost, 0)).toBe(3000);
    const numbers = kept.map(([, bytes]) => Number(bytes));
    // What was in hand already, then a gap, then the newest.
    const gap = numbers.findIndex((number, at) => at > 0 && number !== numbers[at - 1]! + 1);
    expect(numbers[0]).toBe(0);
    expect(numbers.slice(gap)).toEqual(Array.from({ length: numbers.length - gap }, (_, i) => numbers[gap]! + i));
    expect(numbers.at(-1)).toBe(2999);
    const lostOf = (name: string): number => shed.get(name) ?? 0;
    expect(lostOf('b') + lostOf('c')).toBeGreaterThan(1000);
    expect(lostOf('c')).toBeGreaterThan(lostOf('b'));
    expect(queue.takeShed().size).toBe(0);
  });
});
