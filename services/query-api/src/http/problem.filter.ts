import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Signals } from '../signals.js';
import { Problem } from './problem.js';
import { requestIdOf } from './requests.js';

/** SQLSTATE of a statement that took too long; classes 08, 53, 57: the server is away or shutting down. */
const TOO_LONG = '57014';
const AWAY = /^(08|53|57)/;
const AWAY_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'PUBLISH_UNAVAILABLE',
  'TIMEOUT',
  '503',
]);

/** What went wrong, as a problem; null for what nobody foresaw. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error;
  if (error instanceof HttpException) return new Problem(error.getStatus(), 'request', error.message);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === TOO_LONG) return new Problem(503, 'too-slow', 'The query took too long: narrow its time range.');
  const isAway =
    AWAY.test(code) ||
    AWAY_CODES.has(code) ||
    (error instanceof Error && /connection|timeout expired/i.test(error.message));
  if (isAway) return new Problem(503, 'unavailable', 'A server behind the API does not answer. Try again shortly.');
  return expressProblem(error);
}

/** body-parser's errors carry a status: malformed JSON, too large a body. */
function expressProblem(error: unknown): Problem | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  return error.status >= 400 && error.status < 500 ? new Problem(error.status, 'request', error.message) : null;
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #signals: Signals;

  constructor(signals: Signals) {
    this.#signals = signals;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    let problem = problemOf(error);
    if (problem === null) {
      this.#signals.requestFailed(requestIdOf(request), error);
      problem = new Problem(
        500,
        'internal',
        `Something went wrong. The log has it under request ${requestIdOf(request)}.`,
      );
    }
    if (response.headersSent) {
      response.end();
      return;
    }
    const retryAfter = problem.extra['retryAfterSeconds'];
    if (typeof retryAfter === 'number') response.setHeader('retry-after', String(retryAfter));
    if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer');
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          ...problem.toJSON(),
          instance: request.originalUrl.split('?')[0],
          requestId: requestIdOf(request),
        }),
      );
  }
}
