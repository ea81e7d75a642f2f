/** Rules on disk: `<domain>/<rule>/rule.yaml`, each beside the samples that test it. */
import { readFile, readdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rule } from '@opmas/agents/domain';
import { formatFault, loadRules } from '@opmas/agents/domain';
import { CommandError, EXIT, reasonOf } from '../exit.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

/** The rules that this build ships. */
export const DEFAULT_RULES = join(ROOT, 'services', 'agents', 'rules');

export interface RuleFolder {
  rule: Rule;
  folder: string;
  /** Relative to where the command runs. */
  file: string;
}

/**
 * Loads every rule.yaml under `dir`. Throws a CommandError that names each fault with its file, line and column; a
 * faulty set is not run in part, or a missing finding would look like a clean log.
 */
export async function loadRuleFolders(dir: string): Promise<{ rules: Rule[]; folders: RuleFolder[] }> {
  const files = await ruleFiles(resolve(dir));
  if (files.length === 0) throw new CommandError(`${dir}: no rule.yaml in it or below`, EXIT.usage);
  const texts = await Promise.all(
    files.map(async (file) => ({ file: relative(process.cwd(), file), text: await readFile(file, 'utf8') })),
  );
  const { rules, errors } = loadRules(texts);
  if (errors.length > 0) {
    throw new CommandError(
      `faulty rules in ${dir}:\n${errors.map((fault) => `  ${formatFault(fault)}`).join('\n')}`,
      EXIT.usage,
    );
  }
  const folders: RuleFolder[] = [];
  for (const { file, text } of texts) {
    const rule = loadRules([{ file, text }]).rules[0];
    if (rule) folders.push({ rule, folder: dirname(resolve(file)), file });
  }
  folders.sort((a, b) => (a.rule.id < b.rule.id ? -1 : 1));
  return { rules, folders };
}

async function ruleFiles(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name === 'rule.yaml')
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    throw new CommandError(`cannot read the rules in ${dir}: ${reasonOf(error)}`, EXIT.usage, { cause: error });
  }
}
