import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatPart, formatSource, rawFrameId } from '@opmas/contracts';
import type { FrameHeaders, FrameNumbers } from './frame-numbers.js';
import { placeFrame } from './frame-numbers.js';

function frame(number: number, count = 10, part?: [number, number]): FrameHeaders {
  const frameId = rawFrameId('my-ingestor', 3, number);
  return {
    frameId,
    part: part ? formatPart({ first: part[0], last: part[1], count }) : '',
    source: formatSource({ sequence: number, frameId }),
    count: part ? part[1] - part[0] + 1 : count,
  };
}

/** A RAW frame that was cut itself: the source names the unit by its first index. */
function unit(number: number, first: number, count: number): FrameHeaders {
  const frameId = rawFrameId('my-ingestor', 3, number);
  return { frameId, part: '', source: formatSource({ sequence: 1, frameId: `${frameId}#${first}` }), count };
}

describe('placeFrame', () => {
  it('passes over what it has, and counts what is missing', () => {
    const numbers: FrameNumbers = {};
    expect(placeFrame(numbers, frame(5))).toEqual({ skip: 0, lost: 0 });
    expect(placeFrame(numbers, frame(5))).toEqual({ skip: Infinity, lost: 0 });
    expect(placeFrame(numbers, frame(4))).toEqual({ skip: Infinity, lost: 0 });
    expect(placeFrame(numbers, frame(9))).toEqual({ skip: 0, lost: 3 });
    expect(numbers).toEqual({ '3/my-ingestor': [9, -1] });
  });

  it('knows units of a RAW frame that was cut', () => {
    const numbers: FrameNumbers = {};
    expect(placeFrame(numbers, unit(1, 0, 100))).toEqual({ skip: 0, lost: 0 });
    expect(placeFrame(numbers, unit(1, 100, 50))).toEqual({ skip: 0, lost: 0 });
    expect(placeFrame(numbers, unit(1, 0, 100))).toEqual({ skip: Infinity, lost: 0 });
    expect(placeFrame(numbers, unit(1, 100, 50))).toEqual({ skip: Infinity, lost: 0 });
    expect(placeFrame(numbers, frame(2))).toEqual({ skip: 0, lost: 0 });
  });

  it('takes a message of another kind whole', () => {
    const numbers: FrameNumbers = {};
    expect(placeFrame(numbers, { frameId: 'unnamed', part: '', source: '', count: 3 })).toEqual({ skip: 0, lost: 0 });
    expect(numbers).toEqual({});
  });

  it('takes every record once, however a frame is cut and cut again', () => {
    const count = 30;
    const cuts = fc
      .uniqueArray(fc.integer({ min: 1, max: count - 1 }), { maxLength: 5 })
      .map((at) => at.sort((a, b) => a - b));
    fc.assert(
      fc.property(cuts, cuts, fc.nat({ max: 5 }), (before, after, stored) => {
        const numbers: FrameNumbers = {};
        const taken: number[] = [];
        const run = (at: number[], parts: number): void => {
          const bounds = [0, ...at, count];
          for (let i = 0; i < Math.min(parts, bounds.length - 1); i++) {
            const [first, last] = [bounds[i]!, bounds[i + 1]! - 1];
            const { skip } = placeFrame(numbers, at.length === 0 ? frame(1, count) : frame(1, count, [first, last]));
            for (let index = first + Math.min(skip, last - first + 1); index <= last; index++) taken.push(index);
          }
        };
        run(before, stored);
        run(after, Infinity);
        expect(taken).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });
});
