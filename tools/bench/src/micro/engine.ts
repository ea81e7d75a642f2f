/** The agents' fold over EVENTS frames, in process, one core, with the rules that this build ships. */
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rule } from '@opmas/agents/domain';
import { createScanner, loadRules } from '@opmas/agents/domain';
import { rawFrames } from '../frames.js';
import type { WorkloadLine } from '../workload.js';
import { eventFrames } from './parser.js';
import type { MicroResult } from './stopwatch.js';
import { measure } from './stopwatch.js';

const RULES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..', 'services', 'agents', 'rules');

async function shippedRules(): Promise<Rule[]> {
  const entries = await readdir(RULES, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.name === 'rule.yaml')
    .map((entry) => join(entry.parentPath, entry.name));
  const { rules, errors } = loadRules(
    await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') }))),
  );
  if (errors.length > 0) throw new Error(`faulty rules: ${errors.map((fault) => fault.message).join('; ')}`);
  return rules;
}

export async function benchEngine(lines: readonly WorkloadLine[]): Promise<MicroResult[]> {
  const rules = await shippedRules();
  const frames = eventFrames(rawFrames(lines));
  let opened = 0;
  const pass = (): void => {
    const scanner = createScanner(rules);
    opened = 0;
    for (const { meta, lines: events } of frames) {
      for (const event of events) {
        for (const fact of scanner.feed(event, meta.clockMs)) if (fact.type === 'opmas.finding.opened') opened++;
      }
    }
  };
  const result = await measure(`engine: events through ${rules.length} rules`, lines.length, pass);
  return [{ ...result, note: `${opened} findings` }];
}
