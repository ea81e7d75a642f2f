/**
 * One writer a subject: every publish names the subject's last sequence, so that a rival's write, or a write of ours
 * that we did not see acknowledged, is noticed instead of doubled.
 */
import { NatsError, headers as natsHeaders } from 'nats';
import { HEADERS } from '@opmas/contracts';
import type { Bus } from './bus.js';
import type { StoredMessage } from './stored-message.js';
import { lastMessage } from './stored-message.js';

/** Somebody else wrote to the subject: read its last message again, and go on only with the lease still held. */
export class FencedOut extends Error {
  readonly code = 'FENCED_OUT';

  constructor(subject: string) {
    super(`another writer was faster on ${subject}`);
    this.name = 'FencedOut';
  }
}

/** No acknowledgement: the message may be stored or not. `reload()` tells once the server answers again. */
export class PublishUnavailable extends Error {
  readonly code = 'PUBLISH_UNAVAILABLE';

  constructor(subject: string, cause: unknown) {
    super(`no acknowledgement on ${subject}: ${(cause as Error).message}`, { cause });
    this.name = 'PublishUnavailable';
  }
}

const WRONG_LAST_SEQUENCE = 10071;
const ACK_TIMEOUT_MS = 5000;

/** The answer, or at once an error when the connection that should bring it is lost. */
function orLost<T>(bus: Bus, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = bus.onDisconnect(() => reject(new Error('the connection was lost')));
    answer.then(resolve, reject).finally(stop);
  });
}

/** `isDuplicate`: the server already had a message of this id, and stored no second one. */
export interface PublishAck {
  sequence: number;
  isDuplicate: boolean;
}

/** A fenced publish of one message; the expected sequence may be 0, which says that the subject is new. */
export async function publishFenced(
  bus: Bus,
  message: {
    subject: string;
    id: string;
    headers: Record<string, string>;
    data: Uint8Array;
    expectedLastSequence: number;
  },
): Promise<PublishAck> {
  const hdrs = natsHeaders();
  for (const [name, value] of Object.entries(message.headers)) hdrs.set(name, value);
  hdrs.set(HEADERS.expectedLastSubjectSequence, String(message.expectedLastSequence));
  try {
    return await orLost(
      bus,
      bus.js
        .publish(message.subject, message.data, { msgID: message.id, headers: hdrs, timeout: ACK_TIMEOUT_MS })
        .then((ack) => ({ sequence: ack.seq, isDuplicate: ack.duplicate })),
    );
  } catch (error) {
    const code = error instanceof NatsError ? error.api_error?.err_code : undefined;
    if (code === WRONG_LAST_SEQUENCE) throw new FencedOut(message.subject);
    throw new PublishUnavailable(message.subject, error);
  }
}

/** A subject that this process writes alone, one message in flight. */
export class FencedSubject {
  readonly #bus: Bus;
  readonly stream: string;
  readonly subject: string;
  #last: StoredMessage | null = null;
  #lastSequence = 0;

  private constructor(bus: Bus, stream: string, subject: string) {
    this.#bus = bus;
    this.stream = stream;
    this.subject = subject;
  }

  static async open(bus: Bus, stream: string, subject: string): Promise<FencedSubject> {
    const fenced = new FencedSubject(bus, stream, subject);
    await fenced.reload();
    return fenced;
  }

  /** The subject's last message as of `open` or `reload`; publishes since then are not in it. */
  get last(): StoredMessage | null {
    return this.#last;
  }

  /** Sequence of the last message that is known to be stored, 0 for none. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  /** Reads the subject's last message again. */
  async reload(): Promise<StoredMessage | null> {
    this.#last = await lastMessage(this.#bus, this.stream, this.subject);
    this.#lastSequence = this.#last?.sequence ?? 0;
    return this.#last;
  }

  /** Publishes after the last message; answers with its stream sequence. Throws `FencedOut` or `PublishUnavailable`. */
  async publish(id: string, headers: Record<string, string>, data: Uint8Array): Promise<number> {
    const ack = await publishFenced(this.#bus, {
      subject: this.subject,
      id,
      headers,
      data,
      expectedLastSequence: this.#lastSequence,
    });
    this.#lastSequence = Math.max(this.#lastSequence, ack.sequence);
    return ack.sequence;
  }
}
