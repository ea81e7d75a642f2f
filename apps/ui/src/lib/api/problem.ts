/** RFC 9457 problem details, as an exception of the data layer. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  readonly title: string;
  readonly detail: string;

  constructor(status: number, title: string, detail: string) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

function textOf(body: unknown, field: string): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const value = (body as Record<string, unknown>)[field];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The problem that an answer which is not 2xx tells of, whatever its body is. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  let body: unknown = null;
  try {
    body = await response.json();
  } catch {
    // a proxy's HTML page, or nothing at all: the status says what is known
  }
  const title = textOf(body, 'title') ?? `The server answered ${response.status}`;
  const fallback = response.status >= 500 ? 'The API could not do this. It may be starting or overloaded.' : '';
  return new ApiProblem(response.status, title, textOf(body, 'detail') ?? fallback);
}

/** Any thrown value as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(0, 'Something went wrong in this page', error instanceof Error ? error.message : String(error));
}
