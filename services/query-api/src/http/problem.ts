/** RFC 9457 problem details: every error of the API has this shape. */

/** A query parameter, header or field of the body that is not as it should be. */
export interface Fault {
  in: 'query' | 'path' | 'body' | 'header';
  name: string;
  expected: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  422: 'Cannot be done',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
};

/** An answer that is an error. `detail` is for people and names what to do. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.extra = extra;
  }

  toJSON(): Record<string, unknown> {
    return {
      ...this.extra,
      type: `urn:opmas:problem:${this.code}`,
      title: TITLES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
    };
  }
}

export function notFound(what: string, id: string): Problem {
  return new Problem(404, 'not-found', `There is no ${what} "${id}".`);
}

export function badRequest(faults: readonly Fault[]): Problem {
  const detail = faults.map((fault) => `${fault.in} ${fault.name}: ${fault.expected}`).join('; ');
  return new Problem(400, 'bad-request', detail, { errors: faults });
}
