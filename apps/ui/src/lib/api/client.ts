/** One door to the API: bearer token, one refresh at a time on 401, problems as exceptions. */
import type { SessionStore } from '../session.js';
import type { SignedIn } from './resources.js';
import { ApiProblem, problemOf } from './problem.js';

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  signal?: AbortSignal;
}

export interface ApiClient {
  /** Throws ApiProblem for every answer that is not 2xx, and with status 0 where none came. */
  request: <T>(path: string, options?: RequestOptions) => Promise<T>;
  /** Gets a new access token; false where the session is over. Throws ApiProblem while the API is away. */
  refresh: () => Promise<boolean>;
}

export interface ApiClientParts {
  session: SessionStore;
  fetch: typeof fetch;
  /** Runs a task while no other tab refreshes: a refresh token may be good only once. */
  exclusively?: <T>(task: () => Promise<T>) => Promise<T>;
}

const ROOT = '/api/v1/';

function urlOf(path: string, query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(
    (entry): entry is [string, string | number] => entry[1] !== undefined,
  );
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `${ROOT}${path}${search === '' ? '' : `?${search}`}`;
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

async function send(
  parts: ApiClientParts,
  path: string,
  options: RequestOptions,
  token: string | null,
): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await parts.fetch(urlOf(path, options.query), {
      method: options.method ?? 'GET',
      headers,
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiProblem(0, 'The API cannot be reached', 'Check the connection, and whether the OPMAS services run.');
  }
}

async function refreshOnce(parts: ApiClientParts, staleToken: string | null): Promise<boolean> {
  const current = parts.session.current();
  if (current !== null && current.accessToken !== staleToken) return true;
  const refreshToken = parts.session.refreshToken();
  if (refreshToken === null) return false;
  const response = await send(parts, 'auth/refresh', { method: 'POST', body: { refreshToken } }, null);
  if (response.ok) {
    parts.session.accept((await response.json()) as SignedIn);
    return true;
  }
  if (response.status === 401 || response.status === 400 || response.status === 403) {
    parts.session.clear();
    return false;
  }
  throw await problemOf(response);
}

export function createApiClient(parts: ApiClientParts): ApiClient {
  const exclusively = parts.exclusively ?? ((task) => task());
  let refreshing: Promise<boolean> | null = null;

  function refresh(): Promise<boolean> {
    const staleToken = parts.session.current()?.accessToken ?? null;
    refreshing ??= exclusively(() => refreshOnce(parts, staleToken)).finally(() => {
      refreshing = null;
    });
    return refreshing;
  }

  async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const token = parts.session.current()?.accessToken ?? null;
    let response = await send(parts, path, options, token);
    if (response.status === 401 && !path.startsWith('auth/login')) {
      const renewed = parts.session.current()?.accessToken !== token || (await refresh());
      if (renewed) response = await send(parts, path, options, parts.session.current()?.accessToken ?? null);
      if (response.status === 401) parts.session.clear();
    }
    if (!response.ok) throw await problemOf(response);
    if (response.status === 204) return undefined as T;
    const text = await response.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return { request, refresh };
}
