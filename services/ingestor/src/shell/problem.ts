/** Errors over HTTP as RFC 9457 problem details. */
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendAnswer } from './http-listener.js';

export class Problem extends Error {
  readonly status: number;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    detail: string,
    members: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.members = members;
    this.headers = headers;
  }

  /** 503 with the time after which to try again, s. */
  static retry(detail: string, afterS: number, members: Record<string, unknown> = {}): Problem {
    return new Problem(503, detail, members, { 'retry-after': String(afterS) });
  }
}

/** Answers with a problem. */
export function sendProblem(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  const { status, members, headers, message } = problem;
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail: message, ...members };
  const allHeaders = { 'content-type': 'application/problem+json', ...headers };
  sendAnswer(request, response, status, allHeaders, `${JSON.stringify(body)}\n`);
}
