/** What the benchmarks chew on: the simulated fleet's everyday mix with every scenario in it. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createFleet } from '@opmas/simulator';
import type { Fleet } from '@opmas/simulator';

export interface Workload {
  lines: number;
  devices: number;
  seed: string;
}

/** The fleet talks at this rate in its own time, whatever the speed at which its lines are sent. */
const FLEET_RATE = 2000;

export function fleetOf({ devices, seed }: Workload, startMicros: number): Fleet {
  return createFleet({ devices, seed, scenario: 'mixed', rate: FLEET_RATE, startMicros });
}

export interface WorkloadLine {
  line: string;
  hostname: string;
  atMicros: number;
}

export function linesOf(workload: Workload, startMicros: number): WorkloadLine[] {
  const lines: WorkloadLine[] = [];
  for (const { line, hostname, atMicros } of fleetOf(workload, startMicros)) {
    if (lines.push({ line, hostname, atMicros }) === workload.lines) break;
  }
  return lines;
}

/** Writes the lines into a file; answers its size in bytes. */
export async function writeLines(workload: Workload, startMicros: number, path: string): Promise<number> {
  const stream = createWriteStream(path);
  let bytes = 0;
  let text = '';
  let said = 0;
  for (const { line } of fleetOf(workload, startMicros)) {
    text += `${line}\n`;
    const isLast = ++said === workload.lines;
    if (text.length < 1024 * 1024 && !isLast) continue;
    bytes += text.length;
    if (!stream.write(text)) await once(stream, 'drain');
    text = '';
    if (isLast) break;
  }
  stream.end();
  await once(stream, 'finish');
  return bytes;
}
