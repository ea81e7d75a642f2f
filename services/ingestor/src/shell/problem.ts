/** Errors over HTTP as RFC 9457 problem details. */
import { STATUS_CODES } from 'node:http';
import type { ServerResponse } from 'node:http';

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

/** Answers with a problem; `isUnread` says that the body was not read, so that the connection cannot go on. */
export function sendProblem(response: ServerResponse, problem: Problem, isUnread: boolean): void {
  const { status, members, headers } = problem;
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...headers,
    ...(isUnread ? { connection: 'close' } : {}),
  });
  response.end(
    `${JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail: problem.message, ...members })}\n`,
  );
}
