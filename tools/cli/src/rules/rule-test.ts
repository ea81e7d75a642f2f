/** The test that a rule brings along: sample.log beside it, parsed and scanned, held against expected.yaml. */
import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { SampleEvent } from '@opmas/agents/domain';
import { checkSample, formatFault, readExpectation } from '@opmas/agents/domain';
import { reasonOf } from '../exit.js';
import { EventReader } from '../input/events.js';
import { referenceMicrosOf } from '../options.js';
import type { RuleFolder } from './rule-folders.js';

export interface RuleTestResult {
  rule: string;
  file: string;
  passed: boolean;
  /** Findings that the sample must bring about, and places where it comes close and must not. */
  findings: number;
  nearMisses: number;
  failures: string[];
}

/** Never throws: a sample that is missing or faulty is a failure of its rule. */
export async function testRule({ rule, folder, file }: RuleFolder): Promise<RuleTestResult> {
  const result = { rule: rule.id, file, passed: false, findings: 0, nearMisses: 0 };
  try {
    const expectedFile = relative(process.cwd(), join(folder, 'expected.yaml'));
    const read = readExpectation(await readFile(join(folder, 'expected.yaml'), 'utf8'), expectedFile);
    if (!read.ok) return { ...result, failures: read.faults.map(formatFault) };
    const verdict = checkSample(rule, read.expectation, await sampleEvents(join(folder, 'sample.log')));
    return { ...result, ...verdict, passed: verdict.failures.length === 0 };
  } catch (error) {
    const path = (error as NodeJS.ErrnoException).path;
    return {
      ...result,
      failures: [path === undefined ? reasonOf(error) : `${relative(process.cwd(), path)}: ${reasonOf(error)}`],
    };
  }
}

/** The events of a sample, with the numbers of their lines; empty lines count but say nothing. */
async function sampleEvents(path: string): Promise<SampleEvent[]> {
  const reader = new EventReader({ timeZone: null, referenceMicros: await referenceMicrosOf(path) });
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((text, index) => {
    if (text.trim() === '') return [];
    const { json, receivedAtMicros } = reader.read(Buffer.from(text));
    return [{ line: index + 1, event: json, clockMs: Math.floor(receivedAtMicros / 1000) }];
  });
}
