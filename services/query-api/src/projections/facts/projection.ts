/** FINDINGS, ACTIONS and CONFIG: every fact into a history, and the items folded from them into their tables. */
import type { StreamName } from '@opmas/contracts';
import { HEADERS, NDJSON, fromBinaryMode, ndjsonLines } from '@opmas/contracts';
import type { StoredMessage } from '@opmas/platform';
import type { PoolClient } from 'pg';
import type { FrameNumbers } from '../../domain/frame-numbers.js';
import type { ReadFact } from '../../domain/read-fact.js';
import { readFact } from '../../domain/read-fact.js';
import { insertNew, upsert } from '../../shell/sql-text.js';
import type { Batch, Projection } from '../projection.js';
import type { ReadModel } from './read-model.js';
import { READ_MODELS } from './read-model.js';

/** An item that a committed batch changed. */
export interface ChangedItem {
  kind: string;
  id: string;
  item: object;
}

export interface FactsProjectionOptions {
  name: 'findings' | 'actions' | 'config';
  stream: StreamName;
  /** Called after COMMIT with the items as they are now. */
  changed: (items: ChangedItem[]) => void;
}

const HISTORY_COLUMNS = ['fact_id', 'kind', 'item_id', 'sequence', 'line', 'type', 'happened_at', 'body'];

const HISTORIES = { findings: 'finding_history', actions: 'action_history', config: 'config_history' } as const;

export function factsProjection(options: FactsProjectionOptions): Projection {
  const history = HISTORIES[options.name];
  return {
    name: options.name,
    stream: options.stream,
    open: (numbers) => new FactsBatch(numbers, history, options.changed),
    undo: (client, sequence) => undoFacts(client, history, sequence),
  };
}

/** Facts of a message: a line each of an NDJSON frame, or the message itself in binary mode. */
function factsOf(message: StoredMessage): ReadFact[] {
  const place = { subject: message.subject, sequence: message.sequence };
  if (message.header(HEADERS.kind) === 'tick') return [];
  if (message.header(HEADERS.contentType) === NDJSON) {
    return ndjsonLines(message.data).map((line, index) => readFact(jsonOf(line), { ...place, line: index }));
  }
  const data = jsonOf(new TextDecoder().decode(message.data));
  return [readFact(fromBinaryMode(message.header, data), { ...place, line: 0 })];
}

/** A text that is no JSON is kept as the text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function modelOf(kind: string): ReadModel | undefined {
  return Object.hasOwn(READ_MODELS, kind) ? READ_MODELS[kind] : undefined;
}

function historyRow(fact: ReadFact): object {
  return {
    fact_id: fact.factId,
    kind: fact.kind,
    item_id: fact.itemId,
    sequence: fact.sequence,
    line: fact.line,
    type: fact.type,
    happened_at: fact.happenedAt,
    body: JSON.stringify(fact.fact),
  };
}

/** Folded items of one table, by id, while a batch is applied. */
interface Fold {
  model: ReadModel;
  items: Map<string, { item: unknown; row: Record<string, unknown> | null; sequence: number }>;
}

function foldInto(fold: Fold, fact: { itemId: string; sequence: number; fact: unknown }): void {
  const before = fold.items.get(fact.itemId) ?? { item: null, row: null, sequence: 0 };
  const after = fold.model.evolve(before.item, fact.fact);
  if (after !== null) fold.items.set(fact.itemId, { ...after, sequence: fact.sequence });
}

function upsertFold({ model, items }: Fold): string {
  const rows = [...items.values()].flatMap(({ item, row, sequence }) =>
    row === null ? [] : [{ ...row, body: JSON.stringify(item), sequence }],
  );
  return upsert(model.table, model.columns[0]!, [...model.columns, 'body', 'sequence'], rows);
}

class FactsBatch implements Batch {
  rows = 0;
  readonly lost = 0;
  readonly numbers: FrameNumbers;
  readonly #history: string;
  readonly #changed: (items: ChangedItem[]) => void;
  readonly #facts: ReadFact[] = [];
  #folds = new Map<string, Fold>();

