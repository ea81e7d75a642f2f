import { describe, expect, it } from '@jest/globals';
import type { Agreement, Checkpoint } from './checkpoints.js';
import { CHECKPOINTS_KEPT, CHECKPOINT_EVERY_MS, resumeAt, withCheckpoint } from './checkpoints.js';

const at = (sequence: number) => ({ sequence, frameId: `f${sequence}` });
const check = (list: [number, Agreement][]) =>
  resumeAt(list.map(([sequence, agreement]) => ({ position: at(sequence), agreement })));

describe('resumeAt', () => {
  it('stays where everything agrees', () => {
    expect(check([])).toBeNull();
    expect(
      check([
        [5, 'agrees'],
        [1, 'trimmed'],
      ]),
    ).toBeNull();
  });

  it('goes to the last one before the first that disagrees', () => {
    expect(
      check([
        [30, 'disagrees'],
        [10, 'agrees'],
        [20, 'agrees'],
      ]),
    ).toEqual(at(20));
  });

  it('does not trust what agrees again beyond: sequences were used a second time', () => {
    expect(
      check([
        [10, 'agrees'],
        [20, 'disagrees'],
        [30, 'agrees'],
      ]),
    ).toEqual(at(10));
  });

  it('goes to the start where nothing agrees', () => {
    expect(
      check([
        [10, 'disagrees'],
        [20, 'disagrees'],
      ]),
    ).toEqual({ sequence: 0, frameId: '' });
  });

  it('does not go to another name of the sequence that disagrees', () => {
    expect(
      check([
        [10, 'agrees'],
        [20, 'agrees'],
        [20, 'disagrees'],
      ]),
    ).toEqual(at(10));
  });
});

describe('withCheckpoint', () => {
  it('adds one every few seconds and forgets the oldest', () => {
    let ring: readonly Checkpoint[] = [];
    for (let i = 0; i < 300; i++) ring = withCheckpoint(ring, at(i), i * CHECKPOINT_EVERY_MS);
    expect(ring).toHaveLength(CHECKPOINTS_KEPT);
    expect(ring.at(-1)?.sequence).toBe(299);
    expect(withCheckpoint(ring, at(300), 299 * CHECKPOINT_EVERY_MS + 1)).toBe(ring);
  });

  it('adds one when the clock went back', () => {
    const ring = withCheckpoint([], at(1), 100_000);
    expect(withCheckpoint(ring, at(2), 50_000)).toHaveLength(2);
  });
});
