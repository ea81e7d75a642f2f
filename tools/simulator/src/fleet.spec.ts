import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FleetOptions, SimulatedLine } from './fleet.js';
import { createFleet } from './fleet.js';
import { SCENARIO_NAMES } from './scenarios/registry.js';

const START = Date.UTC(2026, 10, 23, 20, 0, 0) * 1000;
const OPTIONS: FleetOptions = { devices: 12, seed: 'spec', scenario: 'mixed', rate: 500, startMicros: START };

function take(count: number, options: Partial<FleetOptions> = {}): SimulatedLine[] {
  const lines: SimulatedLine[] = [];
  for (const line of createFleet({ ...OPTIONS, ...options })) {
    if (lines.push(line) === count) break;
  }
  return lines;
}

function sha256(lines: SimulatedLine[]): string {
  return createHash('sha256')
    .update(lines.map((line) => line.line).join('\n'))
    .digest('hex');
}

describe('a fleet', () => {
  it('says the same bytes for the same seed, on every machine', () => {
    expect(sha256(take(20_000))).toBe('f64f894a41ce8136d584ed2b79c6c5baa4ffdf14322cf84503832421ac54b2c0');
    expect(sha256(take(20_000))).toBe(sha256(take(20_000)));
    expect(sha256(take(20_000, { seed: 'other' }))).not.toBe(sha256(take(20_000)));
  });

  it('begins anew with each iteration', () => {
    const fleet = createFleet(OPTIONS);
    expect(fleet[Symbol.iterator]().next().value).toEqual(fleet[Symbol.iterator]().next().value);
  });

  it('speaks the layout of logread, within its 1151 bytes', () => {
    const layout =
      /^<\d{1,3}>(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ 1-3]\d \d\d:\d\d:\d\d (gw|ap)-[a-z]+-\d\d ([a-z0-9-]+(\[\d+\])?)?: \S/;
    for (const { line } of take(20_000)) {
      expect(line).toMatch(layout);
      expect(line.length).toBeLessThan(1152);
      expect(line).not.toContain('\n');
    }
  });

  it('keeps the order of time and the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.constantFrom(...SCENARIO_NAMES),
        fc.string(),
        (devices, rate, scenario, seed) => {
          const lines = take(1500, { devices, rate, scenario, seed });
          lines.reduce((before, line) => {
            expect(line.atMicros).toBeGreaterThanOrEqual(before);
            return line.atMicros;
          }, START);
        },
      ),
      { numRuns: 40 },
    );
    const quiet = take(30_000, { scenario: 'quiet', rate: 1000 });
    const seconds = ((quiet.at(-1)?.atMicros ?? START) - START) / 1e6;
    expect(seconds).toBeGreaterThan(27);
    expect(seconds).toBeLessThan(33);
  });

  it('gives every router a name of its own, and every line to its router', () => {
    const fleet = createFleet({ ...OPTIONS, devices: 300 });
    expect(new Set(fleet.hostnames).size).toBe(300);
    for (const line of take(2000)) expect(line.line).toContain(` ${line.hostname} `);
  });

  it('writes each token once, after its line, at the rate asked for', () => {
    const lines = take(6000, { tokenEvery: 2 });
    const tokens = lines.filter((line) => line.token !== null);
    expect(tokens.length).toBe(2000);
    expect(tokens.map((line) => line.token)).toEqual(tokens.map((_, index) => `spec-${index}`));
    for (const { line, token } of tokens) expect(line).toContain(`opmas-sim: token=${token}`);
  });

  it('refuses options that make no fleet', () => {
    expect(() => createFleet({ ...OPTIONS, devices: 0 })).toThrow('devices');
    expect(() => createFleet({ ...OPTIONS, rate: 0 })).toThrow('rate');
    expect(() => createFleet({ ...OPTIONS, tokenEvery: -1 })).toThrow('tokenEvery');
  });

  it('generates 300,000 lines a second on an idle core, and never crawls on a busy one', () => {
    const startedAt = process.hrtime.bigint();
    take(60_000, { devices: 50, rate: 20_000 });
    const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
    expect(60_000 / seconds).toBeGreaterThan(30_000);
  });
});
