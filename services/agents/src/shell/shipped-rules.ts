/** The rules that this build ships: read from their folder, and published to OPMAS_CONFIG. */
import type { ConfigFact, Fact } from '@opmas/contracts';
import { STREAM_NAMES, configFactSchema, derivedId, factIdOf, formatInstant, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { appendFact, lastMessage, storedFact } from '@opmas/platform';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleFault } from '../domain/index.js';
import { loadRules } from '../domain/index.js';
import type { AgentsSignals } from '../signals.js';

export interface ShippedRule {
  id: string;
  version: number;
  source: string;
}

const STREAM = STREAM_NAMES.config;
const RETRY_MS = 1000;

/** Reads every `rule.yaml` below a folder. A faulty file is left out and told of; the others stand. */
export async function readShippedRules(folder: string): Promise<{ rules: ShippedRule[]; faults: RuleFault[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name === 'rule.yaml')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const texts = await Promise.all(files.map(async (file) => ({ file, text: await readFile(file, 'utf8') })));
  const faults = loadRules(texts).errors;
  const faulty = new Set(faults.map(({ file }) => file));
  const rules = texts
    .filter(({ file }) => !faulty.has(file))
    .flatMap(({ file, text }) =>
      loadRules([{ file, text }]).rules.map(({ id, version }) => ({ id, version, source: text })),
    );
  return { rules: rules.sort((a, b) => (a.id < b.id ? -1 : 1)), faults };
}

/**
 * Publishes what is newer than what stands there, leaves alone what a person edited, and then says that the set is
 * whole. Writes nothing where nothing changed; several replicas may do it at once. Tries until it is done.
 */
export async function publishShippedRules(
  bus: Bus,
  build: string,
  rules: readonly ShippedRule[],
  signals: AgentsSignals,
): Promise<void> {
  const digest = derivedId('rules', ...rules.map(({ source }) => source));
  for (;;) {
    try {
      for (const rule of rules) await publishRule(bus, rule, signals);
      await publishBuild(bus, { kind: 'rules', build, digest, count: rules.length });
      signals.rulesStand(rules.length, digest);
      return;
    } catch (error) {
      signals.publishingFailed(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function publishRule(bus: Bus, rule: ShippedRule, signals: AgentsSignals): Promise<void> {
  const subject = subjects.config('rule', rule.id);
  for (;;) {
    const { sequence, fact } = await current(bus, subject);
    const standing = fact?.type === 'opmas.config.rule.published' ? fact.data : null;
    if (standing && (standing.origin !== 'build' || standing.version >= rule.version)) return;
    const data = { ...rule, enabled: standing?.enabled ?? true, origin: 'build' };
    const result = await append(bus, { subject, about: rule.id, type: 'opmas.config.rule.published', data, sequence });
    if (result) return signals.rulePublished(rule.id, rule.version);
  }
}

type BuildPublished = (ConfigFact & { type: 'opmas.config.build.published' })['data'];

async function publishBuild(bus: Bus, data: BuildPublished): Promise<void> {
  const subject = subjects.config('build', 'rules');
  for (;;) {
    const { sequence, fact } = await current(bus, subject);
    if (fact?.type === 'opmas.config.build.published' && fact.data.digest === data.digest) return;
    if (await append(bus, { subject, about: 'rules', type: 'opmas.config.build.published', data, sequence })) return;
  }
}

/** The item as it stands, and the sequence that a change has to follow; 0 where there is none. */
async function current(bus: Bus, subject: string): Promise<{ sequence: number; fact: ConfigFact | null }> {
  const message = await lastMessage(bus, STREAM, subject);
  if (!message) return { sequence: 0, fact: null };
  const parsed = configFactSchema.safeParse(storedFact(message)?.fact);
  return { sequence: message.sequence, fact: parsed.success ? parsed.data : null };
}

/** False where another writer was faster: read again. */
async function append(
  bus: Bus,
  change: { subject: string; about: string; type: string; data: unknown; sequence: number },
): Promise<boolean> {
  const { subject, about, type, data, sequence } = change;
  const fact: Fact<string, unknown> = {
    specversion: '1.0',
    id: factIdOf(subject, type, sequence),
    type,
    source: '/opmas/agents',
    subject: about,
    time: formatInstant(Date.now() * 1000),
    data,
  };
  return (await appendFact(bus, STREAM, subject, fact, sequence)).ok;
}
