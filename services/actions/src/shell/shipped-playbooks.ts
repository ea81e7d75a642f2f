/** The playbooks that this build ships, into OPMAS_CONFIG: only newer ones, and never over a person's edit. */
import type { ConfigFact, Fact } from '@opmas/contracts';
import { STREAM_NAMES, configFactSchema, derivedId, factIdOf, formatInstant, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { appendFact, lastMessage, storedFact } from '@opmas/platform';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalogue } from '../domain/catalogue/action.js';
import { formatPlaybookFault, parsePlaybook } from '../domain/playbook.js';
import type { Signals } from '../signals.js';

export interface ShippedPlaybook {
  id: string;
  version: number;
  source: string;
}

const STREAM = STREAM_NAMES.config;

/** Reads a folder of playbooks. A fault in one that is shipped is a fault of the build: it throws, naming each. */
export function readShippedPlaybooks(folder: string, catalogue: Catalogue): ShippedPlaybook[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort();
  return files.map((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    const reading = parsePlaybook(join(folder, file), source, catalogue);
    if (!reading.ok) throw new Error(reading.faults.map(formatPlaybookFault).join('\n'));
    return { id: reading.playbook.id, version: reading.playbook.version, source };
  });
}

async function current(bus: Bus, subject: string): Promise<{ sequence: number; fact: ConfigFact | null }> {
  const message = await lastMessage(bus, STREAM, subject);
  if (!message) return { sequence: 0, fact: null };
  const parsed = configFactSchema.safeParse(storedFact(message)?.fact);
  return { sequence: message.sequence, fact: parsed.success ? parsed.data : null };
}

function configFact(about: string, ordinal: string, type: string, data: unknown): Fact<string, unknown> {
  return {
    specversion: '1.0',
    id: factIdOf(about, `${type}:${ordinal}`, 1),
    type,
    source: '/opmas/actions',
    subject: about,
    time: formatInstant(Date.now() * 1000),
    data,
  };
}

async function publishOne(bus: Bus, playbook: ShippedPlaybook, signals: Signals): Promise<void> {
  const subject = subjects.config('playbook', playbook.id);
  for (;;) {
    const { sequence, fact } = await current(bus, subject);
    const isPlaybook = fact?.type === 'opmas.config.playbook.published';
    if (isPlaybook && (fact.data.origin !== 'build' || fact.data.version >= playbook.version)) return;
    const data = { ...playbook, enabled: isPlaybook ? fact.data.enabled : true, origin: 'build' };
    const published = configFact(playbook.id, `build-${playbook.version}`, 'opmas.config.playbook.published', data);
    const result = await appendFact(bus, STREAM, subject, published, sequence);
    if (!result.ok) continue;
    return signals.playbookPublished(playbook.id, playbook.version);
  }
}

/** Idempotent; safe from several replicas at once. */
export async function publishPlaybooks(
  bus: Bus,
  build: string,
  shipped: ShippedPlaybook[],
  signals: Signals,
): Promise<void> {
  for (const playbook of shipped) await publishOne(bus, playbook, signals);
  const subject = subjects.config('build', 'playbooks');
  const digest = derivedId('playbooks', ...shipped.map((one) => one.source));
  const { sequence, fact } = await current(bus, subject);
  if (fact?.type === 'opmas.config.build.published' && fact.data.digest === digest && fact.data.build === build) return;
  const data = { kind: 'playbooks', build, digest, count: shipped.length };
  await appendFact(
    bus,
    STREAM,
    subject,
    configFact('playbooks', `${build}:${digest}:${sequence}`, 'opmas.config.build.published', data),
    sequence,
  );
}
