/** A fleet's lines sent to a running system so that each counts: nothing is given up, nothing can be doubled. */
import { createFleet } from '@opmas/simulator';
import type { SimulatedLine } from '@opmas/simulator';
import { connect } from 'node:net';

export interface TrafficOptions {
  seed: string;
  /** Appended to every host name, so that two runs of one seed are two fleets. */
  suffix: string;
  devices: number;
  /** Lines a second of the fleet's own time. */
  rate: number;
  /** Seconds of the fleet's time in one of ours. */
  speed: number;
  scenario: Parameters<typeof createFleet>[0]['scenario'];
  /** `http://…` of the ingestor, or `tcp://…` of its syslog port. */
  target: string;
}

export interface Sent {
  lines: number;
  tokens: string[];
}

const BATCH_MS = 50;
const RETRY_MS = 150;
const PATIENCE_MS = 60_000;
const START_MICROS = Date.UTC(2026, 0, 5, 8) * 1000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The lines of a fleet in order; each run of one seed gives the same ones. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #lines: Iterator<SimulatedLine>;
  readonly sent: Sent = { lines: 0, tokens: [] };
  #batch = 0;
  #held: SimulatedLine | null = null;
  #atMicros = START_MICROS;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#lines = createFleet({ ...options, startMicros: START_MICROS, tokenEvery: 10 })[Symbol.iterator]();
  }

  /** Sends `seconds` of the fleet's time, at its speed, or slower where the system holds back. */
  async send(seconds: number): Promise<void> {
    const untilMicros = this.#atMicros + seconds * 1e6;
    const startedAt = performance.now();
    const firstMicros = this.#atMicros;
    while (this.#atMicros < untilMicros) {
      this.#atMicros += BATCH_MS * 1000 * this.#options.speed;
      await this.#deliver(this.#linesUntil(this.#atMicros));
      await sleep(
        Math.max(0, (this.#atMicros - firstMicros) / 1000 / this.#options.speed - (performance.now() - startedAt)),
      );
    }
  }

  #linesUntil(atMicros: number): string[] {
    const lines: string[] = [];
    for (;;) {
      const next = this.#held ?? (this.#lines.next().value as SimulatedLine);
      if (next.atMicros >= atMicros) {
        this.#held = next;
        return lines;
      }
      this.#held = null;
      if (next.token !== null) this.sent.tokens.push(`${next.token}${this.#options.suffix}`);
      lines.push(this.#renamed(next));
    }
  }

  #renamed({ line, hostname, token }: SimulatedLine): string {
    const renamed = line.replace(` ${hostname} `, ` ${hostname}${this.#options.suffix} `);
    return token === null ? renamed : `${renamed}${this.#options.suffix}`;
  }

  async #deliver(lines: string[]): Promise<void> {
    if (lines.length === 0) return;
    if (this.#options.target.startsWith('tcp:')) await this.#overTcp(lines);
    else await this.#overHttp(lines);
    this.sent.lines += lines.length;
  }

  /** Repeated under one idempotency key until the ingestor says that the streams have it. */
  async #overHttp(lines: string[]): Promise<void> {
    const key = `${this.#options.seed}${this.#options.suffix}-${this.#batch++}`;
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      if (performance.now() > deadline)
        throw new Error(`the ingestor did not take batch ${key} within ${PATIENCE_MS} ms`);
      try {
        const response = await fetch(new URL('/v1/logs', this.#options.target), {
          method: 'POST',
          headers: { 'content-type': 'text/plain', 'idempotency-key': key },
          body: lines.join('\n'),
          signal: AbortSignal.timeout(15_000),
        });
        if (response.status === 200) return;
        if (response.status < 500 && response.status !== 429)
          throw new TypeError(`${response.status}: ${await response.text()}`);
      } catch (error) {
        if (error instanceof TypeError && /^4\d\d:/.test(error.message)) throw error;
      }
      await sleep(RETRY_MS);
    }
  }

  /** One short connection a batch, closed by us after the last byte: what was accepted is read to its end. */
  async #overTcp(lines: string[]): Promise<void> {
    const { hostname, port } = new URL(this.#options.target);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.end(`${lines.join('\n')}\n`));
      socket.once('close', () => resolve());
      socket.once('error', reject);
      socket.resume();
    });
  }
}
