/** What the streams and the database hold, read out whole, for counting. */
import type { ParsedEvent, RawRecord } from '@opmas/contracts';
import { STREAM_NAMES, ndjsonLines, parsePart, HEADERS } from '@opmas/contracts';
import type { Bus, StreamMessage } from '@opmas/platform';
import { OrderedReader, storedFact } from '@opmas/platform';
import pg from 'pg';

const WAIT_MS = 5000;

/** Everything up to what is the stream's last message now; ticks go on for ever. */
async function* messages(bus: Bus, stream: string): AsyncGenerator<StreamMessage> {
  const { state } = await bus.jsm.streams.info(stream);
  const reader = new OrderedReader(bus, { stream, startSequence: 1, batch: 500 });
  try {
    for (let last = 0; state.messages > 0 && last < state.last_seq;) {
      const batch = await reader.next(500, WAIT_MS);
      if (batch.length === 0) throw new Error(`${stream} has ${state.last_seq} messages, only ${last} came`);
      last = batch.at(-1)!.sequence;
      yield* batch;
    }
  } finally {
    await reader.close();
  }
}

const TOKEN = /token=(\S+)/;

/** Token → how many times the texts hold it. */
export type TokenCounts = Map<string, number>;

function count(tokens: TokenCounts, text: string): void {
  const token = TOKEN.exec(text)?.[1];
  if (token !== undefined) tokens.set(token, (tokens.get(token) ?? 0) + 1);
}

export async function rawTokens(bus: Bus): Promise<TokenCounts> {
  const tokens: TokenCounts = new Map();
  for await (const message of messages(bus, STREAM_NAMES.raw)) {
    for (const line of ndjsonLines(message.data)) count(tokens, (JSON.parse(line) as RawRecord).raw);
  }
  return tokens;
}

export async function eventTokens(bus: Bus): Promise<TokenCounts> {
  const tokens: TokenCounts = new Map();
  for await (const message of messages(bus, STREAM_NAMES.events)) {
    for (const line of ndjsonLines(message.data)) count(tokens, (JSON.parse(line) as ParsedEvent).raw);
  }
  return tokens;
}

/** The tokens of OPMAS_RAW or OPMAS_EVENTS in the order of the stream, each as often as it stands there. */
export async function tokenSequence(bus: Bus, stream: string): Promise<string[]> {
  const tokens: string[] = [];
  for await (const message of messages(bus, stream)) {
    for (const line of ndjsonLines(message.data)) {
      const token = TOKEN.exec((JSON.parse(line) as RawRecord | ParsedEvent).raw)?.[1];
      if (token !== undefined) tokens.push(token);
    }
  }
  return tokens;
}

/** Frames that stand in a stream more than once, by subject, frame id and part. */
export async function doubledFrames(bus: Bus, stream: string): Promise<string[]> {
  const seen = new Set<string>();
  const doubled: string[] = [];
  for await (const message of messages(bus, stream)) {
    const part = parsePart(message.header(HEADERS.part));
    const name = `${message.subject} ${message.header(HEADERS.frameId)} ${part?.first ?? ''}`;
    if (seen.has(name)) doubled.push(name);
    seen.add(name);
  }
  return doubled;
}

interface AnyFact {
  id: string;
  type: string;
  subject: string;
  data: Record<string, unknown>;
}

/** Facts of a stream of frames (FINDINGS) or of single messages (ACTIONS, CONFIG). */
export async function facts(bus: Bus, stream: string): Promise<AnyFact[]> {
  const found: AnyFact[] = [];
  for await (const message of messages(bus, stream)) {
    if (stream === STREAM_NAMES.findings) {
      for (const line of ndjsonLines(message.data)) found.push(JSON.parse(line) as AnyFact);
    } else {
      const stored = storedFact(message);
      // The workflow's ticks on opmas.incidents are no facts.
      if (stored && (stored.fact as AnyFact).id !== '') found.push(stored.fact as AnyFact);
    }
  }
  return found;
}

/** Rows of `events` that hold a token. */
export async function databaseTokens(url: string): Promise<TokenCounts> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tokens: TokenCounts = new Map();
    const { rows } = await client.query<{ body: string }>(`SELECT body FROM events WHERE body LIKE '%token=%'`);
    for (const row of rows) count(tokens, (JSON.parse(row.body) as ParsedEvent).message);
    return tokens;
  } finally {
    await client.end();
  }
}

/** The tokens that are not there exactly once, and those that nobody sent. */
export function faults(
  counts: TokenCounts,
  sent: readonly string[],
): { missing: string[]; doubled: string[]; foreign: string[] } {
  const wanted = new Set(sent);
  return {
    missing: sent.filter((token) => !counts.has(token)),
    doubled: [...counts].filter(([, times]) => times > 1).map(([token]) => token),
    foreign: [...counts.keys()].filter((token) => !wanted.has(token)),
  };
}

export const NO_FAULTS = { missing: [], doubled: [], foreign: [] };
