/** Single messages read out of a stream by `STREAM.MSG.GET`, which is read-after-write (direct gets are not). */
import { NatsError } from 'nats';
import type { MsgRequest } from 'nats';
import type { Bus } from './bus.js';

export interface StoredMessage {
  sequence: number;
  subject: string;
  /** A header's value, '' where it is absent. */
  header: (name: string) => string;
  data: Uint8Array;
  /** The server's time stamp, ms since the epoch. */
  timeMs: number;
}

/** A form of the request that the client has no type for. */
interface NextOfSubject {
  seq: number;
  next_by_subj: string;
}

const NO_MESSAGE = 10037;
const ATTEMPTS = 4;

function isUnanswered(error: unknown): boolean {
  return error instanceof NatsError && (error.code === 'TIMEOUT' || error.code === '503');
}

/** Reading is safe to repeat: a server that just came back leaves the first requests unanswered. */
async function getMessage(
  bus: Bus,
  stream: string,
  query: MsgRequest | NextOfSubject,
  attempt = 1,
): Promise<StoredMessage | null> {
  try {
    const message = await bus.jsm.streams.getMessage(stream, query);
    return {
      sequence: message.seq,
      subject: message.subject,
      header: (name) => message.header?.get(name) ?? '',
      data: message.data,
      timeMs: message.time.getTime(),
    };
  } catch (error) {
    if (error instanceof NatsError && (error.api_error?.err_code === NO_MESSAGE || error.code === '404')) return null;
    if (isUnanswered(error) && attempt < ATTEMPTS) return getMessage(bus, stream, query, attempt + 1);
    throw error;
  }
}

/** The last message of a subject; null where there is none. */
export function lastMessage(bus: Bus, stream: string, subject: string): Promise<StoredMessage | null> {
  return getMessage(bus, stream, { last_by_subj: subject });
}

/** The message at a sequence; null where it was discarded, or has not been written. */
export function messageAt(bus: Bus, stream: string, sequence: number): Promise<StoredMessage | null> {
  return sequence < 1 ? Promise.resolve(null) : getMessage(bus, stream, { seq: sequence });
}

/** The first message of a subject, which may have wildcards, at a sequence or behind it; null where there is none. */
export function nextMessage(
  bus: Bus,
  stream: string,
  subject: string,
  sequence: number,
): Promise<StoredMessage | null> {
  return getMessage(bus, stream, { seq: Math.max(1, sequence), next_by_subj: subject });
}
