import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RecencyMap } from './recency-map.js';
import { Timers } from './timers.js';
import type { Timer } from './timers.js';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');

describe('timers', () => {
  it('come out by due time, then rule, then key, in whatever order they went in', () => {
    const timer = fc.record({ dueMs: fc.integer({ min: 0, max: 20 }), ruleId: key, key });
    fc.assert(
      fc.property(fc.array(timer), (given) => {
        const timers = new Timers();
        for (const one of given) timers.push(one);
        const rank = ({ dueMs, ruleId, key: group }: Timer): string =>
          `${String(dueMs).padStart(4, '0')}/${ruleId}/${group}`;
        const popped = given.map(() => timers.pop()!);
        expect(popped.map(rank)).toEqual(given.map(rank).sort());
        expect([timers.pop(), timers.nextDueMs]).toEqual([undefined, Number.POSITIVE_INFINITY]);
      }),
    );
  });
});

describe('the map in the order of use', () => {
  it('does what a plain map does that is deleted from before each set', () => {
    const step = fc.record({ key, value: fc.integer(), isDelete: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const plain = new Map<string, number>();
        const map = new RecencyMap<number>();
        for (const { key: name, value, isDelete } of steps) {
          plain.delete(name);
          if (isDelete) map.delete(name);
          else {
            plain.set(name, value);
            map.set(name, value);
          }
          expect([...map]).toEqual([...plain]);
          expect([map.size, map.get(name), map.oldest?.key]).toEqual([
            plain.size,
            plain.get(name),
            [...plain.keys()][0],
          ]);
        }
      }),
    );
  });
});
