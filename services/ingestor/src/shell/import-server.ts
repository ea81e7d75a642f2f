/** `POST /v1/logs`: lines over HTTP, answered when JetStream has acknowledged all of them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ACCEPTED_ENCODINGS, contentEncoding } from '../domain/content-encoding.js';
import type { ContentEncoding } from '../domain/content-encoding.js';
import { IMPORT_TYPES, importFormat } from '../domain/import-body.js';
import type { ImportFormat } from '../domain/import-body.js';
import { peerAddress } from '../domain/sender-key.js';
import type { Signals } from '../signals.js';
import { BodyTooLarge, BodyUnreadable } from './body-faults.js';
import { HttpListener, isGone, sendAnswer } from './http-listener.js';
import { readImportBody } from './import-body.js';
import type { ImportBody } from './import-body.js';
import { runImport } from './import-run.js';
import type { ImportOutcome, ImportRunParts } from './import-run.js';
import { Problem, sendProblem } from './problem.js';
import { counted, decompressed, requestChunks } from './request-body.js';
import { Turns } from './turns.js';

export interface ImportServerOptions extends ImportRunParts {
  host: string;
  port: number;
  /** Of a body's content, decompressed. */
  maxBodyBytes: number;
  maxImports: number;
  /** Why nothing can be acknowledged now; null while it can. */
  unavailable: () => string | null;
  signals: Signals;
}

const PATH = '/v1/logs';
const KEY = /^[\x21-\x7e]{1,255}$/;
const BUSY_S = 1;
const UNAVAILABLE_S = 5;

interface BodyKind {
  format: ImportFormat;
  encoding: ContentEncoding;
}

export class ImportServer {
  readonly #options: ImportServerOptions;
  readonly #turns: Turns;
  #listener: HttpListener | null = null;

  private constructor(options: ImportServerOptions) {
    this.#options = options;
    this.#turns = new Turns(options.maxImports);
  }

  /** Opens the port; an error names it and its variable. */
  static async open(options: ImportServerOptions): Promise<ImportServer> {
    const server = new ImportServer(options);
    const { host, port, signals } = options;
    server.#listener = await HttpListener.open({
      host,
      port,
      signals,
      variable: 'INGEST_HTTP_PORT',
      transport: 'http',
      answer: (request, response) => server.#answer(request, response),
    });
    return server;
  }

  get port(): number {
    return this.#listener!.port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { accepted, frames } = await this.#import(request);
      const body = `${JSON.stringify({ accepted, frames })}\n`;
      sendAnswer(request, response, 200, { 'content-type': 'application/json' }, body);
    } catch (error) {
      if (isGone(request)) return;
      if (!(error instanceof Problem)) this.#options.signals.importFailed(error);
      const problem = error instanceof Problem ? error : new Problem(500, 'the import failed, see the log');
      if (problem.status === 503) this.#options.signals.meters.refused.inc({ what: 'import' });
      sendProblem(request, response, problem);
    }
  }

  async #import(request: IncomingMessage): Promise<{ accepted: number; frames: number }> {
    const kind = this.#check(request);
    const key = this.#key(request);
    if (!(await this.#turns.enter())) throw Problem.retry('too many imports at once', BUSY_S);
    try {
      const body = await this.#body(request, kind);
      if (body.unreadableCount > 0) {
        const what = kind.format === 'json' ? 'elements' : 'lines';
        throw new Problem(422, `${body.unreadableCount} ${what} are unreadable; nothing of this body was stored`, {
          accepted: 0,
          errors: body.unreadable,
        });
      }
      const address = peerAddress(request.socket.remoteAddress);
      const peer = this.#options.intake.peer('http', address, request.socket.remotePort ?? 0);
      const note = key === null ? null : { key: `import:${key}`, isReused: false };
      return answerOf(await this.#turns.inTurn(key, () => runImport(this.#options, peer, body, note)), key);
    } finally {
      this.#turns.leave();
    }
  }

  #check(request: IncomingMessage): BodyKind {
    const path = (request.url ?? '').split('?')[0];
    if (path !== PATH) throw new Problem(404, `there is only POST ${PATH}`);
    if (request.method !== 'POST') throw new Problem(405, `${PATH} takes POST`, {}, { allow: 'POST' });
    const { 'content-type': type, 'content-encoding': encodings, 'content-length': length } = request.headers;
    const format = importFormat(type);
    if (!format) throw new Problem(415, `Content-Type ${type} is not understood: expected ${IMPORT_TYPES}`);
    const encoding = contentEncoding(encodings);
    if (!encoding) {
      throw new Problem(
        415,
        `Content-Encoding ${encodings} is not understood: expected one of ${ACCEPTED_ENCODINGS}`,
        {},
        { 'accept-encoding': ACCEPTED_ENCODINGS },
      );
    }
    if (encoding === 'identity' && Number(length ?? 0) > this.#options.maxBodyBytes) throw this.#tooLarge();
    const reason = this.#options.intake.isOpen ? this.#options.unavailable() : 'the journal takes nothing at present';
    if (reason !== null) throw Problem.retry(reason, UNAVAILABLE_S);
    return { format, encoding };
  }

  #key(request: IncomingMessage): string | null {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return null;
    if (typeof key !== 'string' || !KEY.test(key))
      throw new Problem(400, 'Idempotency-Key must be 1 to 255 printable ASCII characters');
    return key;
  }

  async #body(request: IncomingMessage, { format, encoding }: BodyKind): Promise<ImportBody> {
    const { maxBodyBytes, signals } = this.#options;
    try {
      const received = counted(requestChunks(request), (bytes) =>
        signals.meters.acceptedBytes.inc({ transport: 'http' }, bytes),
      );
      return await readImportBody(decompressed(received, encoding, maxBodyBytes), format);
    } catch (error) {
      if (error instanceof BodyTooLarge) throw this.#tooLarge();
      if (error instanceof BodyUnreadable)
        throw new Problem(400, `${error.message}; nothing of this body was stored`, { accepted: 0 });
      throw error;
    }
  }

  #tooLarge(): Problem {
    const maxBytes = this.#options.maxBodyBytes;
    return new Problem(413, `${new BodyTooLarge(maxBytes).message}; nothing of this body was stored`, {
      accepted: 0,
      maxBytes,
    });
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  /** Cuts what is still open. */
  abort(): void {
    this.#listener?.abort();
  }
}

function answerOf(outcome: ImportOutcome, key: string | null): { accepted: number; frames: number } {
  switch (outcome.kind) {
    case 'stored':
      return outcome;
    case 'other body':
      throw new Problem(422, 'this Idempotency-Key was used for another body');
    case 'not taken':
    case 'not acknowledged': {
      const advice =
        key === null
          ? 'those lines are kept and will be published: do not send them again'
          : 'send the same body under the same Idempotency-Key again, nothing is stored twice';
      const what =
        outcome.kind === 'not taken' ? 'the journal took only the first' : 'JetStream has not acknowledged in time';
      throw Problem.retry(`${what} ${outcome.accepted} lines; ${advice}`, UNAVAILABLE_S, {
        accepted: outcome.accepted,
      });
    }
  }
}
