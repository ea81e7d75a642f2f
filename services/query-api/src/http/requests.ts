/** What every request gets: an id, safe headers, a metric, and an audit entry where it asks for a change. */
import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { formatInstant } from '@opmas/contracts';
import type { Role } from '@opmas/contracts';
import type { AuditEntry } from '../stores/audit-store.js';
import type { Signals } from '../signals.js';

/** Who makes a request, as the access token says. */
export interface Caller {
  userName: string;
  role: Role;
}

declare module 'express-serve-static-core' {
  interface Request {
    requestId?: string;
    caller?: Caller;
  }
}

export function requestIdOf(request: Request): string {
  return request.requestId ?? '';
}

/** The peer's address; behind the project's own proxy (loopback) the one that it forwards. */
export function addressOf(request: Request): string {
  return (request.ip ?? '').replace(/^::ffff:/, '');
}

const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
/** Swagger UI needs its own scripts and styles, the page's inline ones included. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const GIVEN_ID = /^[A-Za-z0-9_-]{1,64}$/;
const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** A refreshed token changes nothing. */
const NOT_AUDITED = new Set(['/api/v1/auth/refresh']);
const SECRETS = new Set(['password', 'privateKey', 'refreshToken', 'accessToken', 'credential']);

/** The body with what must not be written down taken out. */
function withoutSecrets(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, SECRETS.has(name) ? '[secret]' : value]),
  );
}

function auditEntry(request: Request, status: number): AuditEntry {
  const body = withoutSecrets(request.body);
  const named = typeof body['userName'] === 'string' ? body['userName'] : body['username'];
  const params = Object.values(request.params).map(String);
  const path = (request.route as { path?: unknown } | undefined)?.path;
  return {
    happenedAt: formatInstant(Date.now() * 1000),
    userName: request.caller?.userName ?? (typeof named === 'string' ? named.slice(0, 64) : 'anonymous'),
    address: addressOf(request),
    operation: `${request.method} ${typeof path === 'string' ? path : request.path}`,
    target: params.join('/') || (typeof named === 'string' ? named.slice(0, 64) : ''),
    outcome: status,
    detail: body,
  };
}

/** Requests that somebody unknown makes are not written down, except for attempts to sign in. */
function isAudited(request: Request, status: number): boolean {
  if (!CHANGES.has(request.method) || NOT_AUDITED.has(request.path) || status === 429) return false;
  return request.caller !== undefined || request.path === '/api/v1/auth/login';
}

export function requestMiddleware(signals: Signals, writeAudit: (entry: AuditEntry) => Promise<void>) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const began = performance.now();
    const given = request.header('x-request-id');
    request.requestId = given !== undefined && GIVEN_ID.test(given) ? given : randomUUID();
    response.setHeader('x-request-id', request.requestId);
    for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
    if (request.path.startsWith('/api/docs')) response.setHeader('content-security-policy', DOCS_POLICY);
    response.on('finish', () => {
      signals.requestDone(request.method, response.statusCode, (performance.now() - began) / 1000);
      if (isAudited(request, response.statusCode)) {
        writeAudit(auditEntry(request, response.statusCode)).catch((error: unknown) => signals.auditFailed(error));
      }
    });
    next();
  };
}
