import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '@opmas/contracts';
import { SCENARIO_NAMES, createFleet } from '@opmas/simulator';
import { EventReader } from './input/events.js';

const START = Date.UTC(2026, 10, 23, 20, 0, 0) * 1000;

describe('what the simulator says', () => {
  it.each(SCENARIO_NAMES)('%s: the parser reads each line as it is meant', (scenario) => {
    const reader = new EventReader({ timeZone: null, referenceMicros: START });
    const misread = new Map<string, string>();
    const known = new Set<string>(EVENT_TYPES);
    let said = 0;
    for (const { line, intent, hostname, atMicros } of createFleet({
      devices: 40,
      seed: scenario,
      scenario,
      rate: 100,
      startMicros: START,
    })) {
      if (said++ === 6_000) break;
      const event = JSON.parse(reader.read(Buffer.from(line)).json) as {
        type: string;
        hostname: string;
        timestamp: string;
      };
      expect(event.hostname).toBe(hostname);
      expect(Date.parse(event.timestamp)).toBe(Math.floor(atMicros / 1e6) * 1000);
      if (intent === null) continue;
      expect(known).toContain(intent);
      if (event.type !== intent) misread.set(`${intent} read as ${event.type}`, line);
    }
    expect([...misread]).toEqual([]);
  });
});
