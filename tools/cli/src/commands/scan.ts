/** `opmas scan`: lines in, findings out, the whole pipeline in one process. */
import type { FindingFact } from '@opmas/contracts';
import { createScanner } from '@opmas/agents/domain';
import type { Command } from 'commander';
import { EXIT } from '../exit.js';
import { openLines, parseFormat } from '../input/source.js';
import { Findings } from '../rules/findings.js';
import { DEFAULT_RULES, loadRuleFolders } from '../rules/rule-folders.js';
import { durationMs } from '../options.js';
import { Output } from '../terminal/output.js';
import { Progress } from '../terminal/progress.js';
import type { ReadOptions } from './parse.js';
import { addReadOptions, eventReader } from './parse.js';

interface ScanOptions extends ReadOptions {
  rules: string;
  facts?: boolean;
  settle?: string;
}

export function addScan(program: Command, setExitCode: (code: number) => void): void {
  addReadOptions(program.command('scan'))
    .description("Find what the rules find in log lines (NDJSON). The clock is the lines' own time. Needs no server.")
    .argument('[file]', 'file of log lines; - or nothing: standard input')
    .option('--rules <dir>', 'folder of rules', DEFAULT_RULES)
    .option('--facts', 'write each fact (opened, recurred, cleared) as it comes about, not the findings at the end')
    .option('--settle <duration>', 'let this much time pass after the last line, so that what has ended is cleared')
    .addHelpText(
      'after',
      `
Exit code: 0 nothing found, 1 something found.

Examples:
  opmas scan router.log
  opmas scan fleet.log --settle 2h | jq '{ruleId, status, count}'
  tail -F router.log | opmas scan --facts`,
    )
    .action(async (file: string | undefined, options: ScanOptions) => {
      const found = await scan(file, options);
      setExitCode(found === 0 ? EXIT.ok : EXIT.failedChecks);
    });
}

async function scan(file: string | undefined, options: ScanOptions): Promise<number> {
  const { rules } = await loadRuleFolders(options.rules);
  const settleMs = options.settle === undefined ? 0 : durationMs('--settle', options.settle);
  const reader = await eventReader(file, options);
  const source = await openLines(file, parseFormat(options.format));
  const scanner = createScanner(rules);
  const output = new Output();
  const progress = new Progress('scanning');
  const findings = new Findings();
  async function report(facts: FindingFact[]): Promise<void> {
    for (const fact of facts) {
      findings.apply(fact);
      if (options.facts === true) await output.write(`${JSON.stringify(fact)}\n`);
    }
    if (options.facts === true && facts.length > 0) await output.flush();
  }
  let clockMs = 0;
  for await (const lines of source.batches()) {
    for (const line of lines) {
      const { json, receivedAtMicros } = reader.read(line);
      clockMs = Math.floor(receivedAtMicros / 1000);
      const facts = scanner.feed(json, clockMs);
      if (facts.length > 0) await report(facts);
    }
    progress.show(source.readBytes(), source.totalBytes, reader.count);
  }
  if (settleMs > 0) await report(scanner.advance(clockMs + settleMs));
  progress.end();
  if (options.facts !== true) for (const finding of findings.all()) await output.write(`${JSON.stringify(finding)}\n`);
  await output.flush();
  return findings.size;
}
