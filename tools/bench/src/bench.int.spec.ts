import { describe, expect, it } from '@jest/globals';
import { benchEndToEnd } from './e2e/end-to-end.js';
import { benchEngine } from './micro/engine.js';
import { benchJournal } from './micro/journal.js';
import { benchParser } from './micro/parser.js';
import { linesOf } from './workload.js';

const WORKLOAD = { lines: 3000, devices: 10, seed: 'spec' };

describe('the benchmark', () => {
  it('measures parser, engine and journal in this process', async () => {
    const lines = linesOf(WORKLOAD, Date.UTC(2026, 10, 23, 20) * 1000);
    const results = [...(await benchParser(lines)), ...(await benchEngine(lines)), ...(await benchJournal(lines))];
    expect(results.length).toBe(4);
    for (const result of results) expect(result.linesPerSecond).toBeGreaterThan(1000);
  }, 60_000);

  it('sees every line that goes in over TCP come out as a row, and its probes answered', async () => {
    const result = await benchEndToEnd({
      ...WORKLOAD,
      udpRate: 1000,
      latencyRate: 100,
      latencySeconds: 3,
      build: false,
      say: () => undefined,
    });
    const [tcp, udp] = result.throughput;
    expect(tcp).toMatchObject({ sent: 3000, rows: 3000, missing: 0, losses: { lost: {}, deadLetters: 0 } });
    expect(tcp?.hops.map((hop) => hop.lines)).toEqual([3000, 3000, 3000, 3000, 3000]);
    expect(tcp?.processes.map((use) => use.name)).toEqual(
      expect.arrayContaining(['ingestor', 'parser', 'nats', 'postgres']),
    );
    expect((udp?.rows ?? 0) + (udp?.losses.lost.kernel ?? 0)).toBe(3000);
    expect(result.latency.missing).toBe(0);
    expect(result.latency.toFindingFact.samples).toBeGreaterThan(10);
  }, 240_000);
});
