/** @jest-environment node */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../server.mjs', import.meta.url));
const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** Runs the server until it listens or ends. */
async function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [SERVER], {
    env: { ...process.env, UI_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const port = await Promise.race([
    (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        const entry = JSON.parse(line) as { msg: string; port: number };
        if (entry.msg === 'listening') return entry.port;
      }
      return 0;
    })(),
    once(child, 'exit').then(() => 0),
  ]);
  if (port === 0 && child.exitCode === null) await once(child, 'exit');
  return { child, port, errors: () => errors };
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request({ port, host: '127.0.0.1', path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('the UI server', () => {
  const dist = mkdtempSync(join(tmpdir(), 'opmas-ui-'));
  let api: Server;
  let ui: { child: ChildProcess; port: number };

  beforeAll(async () => {
    mkdirSync(join(dist, 'assets'));
    writeFileSync(join(dist, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__" />page');
    writeFileSync(join(dist, 'assets', 'app-1a2b.js'), 'export {};'.repeat(100));
    api = createServer((incoming, response) =>
      response.end(JSON.stringify({ path: incoming.url, from: incoming.headers['x-forwarded-for'] })),
    );
    api.on('upgrade', (_request, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello');
      socket.pipe(socket);
    });
    api.listen(0, '127.0.0.1');
    await once(api, 'listening');
    ui = await start({ UI_DIST: dist, API_URL: `http://127.0.0.1:${portOf(api)}` });
  });

  afterAll(() => {
    ui.child.kill('SIGKILL');
    api.closeAllConnections();
    api.close();
    rmSync(dist, { recursive: true });
  });

  it('serves the page for every address of it, with a nonce of its own', async () => {
    const [first, second] = await Promise.all([get(ui.port, '/'), get(ui.port, '/findings/abc?x=1')]);
    expect(second.status).toBe(200);
    const nonce = /content="([^"]+)"/.exec(first.body)?.[1] ?? '';
    expect(first.headers['content-security-policy']).toContain(`'nonce-${nonce}'`);
    expect(first.headers['content-security-policy']).toContain("script-src 'self';");
    expect(second.body).not.toContain(nonce);
    expect(first.headers['cache-control']).toBe('no-store');
  });

  it('lets hashed files be kept for ever, compressed, and answers 404 for those of another build', async () => {
    const file = await get(ui.port, '/assets/app-1a2b.js', { 'accept-encoding': 'gzip, br' });
    expect(file.headers).toMatchObject({
      'content-encoding': 'br',
      'cache-control': expect.stringContaining('immutable'),
    });
    expect((await get(ui.port, '/assets/app-1a2b.js')).body).toContain('export {};');
    expect((await get(ui.port, '/assets/app-old.js')).status).toBe(404);
  });

  it('serves nothing outside the build', async () => {
    for (const path of ['/../server.mjs', '/%2e%2e/server.mjs', '/assets/..%2f..%2fserver.mjs']) {
      expect((await get(ui.port, path)).body).not.toContain('createServer');
    }
    expect((await get(ui.port, '/%E0%A4%A')).status).toBe(400);
  });

  it('hands /api on, and says who asked', async () => {
    const answer = await get(ui.port, '/api/v1/events?q=1');
    expect(JSON.parse(answer.body)).toEqual({ path: '/api/v1/events?q=1', from: expect.stringContaining('127.0.0.1') });
    expect((await get(ui.port, '/readyz')).status).toBe(200);
    expect((await get(ui.port, '/livez')).status).toBe(200);
  });

  it('hands WebSockets on in both directions', async () => {
    const socket = connect(ui.port, '127.0.0.1');
    let seen = '';
    socket.on('data', (chunk: Buffer) => (seen += chunk.toString()));
    socket.write('GET /api/v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    while (!seen.includes('hello')) await once(socket, 'data');
    socket.write('ping');
    while (!seen.includes('ping')) await once(socket, 'data');
    expect(seen).toMatch(/^HTTP\/1.1 101/);
    socket.destroy();
  });

  it('says which port is in use', async () => {
    const second = await start({ UI_DIST: dist, UI_PORT: String(ui.port) });
    expect(second.port).toBe(0);
    expect(second.errors()).toContain(`port ${ui.port}`);
    expect(second.errors()).toContain('UI_PORT');
  });

  it('names every bad setting and ends with 78', async () => {
    const { child, errors } = await start({ UI_DIST: dist, UI_PORT: 'x', API_URL: 'nowhere' });
    expect(child.exitCode).toBe(78);
    expect(errors()).toMatch(/UI_PORT[\s\S]*API_URL/);
  });

  it('says so while the API is away', async () => {
    const lonely = await start({ UI_DIST: dist, API_URL: 'http://127.0.0.1:1' });
    expect(await get(lonely.port, '/api/v1/overview')).toMatchObject({
      status: 502,
      body: expect.stringContaining('The API does not answer'),
    });
    expect((await get(lonely.port, '/readyz')).status).toBe(503);
    lonely.child.kill('SIGKILL');
  });

  it('ends within a second of SIGTERM, open WebSockets or not', async () => {
    const own = await start({ UI_DIST: dist, API_URL: `http://127.0.0.1:${portOf(api)}` });
    const socket = connect(own.port, '127.0.0.1').on('error', () => undefined);
    socket.write('GET /api/v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    await once(socket, 'data');
    const began = performance.now();
    own.child.kill('SIGTERM');
    const [code] = (await once(own.child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(performance.now() - began).toBeLessThan(1000);
    socket.destroy();
  });
});
