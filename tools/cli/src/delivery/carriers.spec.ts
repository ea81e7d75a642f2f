import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Carrier, OutgoingLine } from './carrier.js';
import { openCarrier } from './open-carrier.js';

const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function lines(count: number, peers = 3): OutgoingLine[] {
  return Array.from({ length: count }, (_, index) => ({
    peer: index % peers,
    bytes: Buffer.from(`<13>line ${index}`),
  }));
}

async function tcpServer(
  onData: (socket: Socket, data: Buffer) => void,
  port = 0,
): Promise<{ port: number; server: Server }> {
  const server = createTcpServer((socket) =>
    socket.on('data', (data) => onData(socket, data)).on('error', () => undefined),
  );
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, server };
}

function tcpCarrier(port: number, framing: 'lf' | 'nul' | 'octet', retryForMs = 5000): Promise<Carrier> {
  return openCarrier({ protocol: 'tcp', host: '127.0.0.1', port }, { peers: 3, framing, retryForMs });
}

function countedFrames(text: string): string[] {
  const frames: string[] = [];
  for (let at = 0; at < text.length;) {
    const space = text.indexOf(' ', at);
    const end = space + 1 + Number(text.slice(at, space));
    frames.push(text.slice(space + 1, end));
    at = end;
  }
  return frames;
}

describe('TCP', () => {
  it.each([
    ['lf', (text: string) => text.split('\n').slice(0, -1)],
    ['nul', (text: string) => text.split('\0').slice(0, -1)],
    ['octet', countedFrames],
  ] as const)('delivers every line, framed by %s, one connection a peer', async (framing, unframe) => {
    const received = new Map<Socket, string>();
    const { port } = await tcpServer((socket, data) =>
      received.set(socket, (received.get(socket) ?? '') + data.toString()),
    );
    const carrier = await tcpCarrier(port, framing);
    await carrier.send(lines(1000));
    await carrier.send(lines(1000).slice(0, 7));
    await carrier.close();
    expect(carrier.totals).toMatchObject({ sent: 1007, inDoubt: 0, failed: 0, connections: 3 });
    expect(received.size).toBe(3);
    const frames: string[] = [...received.values()].flatMap(unframe);
    expect(frames.length).toBe(1007);
    expect(frames.every((frame) => /^<13>line \d+$/.test(frame))).toBe(true);
  });

  it('connects again when the listener closes, and says what is in doubt', async () => {
    let received = 0;
    const { port } = await tcpServer((socket, data) => {
      received += data.toString().split('\n').length - 1;
      socket.destroy();
    });
    const carrier = await openCarrier(
      { protocol: 'tcp', host: '127.0.0.1', port },
      { peers: 1, framing: 'lf', retryForMs: 5000 },
    );
    for (let round = 0; round < 5; round++) {
      await carrier.send(lines(10));
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await carrier.close();
    expect(carrier.totals.connections).toBe(5);
    expect(carrier.totals.sent + carrier.totals.inDoubt).toBe(50);
    expect(received).toBe(50);
  });

  it('gives up with exit code 3 when nobody listens', async () => {
    const { port, server } = await tcpServer(() => undefined);
    server.close();
    const carrier = await tcpCarrier(port, 'lf', 100);
    await expect(carrier.send(lines(1))).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});

describe('UDP', () => {
  it('sends one datagram a line, one port a peer', async () => {
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const ports = new Set<number>();
    const received: string[] = [];
    server.on('message', (message, { port }) => {
      ports.add(port);
      received.push(message.toString());
    });
    const carrier = await openCarrier(
      { protocol: 'udp', host: '127.0.0.1', port: server.address().port },
      { peers: 3, framing: 'lf', retryForMs: 0 },
    );
    await carrier.send(lines(60));
    await carrier.close();
    while (received.length < 60) await once(server, 'message');
    expect(received.sort()).toEqual(
      lines(60)
        .map((line) => line.bytes.toString())
        .sort(),
    );
    expect(ports.size).toBe(3);
    expect(carrier.totals).toMatchObject({ sent: 60, failed: 0 });
  });
});

describe('HTTP', () => {
  type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void;
  async function httpServer(handler: Handler): Promise<number> {
    const server = createHttpServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => handler(request, body, response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => (server.closeAllConnections(), server.close()));
    return (server.address() as AddressInfo).port;
  }
  const carrierTo = (port: number, retryForMs = 10_000): Promise<Carrier> =>
    openCarrier({ protocol: 'http', host: '127.0.0.1', port }, { peers: 2, framing: 'lf', retryForMs });

  it('stores each line once, though answers fail and get lost', async () => {
    const stored = new Map<string, string>();
    let requests = 0;
    const port = await httpServer((request, body, response) => {
      const key = String(request.headers['idempotency-key']);
      requests++;
      if (requests % 3 === 1) {
        response.writeHead(503).end('not now');
        return;
      }
      expect(stored.get(key) ?? body).toBe(body);
      stored.set(key, body);
      // Stored, but the answer never arrives.
      if (requests % 3 === 2) response.destroy();
      else response.end('{}');
    });
    const carrier = await carrierTo(port);
    const all = lines(2600, 2);
    for (let start = 0; start < all.length; start += 130) await carrier.send(all.slice(start, start + 130));
    await carrier.close();
    const received = [...stored.values()].flatMap((body) => body.split('\n').slice(0, -1));
    expect(received.sort()).toEqual(all.map((line) => line.bytes.toString()).sort());
    expect(carrier.totals.sent).toBe(2600);
    expect(carrier.totals.retries).toBeGreaterThan(0);
  }, 60_000);

  it('keeps the order of a peer', async () => {
    const bodies: string[] = [];
    const port = await httpServer((_, body, response) => {
      bodies.push(body);
      setTimeout(() => response.end(), 2);
    });
    const carrier = await openCarrier(
      { protocol: 'http', host: '127.0.0.1', port },
      { peers: 1, framing: 'lf', retryForMs: 1000 },
    );
    for (const line of lines(800, 1)) await carrier.send([line]);
    await carrier.close();
    expect(bodies.join('')).toBe(
      lines(800, 1)
        .map((line) => `${line.bytes.toString()}\n`)
        .join(''),
    );
    expect(bodies.length).toBeLessThan(800);
  });

  it('does not repeat what is refused for good, and says so', async () => {
    const port = await httpServer((_, __, response) => response.writeHead(413).end('too large'));
    const carrier = await carrierTo(port);
    await expect(carrier.send(lines(1)).then(() => carrier.close())).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('413 too large'),
    });
  });

  it('gives up with exit code 3 when nobody answers', async () => {
    const port = await httpServer((_, __, response) => response.writeHead(500).end());
    const carrier = await carrierTo(port, 300);
    await expect(carrier.send(lines(1)).then(() => carrier.close())).rejects.toMatchObject({ exitCode: 3 });
  });
});
