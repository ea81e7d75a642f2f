/** OPMAS_EVENTS into `events`, by COPY; the line of an event is stored as it came. */
import { isUtf8 } from 'node:buffer';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { HEADERS, STREAM_NAMES } from '@opmas/contracts';
import type { StoredMessage } from '@opmas/platform';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EventColumns } from '../../domain/event-line.js';
import { readColumns } from '../../domain/event-line.js';
import type { FrameNumbers } from '../../domain/frame-numbers.js';
import { placeFrame } from '../../domain/frame-numbers.js';
import { CopyRows } from '../../shell/copy-rows.js';
import type { Partitions } from '../../shell/partitions.js';
import { dayOf } from '../../shell/partitions.js';
import type { Batch, Projection } from '../projection.js';
import { EventTally } from './tally.js';
import { UnattributedTally } from './unattributed-tally.js';

const COPY = `COPY events (id, received_at, type, device_id, domain, severity, effective_severity, occurred_at, hostname,
  app_name, body)
  FROM STDIN (FORMAT binary)`;
const FIELDS = 11;
/** Lines of a batch that are kept for live listeners; more could not be shown. */
const LIVE_LINES = 500;

/** Live listeners of what was committed. */
export interface EventsFeed {
  /** False while nobody listens: then no line is kept. */
  isWanted(): boolean;
  /** The newest lines, in order, and the number of all events of the batch by effective severity ('-1' for none). */
  publish(lines: string[], total: number, bySeverity: Record<string, number>): void;
}

export interface EventsProjectionOptions {
  partitions: Partitions;
  feed: EventsFeed;
  /** Lines that are no event: counted and named, and left in the stream. */
  malformed: (sequence: number, count: number) => void;
}

export function eventsProjection(options: EventsProjectionOptions): Projection {
  return {
    name: 'events',
    stream: STREAM_NAMES.events,
    open: (numbers) => new EventsBatch(numbers, options),
    // Rows beyond the position stay: the numbers tell which frames they were, and those are passed over.
    undo: () => Promise.resolve(''),
  };
}

class EventsBatch implements Batch {
  rows = 0;
  lost = 0;
  readonly numbers: FrameNumbers;
  readonly #options: EventsProjectionOptions;
  readonly #copy = new CopyRows();
  readonly #tally = new EventTally();
  readonly #unattributed = new UnattributedTally();
  readonly #days = new Set<number>();
  readonly #bySeverity: Record<string, number> = {};
  readonly #live: { payload: Buffer; start: number; end: number }[] = [];
  #isLive = false;

  constructor(numbers: FrameNumbers, options: EventsProjectionOptions) {
    this.numbers = { ...numbers };
    this.#options = options;
  }

  add(message: StoredMessage): void {
    const frameId = message.header(HEADERS.frameId);
    const { skip, lost } = placeFrame(this.numbers, {
      frameId,
      part: message.header(HEADERS.part),
      source: message.header(HEADERS.source),
      count: Number(message.header(HEADERS.count)) || 0,
    });
    this.lost += lost;
    if (skip === Infinity || message.data.length === 0) return;
    this.#isLive = this.#options.feed.isWanted();
    const payload = storablePayload(message.data);
    const text = payload.toString('latin1');
    let from = Infinity;
    let to = -Infinity;
    let malformed = 0;
    for (let start = 0, index = 0; start < text.length;) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      if (end > start) {
        const columns = index < skip ? null : readColumns(text, start, end);
        if (columns !== null) {
          this.#row(columns, payload, start, end);
          from = Math.min(from, columns.receivedAt);
          to = Math.max(to, columns.receivedAt);
        } else if (index >= skip) malformed += 1;
        index += 1;
      }
      start = end + 1;
    }
    if (from <= to) this.#tally.addFrame(frameId, from, to);
    if (malformed > 0) this.#options.malformed(message.sequence, malformed);
  }

  #row(columns: EventColumns, payload: Buffer, start: number, end: number): void {
    const copy = this.#copy;
    copy.row(FIELDS);
    copy.text(columns.id);
    copy.instant(columns.receivedAt);
    copy.text(columns.type);
    copy.text(columns.deviceId);
    copy.text(columns.domain);
    copy.smallint(columns.severity);
    copy.smallint(columns.effectiveSeverity === columns.severity ? null : columns.effectiveSeverity);
    copy.instant(columns.timestamp);
    copy.text(columns.hostname);
    copy.text(columns.appName);
    copy.bytes(payload, start, end);
    this.rows += 1;
    this.#days.add(dayOf(columns.receivedAt));
    this.#tally.add(columns);
    if (columns.deviceId === null) this.#unattributed.add(payload.toString('utf8', start, end));
    const severity = columns.effectiveSeverity ?? -1;
    this.#bySeverity[severity] = (this.#bySeverity[severity] ?? 0) + 1;
    if (this.#isLive) {
      if (this.#live.length >= LIVE_LINES * 2) this.#live.splice(0, LIVE_LINES);
      this.#live.push({ payload, start, end });
    }
  }

  async prepare(client: PoolClient): Promise<void> {
    await this.#options.partitions.ensure(client, this.#days);
  }

  async write(client: PoolClient): Promise<string> {
    if (this.rows === 0) return '';
    try {
      await pipeline(Readable.from(this.#copy.finish()), client.query(copyFrom(COPY)));
    } catch (error) {
      // Perhaps another replica dropped a partition that is known here: ask again next time.
      this.#options.partitions.forget();
      throw error;
    }
    return this.#tally.statements() + this.#unattributed.statements();
  }

  committed(): void {
    if (this.rows === 0) return;
    const lines = this.#live.slice(-LIVE_LINES).map(({ payload, start, end }) => payload.toString('utf8', start, end));
    this.#options.feed.publish(lines, this.rows, this.#bySeverity);
  }
}

/** The payload as bytes that Postgres stores: valid UTF-8 without NUL. JSON texts are both already. */
function storablePayload(data: Uint8Array): Buffer {
  const payload = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (isUtf8(payload) && !payload.includes(0)) return payload;
  return Buffer.from(payload.toString('utf8').replaceAll('\0', '\u2400'), 'utf8');
}
