/**
 * What the configuration said about sender keys, kept beside the journal: an ingestor that starts while NATS is away
 * sends a bound key's lines to its device's shard all the same.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeptBindings {
  /** Sequence in OPMAS_CONFIG that they stand for. */
  sequence: number;
  /** Only keys whose shard is not that of their hash. */
  keys: [key: string, shard: number][];
}

const FILE = 'bindings.json';

/** What the last process kept; none where there is nothing readable. */
export function readBindings(directory: string): KeptBindings {
  try {
    const kept = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as Partial<KeptBindings>;
    if (typeof kept.sequence === 'number' && Array.isArray(kept.keys))
      return { sequence: kept.sequence, keys: kept.keys };
  } catch {
    // None yet, or torn by a power cut: the configuration is read again anyway.
  }
  return { sequence: 0, keys: [] };
}

export function writeBindings(directory: string, kept: KeptBindings): void {
  const draft = join(directory, `${FILE}.draft`);
  writeFileSync(draft, JSON.stringify(kept));
  renameSync(draft, join(directory, FILE));
}
