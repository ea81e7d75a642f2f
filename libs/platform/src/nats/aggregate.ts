/** Aggregate subjects: one CloudEvents fact a message, appended with the subject's expected last sequence. */
import type { Fact, StreamName } from '@opmas/contracts';
import { ceHeaders, fromBinaryMode } from '@opmas/contracts';
import type { Bus } from './bus.js';
import { FencedOut, publishFenced } from './fenced-subject.js';
import { OrderedReader } from './ordered-reader.js';
import { lastMessage } from './stored-message.js';
import type { StoredMessage } from './stored-message.js';

/** A fact as it stands in a stream; `fact` is in JSON form and unchecked. */
export interface StoredFact {
  sequence: number;
  subject: string;
  timeMs: number;
  fact: unknown;
}

export type AppendResult = { ok: true; sequence: number } | { ok: false; lastSequence: number };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Decodes a binary-mode message; null where its payload is no JSON. */
export function storedFact(message: StoredMessage): StoredFact | null {
  try {
    const data: unknown = JSON.parse(decoder.decode(message.data));
    return {
      sequence: message.sequence,
      subject: message.subject,
      timeMs: message.timeMs,
      fact: fromBinaryMode(message.header, data),
    };
  } catch {
    return null;
  }
}

/**
 * Appends a fact if the subject's last sequence is still the expected one (0: the subject is new). A conflict is an
 * answer, not an error; `PublishUnavailable` is thrown where the server did not answer: read the subject again.
 */
export async function appendFact(
  bus: Bus,
  stream: StreamName,
  subject: string,
  fact: Fact<string, unknown>,
  expectedLastSequence: number,
): Promise<AppendResult> {
  try {
    const ack = await publishFenced(bus, {
      subject,
      id: fact.id,
      headers: ceHeaders(fact),
      data: encoder.encode(JSON.stringify(fact.data)),
      expectedLastSequence,
    });
    // Somebody wrote this very fact before, perhaps we ourselves without seeing the answer: only one may act on an `ok`.
    return ack.isDuplicate ? { ok: false, lastSequence: ack.sequence } : { ok: true, sequence: ack.sequence };
  } catch (error) {
    if (!(error instanceof FencedOut)) throw error;
    return { ok: false, lastSequence: (await lastMessage(bus, stream, subject))?.sequence ?? 0 };
  }
}

/** Every fact under a subject filter, from the first to what is the last when the reading begins. */
export async function* readFacts(bus: Bus, stream: StreamName, subjectFilter: string): AsyncGenerator<StoredFact> {
  const { state } = await bus.jsm.streams.info(stream, { subjects_filter: subjectFilter });
  const expected = Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
  if (expected === 0) return;
  const reader = new OrderedReader(bus, { stream, subject: subjectFilter, startSequence: 1 });
  try {
    for (let read = 0; read < expected;) {
      const messages = await reader.next(expected - read, 5000);
      if (messages.length === 0) throw new Error(`${stream}: ${read} of ${expected} facts under ${subjectFilter} came`);
      read += messages.length;
      for (const message of messages) {
        const fact = storedFact(message);
        if (fact) yield fact;
      }
    }
  } finally {
    await reader.close();
  }
}

/** All facts of one subject, in order. */
export async function readAggregate(bus: Bus, stream: StreamName, subject: string): Promise<StoredFact[]> {
  const facts: StoredFact[] = [];
  for await (const fact of readFacts(bus, stream, subject)) facts.push(fact);
  return facts;
}
