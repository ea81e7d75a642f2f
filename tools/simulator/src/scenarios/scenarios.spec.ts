import { describe, expect, it } from '@jest/globals';
import type { SimulatedLine } from '../fleet.js';
import { createFleet } from '../fleet.js';
import type { ScenarioName } from './registry.js';

const START = Date.UTC(2026, 10, 23, 20, 0, 0) * 1000;

/** The lines of a fleet's first `seconds`. */
function during(seconds: number, scenario: ScenarioName): SimulatedLine[] {
  const lines: SimulatedLine[] = [];
  for (const line of createFleet({ devices: 20, seed: '4', scenario, rate: 200, startMicros: START })) {
    if (line.atMicros > START + seconds * 1e6) break;
    lines.push(line);
  }
  return lines;
}

function matching(lines: SimulatedLine[], pattern: RegExp): RegExpMatchArray[] {
  return lines.map((line) => pattern.exec(line.line)).filter((match) => match !== null);
}

describe('scenarios', () => {
  it('brute-force: one address, 40 bad passwords within a minute', () => {
    const failures = matching(during(60, 'brute-force'), /Bad password attempt for '\w+' from ([\d.]+):/);
    const counts = new Map<string, number>();
    for (const [, address = ''] of failures) counts.set(address, (counts.get(address) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBe(40);
  });

  it('port-scan: one source, 80 ports of one router', () => {
    const knocks = matching(during(60, 'port-scan'), /SRC=([\d.]+) .* DPT=(\d+)/);
    const ports = new Map<string, Set<string>>();
    for (const [, source = '', port = ''] of knocks) ports.set(source, (ports.get(source) ?? new Set()).add(port));
    expect([...ports.values()].map((set) => set.size).sort((a, b) => b - a)[0]).toBe(80);
  });

  it('wifi-auth-failures: one station, 25 mismatches', () => {
    const counts = new Map<string, number>();
    for (const [, mac = ''] of matching(during(90, 'wifi-auth-failures'), /PSK-MISMATCH (\S+)/)) {
      counts.set(mac, (counts.get(mac) ?? 0) + 1);
    }
    expect(Math.max(...counts.values())).toBe(25);
  });

  it('wan-flap: down and up, 8 times', () => {
    const lines = during(90, 'wan-flap');
    const downs = new Map<string, number>();
    for (const [, host = ''] of matching(lines, /(\S+) netifd: Interface 'wan' is now down/)) {
      downs.set(host, (downs.get(host) ?? 0) + 1);
    }
    expect(Math.max(...downs.values())).toBe(8);
  });

  it('deauth-flood and oom say what they are', () => {
    expect(matching(during(30, 'deauth-flood'), /IEEE 802.11: deauthenticated$/).length).toBeGreaterThanOrEqual(100);
    expect(matching(during(30, 'oom'), /Out of memory: Killed process \d+ \((\w+)\)/).length).toBe(2);
  });

  it('quiet stays quiet, however fast it talks', () => {
    const lines: SimulatedLine[] = [];
    for (const line of createFleet({ devices: 3, seed: '9', scenario: 'quiet', rate: 10_000, startMicros: START })) {
      if (lines.push(line) === 200_000) break;
    }
    expect(matching(lines, /oom-killer|deauthenticated$/)).toEqual([]);
    expect(matching(lines, /Bad password/).length).toBeLessThanOrEqual(3);
    expect(matching(lines, /PSK-MISMATCH/).length).toBeLessThanOrEqual(3);
    expect(matching(lines, /Interface 'wan' is now down/).length).toBeLessThanOrEqual(3);
  });

  it('plays again after a quarter of an hour', () => {
    expect(matching(during(950, 'oom'), /Killed process/).length).toBe(4);
  });
});
