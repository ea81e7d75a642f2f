import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from './snapshot-store.js';
import { keptSnapshots } from './snapshot-store.js';

const HOUR_MS = 3600 * 1000;

function snapshot(clockMs: number): Snapshot {
  const position = { sequence: clockMs, frameId: 'f' };
  return {
    id: String(clockMs),
    version: '1',
    position,
    progress: {},
    outputs: {},
    configSequence: 0,
    clockMs,
    chunks: 1,
    digest: '',
  };
}

describe('keptSnapshots', () => {
  it('keeps the newest ones, then one every six hours, for a week', () => {
    let kept: Snapshot[] = [];
    for (let clockMs = 0; clockMs <= 14 * 24 * HOUR_MS; clockMs += HOUR_MS / 2) {
      kept = keptSnapshots([snapshot(clockMs), ...kept], clockMs);
    }
    const now = 14 * 24 * HOUR_MS;
    const ages = kept.map(({ clockMs }) => (now - clockMs) / HOUR_MS);
    expect(ages.slice(0, 8)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5]);
    const spaced = ages.slice(8);
    expect(spaced.length).toBeGreaterThan(20);
    expect(Math.max(...spaced)).toBeLessThanOrEqual(7 * 24);
    for (let i = 1; i < spaced.length; i++) expect(spaced[i]! - spaced[i - 1]!).toBeGreaterThanOrEqual(5.5);
  });
});
