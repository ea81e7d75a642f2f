/** WebSockets at /api/v1/live, on the API's own HTTP server. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { EventEnvelope } from '@opmas/contracts';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Tokens } from '../auth/tokens.js';
import type { Signals } from '../signals.js';
import type { OverviewStore } from '../stores/overview-store.js';
import { Connection } from './connection.js';
import type { LiveHub, LiveMessage } from './hub.js';

export const LIVE_PATH = '/api/v1/live';
/** Application close code: the token is missing, not valid, or has expired. */
export const CLOSE_UNAUTHORIZED = 4401;
const CLOSE_GOING_AWAY = 1001;

const EVENTS_MS = 500;
const OVERVIEW_MS = 1000;
const PING_MS = 20_000;
const MAX_COMMAND_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 1000;

export interface LivePorts {
  hub: LiveHub;
  tokens: Tokens;
  overview: OverviewStore;
  signals: Signals;
}

export class LiveServer {
  readonly #ports: LivePorts;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_COMMAND_BYTES });
  readonly #connections = new Map<WebSocket, Connection>();
  readonly #alive = new WeakSet<WebSocket>();
  readonly #timers: NodeJS.Timeout[];
  readonly #stopListening: () => void;

  constructor(ports: LivePorts) {
    this.#ports = ports;
    this.#stopListening = ports.hub.listen((message) => this.#deliver(message));
    this.#timers = [
      setInterval(() => this.#flush(), EVENTS_MS),
      setInterval(() => void this.#sendOverview(), OVERVIEW_MS),
      setInterval(() => this.#ping(), PING_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stopListening();
    for (const socket of this.#connections.keys()) socket.close(CLOSE_GOING_AWAY, 'the server is going away');
    setTimeout(() => this.#connections.forEach((_, socket) => socket.terminate()), 500).unref();
    this.#server.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const url = URL.parse(request.url ?? '', 'http://localhost');
    if (url?.pathname !== LIVE_PATH || this.#connections.size >= MAX_CONNECTIONS) {
      const status = url?.pathname === LIVE_PATH ? '503 Service Unavailable' : '404 Not Found';
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const token = url.searchParams.get('token') ?? '';
    this.#server.handleUpgrade(request, socket, head, (webSocket) => void this.#open(webSocket, token));
  }

  async #open(socket: WebSocket, token: string): Promise<void> {
    socket.on('error', () => socket.terminate());
    const early: string[] = [];
    const keep = (data: Buffer): void => void early.push(data.toString());
    socket.on('message', keep);
    const caller = await this.#ports.tokens.verifyAccess(token);
    socket.off('message', keep);
    if (caller === null) {
      socket.close(CLOSE_UNAUTHORIZED, 'the access token is not valid');
      return;
    }
    const connection = new Connection(socket);
    this.#connections.set(socket, connection);
    this.#alive.add(socket);
    this.#ports.signals.liveConnections(this.#connections.size);
    const expiry = setTimeout(
      () => socket.close(CLOSE_UNAUTHORIZED, 'the access token has expired'),
      Math.max(0, caller.expiresAt * 1000 - Date.now()),
    );
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('message', (data: Buffer) => this.#command(connection, data.toString()));
    socket.on('close', () => {
      clearTimeout(expiry);
      this.#connections.delete(socket);
      if (connection.wants('events')) this.#ports.hub.countEventListeners(-1);
      this.#ports.signals.liveConnections(this.#connections.size);
    });
    for (const text of early) this.#command(connection, text);
  }

  #command(connection: Connection, text: string): void {
    const before = connection.wants('events');
    const fault = connection.command(text);
    if (fault !== null) connection.sendError(fault);
    const after = connection.wants('events');
    if (after !== before) this.#ports.hub.countEventListeners(after ? 1 : -1);
    if (connection.wants('overview')) void this.#sendOverview(connection);
  }

  #deliver(message: LiveMessage): void {
    if (message.channel !== 'events') {
      for (const connection of this.#connections.values()) connection.sendItem(message);
      return;
    }
    const wanting = [...this.#connections.values()].filter((connection) => connection.wants('events'));
    if (wanting.length === 0) return;
    const events = message.lines.map((line) => JSON.parse(line) as EventEnvelope);
    for (const connection of wanting) connection.addEvents(events, message.total - events.length);
  }

  #flush(): void {
    let skipped = 0;
    for (const connection of this.#connections.values()) skipped += connection.flushEvents();
    if (skipped > 0) this.#ports.signals.liveSkipped(skipped);
  }

  async #sendOverview(only?: Connection): Promise<void> {
    const wanting = (only ? [only] : [...this.#connections.values()]).filter((connection) =>
      connection.wants('overview'),
    );
    if (wanting.length === 0) return;
    const item = await this.#ports.overview.read().catch(() => null);
    if (item !== null) for (const connection of wanting) connection.sendOverview(item);
  }

  #ping(): void {
    for (const socket of this.#connections.keys()) {
      if (!this.#alive.has(socket)) {
        socket.terminate();
        continue;
      }
      this.#alive.delete(socket);
      socket.ping();
    }
  }
}
