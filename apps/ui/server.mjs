/**
 * Serves the built UI and proxies /api, WebSockets too, to the API. No dependencies, so that it starts at once.
 *
 * UI_PORT (3000), UI_HOST (127.0.0.1), API_URL (http://127.0.0.1:8000). UI_DIST (apps/ui/dist). UI_PORT=0 takes a free port;
 * the log line "listening" names it. Exit codes: 0 after SIGTERM or SIGINT, 1 for a port in use or a missing build, 78 for bad settings.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const DIST = process.env.UI_DIST ?? fileURLToPath(new URL('./dist/', import.meta.url));
const NONCE_MARK = '__CSP_NONCE__';
const PROXY_IDLE_MS = 120_000;
const DRAIN_MS = 800;

const CONTENT_TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSIBLE = new Set(['.js', '.css', '.svg', '.json', '.txt']);

function log(fields) {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), name: 'ui', ...fields })}\n`);
}

function fail(message, code) {
  process.stderr.write(`opmas ui: ${message}\n`);
  process.exit(code);
}

function readSettings(env) {
  const faults = [];
  const port = Number(env.UI_PORT ?? 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    faults.push(`UI_PORT: expected a port from 0 to 65535, got "${env.UI_PORT}"`);
  let api = null;
  try {
    api = new URL(env.API_URL ?? 'http://127.0.0.1:8000');
  } catch {
    faults.push(`API_URL: expected an address like http://127.0.0.1:8000, got "${env.API_URL}"`);
  }
  if (api !== null && !['http:', 'https:'].includes(api.protocol)) faults.push('API_URL: expected http or https');
  if (faults.length > 0) fail(`bad settings:\n  ${faults.join('\n  ')}`, 78);
  return { port, host: env.UI_HOST ?? '127.0.0.1', api };
}

/** Every file of the build, compressed once. The page itself is made anew for each request: it carries a nonce. */
function readBuild() {
  if (!existsSync(join(DIST, 'index.html'))) fail(`there is no build in ${DIST}: run "npm run build -w @opmas/ui"`, 1);
  const files = new Map();
  for (const name of readdirSync(DIST, { recursive: true })) {
    const path = join(DIST, String(name));
    if (!statSync(path).isFile()) continue;
    const extension = extname(path);
    const url = `/${relative(DIST, path).split(sep).join('/')}`;
    const file = { path, type: CONTENT_TYPES[extension] ?? 'application/octet-stream', size: statSync(path).size };
    if (COMPRESSIBLE.has(extension)) {
      const content = readFileSync(path);
      file.br = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
      file.gzip = gzipSync(content, { level: 9 });
    }
    files.set(url, file);
  }
  files.delete('/index.html');
  return { page: readFileSync(join(DIST, 'index.html'), 'utf8'), files };
}

