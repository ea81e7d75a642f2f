/** `opmas rules`: what the rules are, and whether each finds what it should and nothing else. */
import type { Command } from 'commander';
import { describeCorrelation } from '@opmas/agents/domain';
import { EXIT } from '../exit.js';
import type { RuleFolder } from '../rules/rule-folders.js';
import { DEFAULT_RULES, loadRuleFolders } from '../rules/rule-folders.js';
import type { RuleTestResult } from '../rules/rule-test.js';
import { testRule } from '../rules/rule-test.js';
import { formatTable } from '../terminal/table.js';

export function addRules(program: Command, setExitCode: (code: number) => void): void {
  const rules = program.command('rules').description('The detection rules: list them, test them. Needs no server.');
  rules
    .command('list')
    .description('List the rules.')
    .argument('[dir]', 'folder of rules (default: those of this build)')
    .option('--json', 'as JSON')
    .action(async (dir: string | undefined, options: { json?: boolean }) => {
      const { folders } = await loadRuleFolders(dir ?? DEFAULT_RULES);
      process.stdout.write(options.json === true ? `${JSON.stringify(folders.map(listed))}\n` : listTable(folders));
    });
  rules
    .command('test')
    .description("Run each rule's sample.log through parser and engine and compare with its expected.yaml.")
    .argument('[dir]', 'folder of rules (default: those of this build)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Exit code: 0 every rule finds what it should and nothing else, 1 one does not, 2 a rule is faulty.

Examples:
  opmas rules test
  opmas rules test services/agents/rules/security/port-scan`,
    )
    .action(async (dir: string | undefined, options: { json?: boolean }) => {
      const { folders } = await loadRuleFolders(dir ?? DEFAULT_RULES);
      const results = await Promise.all(folders.map(testRule));
      process.stdout.write(options.json === true ? `${JSON.stringify(results)}\n` : testTable(results));
      setExitCode(results.every((result) => result.passed) ? EXIT.ok : EXIT.failedChecks);
    });
}

function listed({ rule, file }: RuleFolder): Record<string, unknown> {
  const { id, version, domain, severity, status } = rule;
  return { id, version, domain, severity, status, file };
}

function listTable(folders: readonly RuleFolder[]): string {
  const rows = folders.map(({ rule }) => [
    rule.id,
    `${rule.version}`,
    rule.domain,
    rule.severity,
    rule.status,
    describeCorrelation(rule.correlation),
  ]);
  return formatTable(['rule', 'version', 'domain', 'severity', 'status', 'finds'], rows);
}

function testTable(results: readonly RuleTestResult[]): string {
  const rows = results.map((result) => [
    result.rule,
    result.passed ? 'ok' : 'FAILS',
    result.findings,
    result.nearMisses,
  ]);
  const failures = results.flatMap((result) => result.failures.map((failure) => `${result.rule}: ${failure}\n`));
  const passed = results.filter((result) => result.passed).length;
  return [
    formatTable(['rule', 'test', 'fires', 'near misses'], rows),
    ...failures,
    `\n${passed} passed, ${results.length - passed} failed\n`,
  ].join('');
}
