/** An HTTP server of ours: its port, its end, and answers that arrive also where the body was not read to its end. */
import { createServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Transport } from '@opmas/contracts';
import type { Signals } from '../signals.js';
import { listenFault } from './listen-fault.js';

export interface HttpListenerOptions {
  host: string;
  port: number;
  /** The variable that names the port, for messages. */
  variable: string;
  transport: Transport;
  signals: Signals;
  /** Must not throw. */
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** Longer than clients keep a connection that they may use again (the Collector: 90 s, but it tries again). */
const KEEP_ALIVE_MS = 65_000;
const LINGER_MS = 2000;
const LINGER_BYTES = 64 * 1024 * 1024;

export class HttpListener {
  readonly #options: HttpListenerOptions;
  readonly #server: Server;

  private constructor(options: HttpListenerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      void options.answer(request, response);
    });
  }

  /** Opens the port; an error names it and its variable. */
  static async open(options: HttpListenerOptions): Promise<HttpListener> {
    const listener = new HttpListener(options);
    await listener.#listen();
    return listener;
  }

  #listen(): Promise<void> {
    const { host, port, variable, transport, signals } = this.#options;
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(listenFault(error, variable, port, host));
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        this.#server.on('error', (error) => signals.importFailed(error));
        signals.listening(transport, host, this.port);
        resolve();
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
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

/** True where the client is gone, and nobody can be answered. */
export const isGone = (request: IncomingMessage): boolean => request.destroyed && !request.complete;

/**
 * Answers. A body that was not read to its end makes this the connection's last answer; for a while what still comes of it
 * is thrown away, because closing at once would take the answer away from a client that is still sending.
 */
export function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Uint8Array,
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const isUnread = !request.complete;
  response.writeHead(status, {
    ...headers,
    'content-length': bytes.length,
    ...(isUnread ? { connection: 'close' } : {}),
  });
  if (!isUnread) {
    response.end(bytes);
    return;
  }
  response.write(bytes);
  let size = 0;
  const finish = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(finish, LINGER_MS);
  request.once('end', finish);
  request.once('close', finish);
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > LINGER_BYTES) finish();
  });
  request.resume();
}