function securityHeaders(nonce) {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce ? ` 'nonce-${nonce}'` : ''}`,
    "font-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}

function sendPage(request, response, page) {
  const nonce = randomBytes(16).toString('base64');
  const body = Buffer.from(page.replaceAll(NONCE_MARK, nonce));
  response.writeHead(200, {
    ...securityHeaders(nonce),
    'content-type': CONTENT_TYPES['.html'],
    'cache-control': 'no-store',
    'content-length': body.length,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function sendFile(request, response, url, file) {
  const isHashed = url.startsWith('/assets/');
  const headers = {
    ...securityHeaders(),
    'content-type': file.type,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = ['br', 'gzip'].find((each) => file[each] && new RegExp(`\\b${each}\\b`).test(accepted));
  if (file.br) headers.vary = 'accept-encoding';
  if (encoding) {
    response.writeHead(200, { ...headers, 'content-encoding': encoding, 'content-length': file[encoding].length });
    response.end(request.method === 'HEAD' ? undefined : file[encoding]);
    return;
  }
  response.writeHead(200, { ...headers, 'content-length': file.size });
  if (request.method === 'HEAD') response.end();
  else
    createReadStream(file.path)
      .on('error', () => response.destroy())
      .pipe(response);
}

function sendProblem(response, status, title, detail) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, {
    ...securityHeaders(),
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify({ type: 'about:blank', title, status, detail }));
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

function upstreamOptions(request, api, headers) {
  const peer = request.socket.remoteAddress ?? '';
  const before = request.headers['x-forwarded-for'];
  return {
    protocol: api.protocol,
    hostname: api.hostname.replace(/^\[|\]$/g, ''),
    port: api.port || (api.protocol === 'https:' ? 443 : 80),
    method: request.method,
    path: api.pathname.replace(/\/$/, '') + request.url,
    headers: {
      ...headers,
      host: api.host,
      'x-forwarded-for': before ? `${before}, ${peer}` : peer,
      'x-forwarded-host': request.headers.host ?? '',
      'x-forwarded-proto': 'http',
    },
  };
}

const requestTo = (api) => (api.protocol === 'https:' ? httpsRequest : httpRequest);

function proxy(request, response, api) {
  const headers = { ...request.headers };
  for (const name of HOP_BY_HOP) delete headers[name];
  const upstream = requestTo(api)(upstreamOptions(request, api, headers), (answer) => {
    const answerHeaders = { ...answer.headers };
    for (const name of HOP_BY_HOP) delete answerHeaders[name];
    response.writeHead(answer.statusCode ?? 502, answerHeaders);
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  upstream.setTimeout(PROXY_IDLE_MS, () => upstream.destroy(new Error('timeout')));
  upstream.on('error', () =>
    sendProblem(response, 502, 'The API does not answer', `Nothing answers at ${api.origin}. It may be starting.`),
  );
  response.on('close', () => upstream.destroy());
  request.pipe(upstream);
}

function proxyUpgrade(request, socket, head, api) {
  socket.on('error', () => socket.destroy());
  const upstream = requestTo(api)(upstreamOptions(request, api, request.headers));
  upstream.on('upgrade', (answer, upstreamSocket, upstreamHead) => {
    const lines = [`HTTP/1.1 101 ${answer.statusMessage ?? 'Switching Protocols'}`];
    for (let index = 0; index < answer.rawHeaders.length; index += 2) {
      lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`);
    }
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstreamSocket.write(head);
    upstreamSocket.on('error', () => socket.destroy());
    upstreamSocket.on('close', () => socket.destroy());
    socket.on('close', () => upstreamSocket.destroy());
    upstreamSocket.pipe(socket).pipe(upstreamSocket);
  });
  upstream.on('response', (answer) => {
    socket.end(
      `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    answer.resume();
  });
  upstream.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'));
  upstream.end();
}

/** Ready means that the API answers, be it with "sign in first": without it the UI shows nothing. */
function sendReadiness(response, api) {
  const answer = (ok, detail) => {
    if (response.headersSent) return;
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify({ ok, checks: { api: { ok, detail } } }));
  };
  const probe = requestTo(api)(new URL('/api/v1/auth/me', api), { timeout: 2000 }, (reply) => {
    reply.resume();
    answer(reply.statusCode < 500, `${api.origin} answers ${reply.statusCode}`);
  });
  probe.on('timeout', () => probe.destroy());
  probe.on('error', () => answer(false, `${api.origin} does not answer`));
  probe.end();
}

function isApi(path) {
  return path === '/api' || path.startsWith('/api/');
}

function pathOf(request) {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
  } catch {
    return null;
  }
}

function handle(request, response, { build, api }) {
  const path = pathOf(request);
  if (path === null) return sendProblem(response, 400, 'Bad request', 'The address cannot be read.');
  if (isApi(path)) return proxy(request, response, api);
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendProblem(response, 405, 'Method not allowed', 'Pages are only read.');
  if (path === '/livez') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"ok":true}');
    return undefined;
  }
  if (path === '/readyz') return sendReadiness(response, api);
  const file = build.files.get(path);
  if (file) return sendFile(request, response, path, file);
  // A file that is gone (an old build's chunk) must not be answered with the page.
  if (path.startsWith('/assets/') || /\.(js|css|map|svg|png|ico|woff2|json|txt)$/.test(path)) {
    return sendProblem(response, 404, 'Not found', 'There is no such file in this build.');
  }
  return sendPage(request, response, build.page);
}

function main() {
  const { port, host, api } = readSettings(process.env);
  const context = { build: readBuild(), api };
  const upgraded = new Set();
  const server = createServer((request, response) => handle(request, response, context));
  server.on('upgrade', (request, socket, head) => {
    const path = pathOf(request);
    if (path === null || !isApi(path))
      return socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    upgraded.add(socket);
    socket.on('close', () => upgraded.delete(socket));
    return proxyUpgrade(request, socket, head, api);
  });
  server.on('error', (error) => {
    if (error.code === 'EADDRINUSE')
      fail(`port ${port} on ${host} is in use: set UI_PORT to another one, or stop what uses it`, 1);
    if (error.code === 'EACCES') fail(`port ${port} on ${host} is not allowed: set UI_PORT to one above 1023`, 1);
    fail(`cannot listen on UI_HOST ${host}, UI_PORT ${port}: ${error.message}`, 1);
  });
  server.listen(port, host, () =>
    log({ level: 'info', msg: 'listening', port: server.address().port, host, api: api.origin }),
  );

  let isStopping = false;
  const stop = (signal) => {
    if (isStopping) return;
    isStopping = true;
    log({ level: 'info', msg: 'stopping', signal });
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    for (const socket of upgraded) socket.destroy();
    setTimeout(() => process.exit(0), DRAIN_MS).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main();