  constructor(numbers: FrameNumbers, history: string, changed: (items: ChangedItem[]) => void) {
    this.numbers = numbers;
    this.#history = history;
    this.#changed = changed;
  }

  add(message: StoredMessage): void {
    const facts = factsOf(message);
    this.#facts.push(...facts);
    this.rows += facts.length;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async write(client: PoolClient): Promise<string> {
    if (this.#facts.length === 0) return '';
    const fresh = await this.#freshFacts(client);
    this.#folds = await loadFolds(client, fresh);
    for (const fact of fresh) {
      const fold = this.#folds.get(fact.kind);
      if (fold) foldInto(fold, fact);
    }
    const rows = fresh.map(historyRow);
    return [insertNew(this.#history, HISTORY_COLUMNS, rows), ...[...this.#folds.values()].map(upsertFold)].join('\n');
  }

  /** Facts that are not in the history yet, each once. */
  async #freshFacts(client: PoolClient): Promise<ReadFact[]> {
    const { rows } = await client.query<{ fact_id: string }>(
      `SELECT fact_id FROM ${this.#history} WHERE fact_id = ANY($1)`,
      [this.#facts.map((fact) => fact.factId)],
    );
    const known = new Set(rows.map((row) => row.fact_id));
    return this.#facts.filter((fact) => !known.has(fact.factId) && known.add(fact.factId));
  }

  committed(): void {
    const changed = [...this.#folds].flatMap(([kind, fold]) =>
      [...fold.items].flatMap(([id, { item, row }]) => (row === null ? [] : [{ kind, id, item: item as object }])),
    );
    if (changed.length > 0) this.#changed(changed);
  }
}

/** The stored items that the facts are about. Read without a lock: the move of the position says whether they held. */
async function loadFolds(client: PoolClient, facts: readonly ReadFact[]): Promise<Map<string, Fold>> {
  const ids = new Map<string, Set<string>>();
  for (const fact of facts) {
    if (modelOf(fact.kind) === undefined) continue;
    ids.set(fact.kind, (ids.get(fact.kind) ?? new Set()).add(fact.itemId));
  }
  const folds = new Map<string, Fold>();
  for (const [kind, wanted] of ids) {
    const model = modelOf(kind)!;
    const { rows } = await client.query<{ id: string; body: string; sequence: string }>(
      `SELECT id, body, sequence FROM ${model.table} WHERE id = ANY($1)`,
      [[...wanted]],
    );
    const items: Fold['items'] = new Map();
    for (const { id, body, sequence } of rows)
      items.set(id, { item: JSON.parse(body), row: null, sequence: Number(sequence) });
    folds.set(kind, { model, items });
  }
  return folds;
}

/** Drops the facts after `sequence`, and folds the items that they were about again from what is left. */
async function undoFacts(client: PoolClient, history: string, sequence: number): Promise<string> {
  const { rows: gone } = await client.query<{ kind: string; item_id: string }>(
    `DELETE FROM ${history} WHERE sequence > $1 RETURNING kind, item_id`,
    [sequence],
  );
  const statements: string[] = [];
  for (const kind of new Set(gone.map((row) => row.kind))) {
    const model = modelOf(kind);
    if (model === undefined) continue;
    const ids = [...new Set(gone.filter((row) => row.kind === kind).map((row) => row.item_id))];
    const { rows } = await client.query<{ item_id: string; sequence: string; body: string }>(
      `SELECT item_id, sequence, body FROM ${history} WHERE kind = $1 AND item_id = ANY($2) ORDER BY sequence, line`,
      [kind, ids],
    );
    const fold: Fold = { model, items: new Map() };
    for (const row of rows) {
      foldInto(fold, { itemId: row.item_id, sequence: Number(row.sequence), fact: JSON.parse(row.body) as unknown });
    }
    await client.query(`DELETE FROM ${model.table} WHERE id = ANY($1)`, [ids]);
    statements.push(upsertFold(fold));
  }
  return statements.join('\n');
}
