/**
 * A shard's whole state as JSON texts, and back. A snapshot is a sequence of rows (a rule, a group, an entry of its
 * window, an episode, ...), so that it can be cut anywhere: no chunk grows with the size of a window.
 */
import type { WindowEntry } from './correlations/window.js';
import type { Episode } from './engine/episode.js';
import type { RuleState } from './engine/rule-state.js';
import type { AgentsState, Change, RuleDocument } from './state.js';
import { compileDocument, initialAgentsState } from './state.js';

export const SNAPSHOT_VERSION = 'agents-1';

type EpisodeHead = Omit<Episode, 'first' | 'last' | 'timerMs'>;

/** Rows in their order; a row belongs to the rule, group or episode row before it. */
type Row =
  | ['head', { clockMs: number; pending: Change[] }]
  | ['rule', RuleDocument]
  | ['group', string]
  | ['entry', number, number, string, number, string]
  | ['episode', EpisodeHead]
  | ['first' | 'last', string]
  | ['ended', string, string, number];

const CHUNK_LENGTH = 120_000;

/** Chunks of about 120,000 characters; one row alone may make a longer one, of at most 130,000 more. */
export function* writeSnapshot(state: AgentsState): Generator<string> {
  let rows: string[] = [];
  let length = 0;
  for (const row of rowsOf(state)) {
    const text = JSON.stringify(row);
    rows.push(text);
    length += text.length + 1;
    if (length < CHUNK_LENGTH) continue;
    yield `[${rows.join(',')}]`;
    rows = [];
    length = 0;
  }
  yield `[${rows.join(',')}]`;
}

function* rowsOf(state: AgentsState): Generator<Row> {
  yield ['head', { clockMs: state.engine.clockMs, pending: state.pending }];
  for (const [id, ruleState] of state.engine.states) {
    yield ['rule', state.documents.get(id)!];
    yield* rowsOfRule(ruleState);
  }
}

function* rowsOfRule(state: RuleState): Generator<Row> {
  for (const [key, window] of state.idle) {
    yield ['group', key];
    for (const { receivedAt, arrivedMs, value, weight, line } of window.entries) {
      yield ['entry', receivedAt, arrivedMs, value, weight, line];
    }
  }
  const episodes = [...state.open].map(([, episode]) => episode);
  for (const { first, last, timerMs: _, ...head } of episodes) {
    yield ['episode', head];
    for (const line of first) yield ['first', line];
    for (const line of last) yield ['last', line];
  }
  for (const [key, { findingId, untilMs }] of state.ended) yield ['ended', key, findingId, untilMs];
}

/** Puts a state back; throws where the chunks are not a snapshot of this version. */
export function readSnapshot(shard: number, chunks: Iterable<string>): AgentsState {
  const restorer = new Restorer(shard);
  for (const chunk of chunks) {
    const rows = JSON.parse(chunk) as Row[];
    for (const row of rows) restorer.take(row);
  }
  return restorer.end();
}

/** Takes rows in, and puts a group or an episode into the state once it is whole. */
class Restorer {
  readonly #state: AgentsState;
  #rule: RuleState | null = null;
  #group: { key: string; entries: WindowEntry[] } | null = null;
  #episode: Episode | null = null;
  #hasHead = false;

  constructor(shard: number) {
    this.#state = initialAgentsState(shard);
  }

  take(row: Row): void {
    switch (row[0]) {
      case 'head':
        this.#hasHead = true;
        this.#state.pending = row[1].pending;
        this.#state.engine.advance(row[1].clockMs);
        break;
      case 'rule':
        this.#flush();
        this.#rule = this.#setRule(row[1]);
        break;
      case 'group':
        this.#flush();
        this.#group = { key: row[1], entries: [] };
        break;
      case 'entry': {
        const [, receivedAt, arrivedMs, value, weight, line] = row;
        this.#group!.entries.push({ receivedAt, arrivedMs, value, weight, line });
        break;
      }
      case 'episode':
        this.#flush();
        this.#episode = { ...row[1], first: [], last: [], timerMs: Number.POSITIVE_INFINITY };
        break;
      case 'first':
      case 'last':
        this.#episode![row[0]].push(row[1]);
        break;
      case 'ended':
        this.#flush();
        this.#rule!.ended.set(row[1], { findingId: row[2], untilMs: row[3] });
        break;
      default:
        throw new Error(`a snapshot of agents has no row ${JSON.stringify(row)}`);
    }
  }

  end(): AgentsState {
    if (!this.#hasHead) throw new Error('a snapshot of agents lacks its head');
    this.#flush();
    return this.#state;
  }

  #setRule(document: RuleDocument): RuleState {
    const compiled = compileDocument(document);
    if (!compiled.ok) throw new Error(`the snapshot's rule ${document.id} does not compile in this build`);
    this.#state.engine.setRule(compiled.rule);
    this.#state.documents.set(document.id, document);
    return this.#state.engine.states.get(document.id)!;
  }

  #flush(): void {
    const rule = this.#rule;
    if (rule && this.#group) rule.restoreIdle(this.#group.key, rule.rule.correlation.create(this.#group.entries));
    if (rule && this.#episode) rule.restoreOpen(this.#episode);
    this.#group = null;
    this.#episode = null;
  }
}
