/**
 * OTLP/HTTP logs: `POST /v1/logs`, protobuf or JSON, answered when JetStream has acknowledged every record. A request that
 * repeats one, because its answer did not arrive, is answered like it and stored once.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { ACCEPTED_ENCODINGS, contentEncoding } from '../domain/content-encoding.js';
import type { ContentEncoding } from '../domain/content-encoding.js';
import { OTLP_TYPES, exportResponse, otlpEncoding, statusMessage } from '../domain/otlp-answer.js';
import type { OtlpEncoding } from '../domain/otlp-answer.js';
import { OtlpUnreadable } from '../domain/otlp-logs.js';
import { peerAddress } from '../domain/sender-key.js';
import type { Signals } from '../signals.js';
import { BodyTooLarge, BodyUnreadable } from './body-faults.js';
import { HttpListener, isGone, sendAnswer } from './http-listener.js';
import { runImport } from './import-run.js';
import type { ImportOutcome, ImportRunParts } from './import-run.js';
import { LinesTooLarge, readOtlpContent } from './otlp-content.js';
import type { OtlpContent } from './otlp-content.js';
import { RecentBodies } from './recent-bodies.js';
import { counted, decompressed, requestChunks } from './request-body.js';
import { Turns } from './turns.js';

export interface OtlpServerOptions extends ImportRunParts {
  host: string;
  port: number;
  /** Of a body, decompressed. */
  maxBodyBytes: number;
  maxRequests: number;
  /** Why nothing can be acknowledged now; null while it can. */
  unavailable: () => string | null;
  signals: Signals;
}

const PATH = '/v1/logs';
const BUSY_S = 1;
const UNAVAILABLE_S = 5;
/** A Collector sends over ten connections at once: those beyond the limit wait a little before they are turned away. */
const MAX_WAITING = 64;
const WAIT_MS = 5000;

/** What a request is refused with. */
class Refusal extends Error {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly fault: { field: string; description: string } | null;

  constructor(status: number, message: string, headers: OutgoingHttpHeaders = {}, fault: Refusal['fault'] = null) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.headers = headers;
    this.fault = fault;
  }

  /** What may be sent again, after so many seconds. */
  static retry(status: 429 | 503, message: string, afterS: number): Refusal {
    return new Refusal(status, message, { 'retry-after': String(afterS) });
  }

  /** What must not be sent again as it is. */
  static badRequest(message: string, field = ''): Refusal {
    return new Refusal(400, message, {}, { field, description: message });
  }
}

export class OtlpServer {
  readonly #options: OtlpServerOptions;
  readonly #turns: Turns;
  readonly #recent: RecentBodies;
  #listener: HttpListener | null = null;

  private constructor(options: OtlpServerOptions) {
    this.#options = options;
    this.#turns = new Turns(options.maxRequests, MAX_WAITING);
    this.#recent = new RecentBodies(options.journal, 'otlp');
  }

