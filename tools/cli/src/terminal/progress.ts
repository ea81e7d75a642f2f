/** Progress on standard error: one line that is drawn again, and nothing where it is no terminal. */

export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write: (text: string) => unknown;
}

const REDRAW_MS = 100;
const BAR_CELLS = 24;

export class Progress {
  readonly #stream: ProgressStream;
  readonly #label: string;
  readonly #startedAtMs = performance.now();
  #drawnAtMs = -Infinity;
  #isDrawn = false;

  /** `label` says what is going on: `sending`, `parsing`. */
  constructor(label: string, stream: ProgressStream = process.stderr) {
    this.#label = label;
    this.#stream = stream;
  }

  /** `done` of `total` (in any unit; null where the end is unknown), and the lines so far. */
  show(done: number, total: number | null, lines: number): void {
    if (this.#stream.isTTY !== true) return;
    const nowMs = performance.now();
    if (nowMs - this.#drawnAtMs < REDRAW_MS) return;
    this.#drawnAtMs = nowMs;
    this.#isDrawn = true;
    const seconds = Math.max((nowMs - this.#startedAtMs) / 1000, 0.001);
    const rate = `${lines.toLocaleString('en-US')} lines  ${Math.round(lines / seconds).toLocaleString('en-US')}/s`;
    const text = `${this.#label}  ${bar(done, total)}${rate}`;
    this.#stream.write(`\r${text.slice(0, (this.#stream.columns ?? 80) - 1)}\u001b[K`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isDrawn) this.#stream.write('\r\u001b[K');
  }
}

function bar(done: number, total: number | null): string {
  if (total === null || total <= 0) return '';
  const share = Math.min(done / total, 1);
  const full = Math.round(share * BAR_CELLS);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}] ${Math.floor(share * 100)}%  `;
}
