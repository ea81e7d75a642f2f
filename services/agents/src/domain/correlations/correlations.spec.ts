import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ruleOf } from '../spec-support/events.js';
import { CORRELATION_TYPES } from './registry.js';
import type { CorrelationType } from './registry.js';
import type { WindowEntry } from './window.js';

const SPAN = 10;
const THRESHOLD = 3;

const correlationOf = (type: CorrelationType) =>
  ruleOf({
    correlation: `{type: ${type}, timespan: ${SPAN}s, tolerance: 30d, condition: {gte: ${THRESHOLD}${type === 'value_count' ? ', field: userName' : ''}}}`,
    title: 'a title',
  }).correlation;

interface Arrival {
  second: number;
  value: string;
}

const arrivals = fc.array(
  fc.record({ second: fc.integer({ min: 0, max: 60 }), value: fc.constantFrom('a', 'b', 'c', 'd') }),
  { maxLength: 40 },
);

/** What the words say, without any cleverness: is there a `t` whose window holds the new event and reaches the threshold? */
function naive(type: CorrelationType, before: readonly Arrival[], added: Arrival): boolean {
  const all = [...before, added];
  return all.some(({ second: t }) => {
    const inside = all.filter(({ second }) => second > t - SPAN && second <= t);
    const value = type === 'event_count' ? inside.length : new Set(inside.map((one) => one.value)).size;
    return inside.includes(added) && value >= THRESHOLD;
  });
}

describe.each(CORRELATION_TYPES)('%s', (type) => {
  const correlation = correlationOf(type);
  const entryOf = ({ second, value }: Arrival): WindowEntry => ({
    receivedAt: second * 1e6,
    arrivedMs: 60_000,
    value: type === 'event_count' ? '' : value,
    line: '{}',
    weight: 1,
  });

  it('holds exactly when some window says so, in whatever order records come', () => {
    fc.assert(
      fc.property(arrivals, (given) => {
        const window = correlation.create();
        given.every((arrival, index) => {
          const reached = window.add(entryOf(arrival), 60_000);
          expect(reached !== null).toBe(naive(type, given.slice(0, index), arrival));
          return reached === null;
        });
      }),
    );
  });

  it('is the same group after it was written down and made anew', () => {
    fc.assert(
      fc.property(arrivals, (given) => {
        const lasting = correlation.create();
        let remade = correlation.create();
        given.every((arrival) => {
          const reached = lasting.add(entryOf(arrival), 60_000);
          expect(remade.add(entryOf(arrival), 60_000)).toEqual(reached);
          remade = correlation.create(remade.entries);
          expect([remade.cost, remade.emptyAtMs]).toEqual([lasting.cost, lasting.emptyAtMs]);
          return reached === null;
        });
      }),
    );
  });
});
