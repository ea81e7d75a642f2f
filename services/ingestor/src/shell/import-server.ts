/** `POST /v1/logs`: lines over HTTP, answered when JetStream has acknowledged all of them. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importFormat } from '../domain/import-body.js';
import { peerAddress } from '../domain/sender-key.js';
import type { Signals } from '../signals.js';
import { BodyTooLarge, readImportBody } from './import-body.js';
import { runImport } from './import-run.js';
import type { ImportOutcome, ImportRunParts } from './import-run.js';
import { listenFault } from './listen-fault.js';
import { Problem, sendProblem } from './problem.js';

export interface ImportServerOptions extends ImportRunParts {
  host: string;
  port: number;
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

export class ImportServer {
  readonly #options: ImportServerOptions;
  readonly #server: Server;
  #imports = 0;
  /** Imports under one key run one after the other. */
  readonly #byKey = new Map<string, Promise<unknown>>();

  private constructor(options: ImportServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** Opens the port; an error names it and its variable. */
  static async open(options: ImportServerOptions): Promise<ImportServer> {
    const server = new ImportServer(options);
    await server.#listen();
    return server;
  }

  #listen(): Promise<void> {
    const { host, port, signals } = this.#options;
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(listenFault(error, 'INGEST_HTTP_PORT', port, host));
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        this.#server.on('error', (error) => signals.importFailed(error));
        signals.listening('http', host, this.port);
        resolve();
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { accepted, frames } = await this.#import(request);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify({ accepted, frames })}\n`);
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      if (!(error instanceof Problem)) this.#options.signals.importFailed(error);
      const problem = error instanceof Problem ? error : new Problem(500, 'the import failed, see the log');
      if (problem.status === 503) this.#options.signals.meters.refused.inc({ what: 'import' });
      sendProblem(response, problem, !request.complete);
    }
  }

  async #import(request: IncomingMessage): Promise<{ accepted: number; frames: number }> {
    const format = this.#check(request);
    const key = this.#key(request);
    if (this.#imports >= this.#options.maxImports) throw Problem.retry('too many imports at once', BUSY_S);
    this.#imports++;
    try {
      const body = await this.#body(request, format);
      if (body.unreadableCount > 0) {
        throw new Problem(422, `${body.unreadableCount} lines are unreadable; nothing of this body was stored`, {
          errors: body.unreadable,
        });
      }
      const peer = this.#options.intake.peer(
        'http',
        peerAddress(request.socket.remoteAddress),
        request.socket.remotePort ?? 0,
      );
      return answerOf(await this.#inTurn(key, () => runImport(this.#options, peer, body, key)), key);
    } finally {
      this.#imports--;
    }
  }

  #check(request: IncomingMessage): 'ndjson' | 'plain' {
    const path = (request.url ?? '').split('?')[0];
    if (path !== PATH) throw new Problem(404, `there is only POST ${PATH}`);
    if (request.method !== 'POST') throw new Problem(405, `${PATH} takes POST`, {}, { allow: 'POST' });
    const format = importFormat(request.headers['content-type']);
    if (!format) throw new Problem(415, 'content-type must be application/x-ndjson or text/plain');
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') throw new Problem(415, `content-encoding ${encoding} is not understood`);
    if (Number(request.headers['content-length'] ?? 0) > this.#options.maxBodyBytes) throw this.#tooLarge();
    const reason = this.#options.intake.isOpen ? this.#options.unavailable() : 'the journal takes nothing at present';
    if (reason !== null) throw Problem.retry(reason, UNAVAILABLE_S);
    return format;
  }

  #key(request: IncomingMessage): string | null {
    const key = request.headers['idempotency-key'];
    if (key === undefined) return null;
    if (typeof key !== 'string' || !KEY.test(key))
      throw new Problem(400, 'Idempotency-Key must be 1 to 255 printable ASCII characters');
    return key;
  }

  async #body(request: IncomingMessage, format: 'ndjson' | 'plain') {
    try {
      return await readImportBody(request as AsyncIterable<Buffer>, format, this.#options.maxBodyBytes);
    } catch (error) {
      throw error instanceof BodyTooLarge ? this.#tooLarge() : error;
    }
  }

  #tooLarge(): Problem {
    return new Problem(413, new BodyTooLarge(this.#options.maxBodyBytes).message);
  }

  async #inTurn(key: string | null, run: () => Promise<ImportOutcome>): Promise<ImportOutcome> {
    if (key === null) return run();
    const before = this.#byKey.get(key) ?? Promise.resolve();
    const own = before.then(run, run);
    this.#byKey.set(key, own);
    try {
      return await own;
    } finally {
      if (this.#byKey.get(key) === own) this.#byKey.delete(key);
    }
  }

  async close(): Promise<void> {
    this.#server.closeIdleConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Cuts what is still open. */
  abort(): void {
    this.#server.closeAllConnections();
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