  /** Opens the port; an error names it and its variable. */
  static async open(options: OtlpServerOptions): Promise<OtlpServer> {
    const server = new OtlpServer(options);
    const { host, port, signals } = options;
    server.#listener = await HttpListener.open({
      host,
      port,
      signals,
      variable: 'OTLP_HTTP_PORT',
      transport: 'otlp',
      answer: (request, response) => server.#answer(request, response),
    });
    return server;
  }

  get port(): number {
    return this.#listener!.port;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoding = otlpEncoding(request.headers['content-type']) ?? 'json';
    const type = { 'content-type': OTLP_TYPES[encoding] };
    try {
      const { partial } = await this.#export(request);
      sendAnswer(request, response, 200, type, exportResponse(partial, encoding));
    } catch (error) {
      if (isGone(request)) return;
      if (!(error instanceof Refusal)) this.#options.signals.importFailed(error);
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'the export failed, see the log');
      this.#options.signals.meters.refused.inc({ what: 'otlp' });
      const { status, message, fault, headers } = refusal;
      sendAnswer(request, response, status, { ...headers, ...type }, statusMessage(status, message, fault, encoding));
    }
  }

  async #export(request: IncomingMessage): Promise<OtlpContent> {
    const kind = this.#check(request);
    if (!(await this.#turns.enter(WAIT_MS))) throw Refusal.retry(429, 'too many requests at once', BUSY_S);
    try {
      const content = await this.#content(request, kind);
      const { digest } = content;
      await this.#turns.inTurn(digest, () => this.#store(request, content));
      // Nothing tells a request without times from another one that says the same: only a failed one is completed.
      if (!content.isTimed) this.#recent.forget(digest);
      return content;
    } finally {
      this.#turns.leave();
    }
  }

  async #store(request: IncomingMessage, content: OtlpContent): Promise<void> {
    if (content.items.length === 0) return;
    const address = peerAddress(request.socket.remoteAddress);
    const peer = this.#options.intake.peer('otlp', address, request.socket.remotePort ?? 0);
    throwUnlessStored(await runImport(this.#options, peer, content, this.#recent.noteOf(content.digest)));
  }

  #check(request: IncomingMessage): { format: OtlpEncoding; encoding: ContentEncoding } {
    const path = (request.url ?? '').split('?')[0];
    if (path !== PATH) throw new Refusal(404, `there is only POST ${PATH}: logs are all that is taken`);
    if (request.method !== 'POST') throw new Refusal(405, `${PATH} takes POST`, { allow: 'POST' });
    const { 'content-type': type, 'content-encoding': encodings, 'content-length': length } = request.headers;
    const format = otlpEncoding(type);
    if (!format) {
      const expected = `expected ${OTLP_TYPES.protobuf} or ${OTLP_TYPES.json}`;
      throw new Refusal(415, `Content-Type ${type ?? '(none)'} is not understood: ${expected}`);
    }
    const encoding = contentEncoding(encodings);
    if (!encoding) {
      const expected = `expected one of ${ACCEPTED_ENCODINGS}`;
      const headers = { 'accept-encoding': ACCEPTED_ENCODINGS };
      throw new Refusal(415, `Content-Encoding ${encodings} is not understood: ${expected}`, headers);
    }
    const { maxBodyBytes, intake, unavailable } = this.#options;
    if (encoding === 'identity' && Number(length ?? 0) > maxBodyBytes)
      throw new Refusal(413, new BodyTooLarge(maxBodyBytes).message);
    const reason = intake.isOpen ? unavailable() : 'the journal takes nothing at present';
    if (reason !== null) throw Refusal.retry(503, reason, UNAVAILABLE_S);
    return { format, encoding };
  }

  async #content(
    request: IncomingMessage,
    { format, encoding }: { format: OtlpEncoding; encoding: ContentEncoding },
  ): Promise<OtlpContent> {
    const { maxBodyBytes, signals } = this.#options;
    const received = counted(requestChunks(request), (bytes) =>
      signals.meters.acceptedBytes.inc({ transport: 'otlp' }, bytes),
    );
    try {
      return await readOtlpContent(decompressed(received, encoding, maxBodyBytes), format, maxBodyBytes);
    } catch (error) {
      if (error instanceof BodyTooLarge || error instanceof LinesTooLarge) throw new Refusal(413, error.message);
      if (error instanceof OtlpUnreadable) throw Refusal.badRequest(error.message, error.field);
      if (error instanceof BodyUnreadable) throw Refusal.badRequest(error.message);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  /** Cuts what is still open. */
  abort(): void {
    this.#listener?.abort();
  }
}

function throwUnlessStored(outcome: ImportOutcome): void {
  if (outcome.kind === 'stored') return;
  const accepted = 'accepted' in outcome ? outcome.accepted : 0;
  const what =
    outcome.kind === 'not taken' ? 'the journal took only the first' : 'JetStream has not acknowledged in time:';
  throw Refusal.retry(
    503,
    `${what} ${accepted} records; send the same request again, nothing is stored twice`,
    UNAVAILABLE_S,
  );
}
