/** Standard output that waits for its reader, and ends in peace when the reader goes (`| head`). */

const CHUNK_CHARS = 64 * 1024;

export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

export class Output {
  readonly #stream: NodeJS.WritableStream;
  #pending = '';
  #isGone = false;

  constructor(stream: NodeJS.WritableStream = process.stdout) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      this.#isGone = true;
    });
  }

  /** Adds a text; throws `ReaderGone` when nobody reads any more. */
  async write(text: string): Promise<void> {
    this.#pending += text;
    if (this.#pending.length >= CHUNK_CHARS) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#isGone) throw new ReaderGone('the reader of standard output went away');
    const text = this.#pending;
    this.#pending = '';
    if (text.length === 0 || this.#stream.write(text)) return;
    // After EPIPE no `drain` comes.
    await new Promise<void>((resolve) => {
      const settled = (): void => {
        this.#stream.off('drain', settled).off('error', settled);
        resolve();
      };
      this.#stream.once('drain', settled).once('error', settled);
    });
    if (this.#isGone) throw new ReaderGone('the reader of standard output went away');
  }
}
