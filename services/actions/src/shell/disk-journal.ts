/**
 * The executor's own memory on disk: intents before they are acted on, and the facts of the last minutes, so that a
 * stream that lost them in a power cut is mended and nothing runs again. One JSON object a line, each synced.
 */
import type { ActionFact } from '@opmas/contracts';
import { actionFactSchema } from '@opmas/contracts';
import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const recordSchema = z.discriminatedUnion('kind', [
  /** Before `started` is published. */
  z.object({ kind: z.literal('intent'), atMs: z.number(), runId: z.string(), actionId: z.string() }),
  /** Before the claim goes to the router: without it, a run that has an intent never reached the router. */
  z.object({ kind: z.literal('claiming'), atMs: z.number(), runId: z.string(), actionId: z.string() }),
  z.object({ kind: z.literal('fact'), atMs: z.number(), subject: z.string(), fact: actionFactSchema }),
]);
export type JournalRecord = z.infer<typeof recordSchema>;

/** Facts are kept so long: nats-server 2.9 has everything older on disk (it syncs every minute). */
export const FACTS_KEPT_MS = 10 * 60_000;
/** Intents are kept so long: markers on routers are, too. */
export const INTENTS_KEPT_MS = 24 * 3600_000;
const COMPACT_BYTES = 4 * 1024 * 1024;

function readRecords(path: string): { records: JournalRecord[]; goodBytes: number } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { records: [], goodBytes: 0 };
    throw error;
  }
  const goodBytes = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes
    .subarray(0, goodBytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  const records = lines.flatMap((line) => {
    try {
      const parsed = recordSchema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
  return { records, goodBytes };
}

export class DiskJournal {
  readonly #path: string;
  readonly #now: () => number;
  #descriptor: number;
  #bytes: number;
  #compactAt = COMPACT_BYTES;
  #records: JournalRecord[];

  private constructor(path: string, now: () => number, records: JournalRecord[], goodBytes: number) {
    this.#path = path;
    this.#now = now;
    this.#records = records;
    this.#descriptor = openSync(path, 'a', 0o600);
    ftruncateSync(this.#descriptor, goodBytes);
    this.#bytes = goodBytes;
  }

  /** Opens the journal of a directory; a last line that was torn by a crash is cut off. */
  static open(directory: string, now: () => number = Date.now): DiskJournal {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'actions.journal');
    const { records, goodBytes } = readRecords(path);
    const journal = new DiskJournal(path, now, records, goodBytes);
    journal.#compact();
    return journal;
  }

  intent(kind: 'intent' | 'claiming', runId: string, actionId: string): void {
    this.#append({ kind, atMs: this.#now(), runId, actionId });
  }

  fact(subject: string, fact: ActionFact): void {
    this.#append({ kind: 'fact', atMs: this.#now(), subject, fact });
  }

  /** How far this executor's disk says that a run came; null where it knows nothing of it. */
  reached(runId: string): 'intent' | 'claiming' | null {
    const kinds = this.#records.flatMap((record) =>
      record.kind !== 'fact' && record.runId === runId ? [record.kind] : [],
    );
    if (kinds.includes('claiming')) return 'claiming';
    return kinds.includes('intent') ? 'intent' : null;
  }

  /** Facts of the last minutes by subject, in the order in which they were learned. */
  recentFacts(): Map<string, ActionFact[]> {
    const facts = new Map<string, ActionFact[]>();
    for (const record of this.#records) {
      if (record.kind !== 'fact' || !this.#isKept(record)) continue;
      const known = facts.get(record.subject) ?? [];
      if (!known.some((fact) => fact.id === record.fact.id)) known.push(record.fact);
      facts.set(record.subject, known);
    }
    return facts;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #isKept(record: JournalRecord): boolean {
    return this.#now() - record.atMs < (record.kind === 'fact' ? FACTS_KEPT_MS : INTENTS_KEPT_MS);
  }

  #append(record: JournalRecord): void {
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    writeSync(this.#descriptor, line);
    fsyncSync(this.#descriptor);
    this.#bytes += line.length;
    this.#records.push(record);
    if (this.#bytes > this.#compactAt) this.#compact();
  }

  /** Writes what is still kept to a new file and puts it in the place of the old one. */
  #compact(): void {
    this.#records = this.#records.filter((record) => this.#isKept(record));
    const text = this.#records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const fresh = openSync(`${this.#path}.new`, 'w', 0o600);
    this.#bytes = writeSync(fresh, text);
    this.#compactAt = Math.max(COMPACT_BYTES, 2 * this.#bytes);
    fsyncSync(fresh);
    renameSync(`${this.#path}.new`, this.#path);
    const directory = openSync(dirname(this.#path), 'r');
    fsyncSync(directory);
    closeSync(directory);
    closeSync(this.#descriptor);
    this.#descriptor = fresh;
  }
}
