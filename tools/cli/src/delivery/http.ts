/**
 * `POST /v1/logs`: batches with an idempotency key, tried again until they are answered. Nothing is lost and nothing
 * doubled, whatever happens to the ingestor in between.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, EXIT, reasonOf } from '../exit.js';
import type { Carrier, DeliveryTotals, OutgoingLine } from './carrier.js';
import { byLane, emptyTotals } from './carrier.js';
import { frameLines } from './framing.js';
import type { TargetAddress } from './target.js';
import { formatTarget } from './target.js';

const MAX_BATCH_LINES = 500;
const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3000;

export interface HttpOptions {
  /** Requests under way at the same time; lines of one peer stay in one lane, in order. */
  lanes: number;
  retryForMs: number;
}

export class HttpCarrier implements Carrier {
  readonly totals = emptyTotals();
  readonly #lanes: HttpLane[];

  constructor(target: TargetAddress, options: HttpOptions) {
    const run = randomUUID();
    this.totals.connections = options.lanes;
    this.#lanes = Array.from(
      { length: options.lanes },
      (_, lane) => new HttpLane(`${formatTarget(target)}/v1/logs`, `${run}-${lane}`, options.retryForMs, this.totals),
    );
  }

  async send(lines: readonly OutgoingLine[]): Promise<void> {
    const groups = byLane(lines, this.#lanes.length);
    await Promise.all([...groups].map(async ([lane, group]) => this.#lanes[lane]?.add(group)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.drain()));
  }
}

/** One request after the other: while one is under way the next batch grows, up to its limit. */
class HttpLane {
  readonly #url: string;
  readonly #name: string;
  readonly #retryForMs: number;
  readonly #totals: DeliveryTotals;
  #waiting: Buffer[] = [];
  #batches = 0;
  #underWay: Promise<void> | null = null;
  #failure: Error | null = null;

  constructor(url: string, name: string, retryForMs: number, totals: DeliveryTotals) {
    this.#url = url;
    this.#name = name;
    this.#retryForMs = retryForMs;
    this.#totals = totals;
  }

  async add(lines: readonly Buffer[]): Promise<void> {
    for (const line of lines) this.#waiting.push(line);
    this.#underWay ??= this.#next();
    while (this.#waiting.length >= MAX_BATCH_LINES && this.#underWay !== null) await this.#underWay;
    if (this.#failure !== null) throw this.#failure;
  }

  async drain(): Promise<void> {
    while (this.#underWay !== null) await this.#underWay;
    if (this.#failure !== null) throw this.#failure;
  }

  /** Posts one batch and starts the next; a failure is kept for whoever adds or drains, and ends the lane. */
  async #next(): Promise<void> {
    try {
      await this.#post(this.#waiting.splice(0, MAX_BATCH_LINES), `${this.#name}-${this.#batches++}`);
      this.#underWay = this.#waiting.length > 0 ? this.#next() : null;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#underWay = null;
    }
  }

  async #post(lines: readonly Buffer[], key: string): Promise<void> {
    const body = frameLines(lines, 'lf');
    const deadlineMs = performance.now() + this.#retryForMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const problem = await tryPost(this.#url, key, body);
      if (problem === null) break;
      if (performance.now() + pauseMs > deadlineMs) {
        throw new CommandError(
          `${this.#url} did not take a batch of ${lines.length} lines: ${problem}`,
          EXIT.unreachable,
        );
      }
      this.#totals.retries++;
      await sleep(pauseMs);
    }
    this.#totals.sent += lines.length;
    this.#totals.bytes += body.length;
  }
}

/** Null when the batch was taken, the reason where another try may help; throws a CommandError where none will. */
async function tryPost(url: string, key: string, body: Buffer): Promise<string | null> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8', 'idempotency-key': key },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const answer = await response.text();
    if (response.ok) return null;
    const text = `${response.status} ${answer.slice(0, 300)}`.trim();
    if (response.status >= 500 || response.status === 429 || response.status === 408 || response.status === 409)
      return text;
    throw new CommandError(`${url} refused the lines: ${text}`, EXIT.failedChecks);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    return reasonOf(error);
  }
}
