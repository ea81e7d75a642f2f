/**
 * The workflow's clock: ticks that its owner appends to `opmas.incidents` and reads back. A tick's server time is what
 * moves the clock; this process's own clock only says when it is worth asking. Each tick names the position in
 * OPMAS_FINDINGS that was read, and is where the next owner begins.
 */
import type { StreamPosition } from '@opmas/contracts';
import { HEADERS, STREAM_NAMES, formatSource, parseSource, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { FencedOut, FencedSubject } from '@opmas/platform';

const empty = new TextEncoder().encode('{}');

export class TickWriter {
  readonly #subject: FencedSubject;
  #number: number;
  readonly #instance: string;

  private constructor(subject: FencedSubject, instance: string) {
    this.#subject = subject;
    this.#number = Number(subject.last?.header(HEADERS.number) ?? 0);
    this.#instance = instance;
  }

  static async open(bus: Bus, instance: string): Promise<TickWriter> {
    return new TickWriter(await FencedSubject.open(bus, STREAM_NAMES.actions, subjects.incidents), instance);
  }

  /** The position that the last stored tick names; null where there is none. */
  get position(): StreamPosition | null {
    return parseSource(this.#subject.last?.header(HEADERS.source));
  }

  /** Appends a tick; answers its stream sequence. Throws where the server does not answer. */
  async append(findings: StreamPosition | null): Promise<number> {
    for (;;) {
      const number = this.#number + 1;
      const headers = {
        [HEADERS.kind]: 'tick',
        [HEADERS.contentType]: 'application/json',
        [HEADERS.number]: String(number),
        ...(findings === null ? {} : { [HEADERS.source]: formatSource(findings) }),
      };
      try {
        const sequence = await this.#subject.publish(
          `${subjects.incidents}:${this.#instance}:${number}`,
          headers,
          empty,
        );
        this.#number = number;
        return sequence;
      } catch (error) {
        await this.reload();
        if (!(error instanceof FencedOut)) throw error;
      }
    }
  }

  async reload(): Promise<void> {
    const last = await this.#subject.reload();
    this.#number = Math.max(this.#number, Number(last?.header(HEADERS.number) ?? 0));
  }
}
