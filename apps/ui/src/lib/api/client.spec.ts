/** @jest-environment node */
import { describe, expect, it } from '@jest/globals';
import { SessionStore } from '../session.js';
import { createApiClient } from './client.js';
import { ApiProblem } from './problem.js';

class MemoryStorage implements Storage {
  readonly #values = new Map<string, string>();
  get length() {
    return this.#values.size;
  }
  clear = () => this.#values.clear();
  key = () => null;
  getItem = (name: string) => this.#values.get(name) ?? null;
  setItem = (name: string, value: string) => void this.#values.set(name, value);
  removeItem = (name: string) => void this.#values.delete(name);
}

interface Call {
  path: string;
  token: string | null;
  body: unknown;
}

const user = { userName: 'mira', role: 'operator' as const };

/** An API that takes one access token at a time, and each refresh token once. */
function world() {
  const session = new SessionStore({ lasting: new MemoryStorage(), passing: new MemoryStorage() });
  const calls: Call[] = [];
  const server = { access: 'a1', refresh: 'r1', next: 2, refreshStatus: 200 };
  const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
  const answer = (call: Call): Response => {
    if (call.path !== 'auth/refresh')
      return call.token === server.access
        ? json(200, { ok: true })
        : json(401, { title: 'Not signed in', detail: 'expired' });
    if (server.refreshStatus !== 200) return json(server.refreshStatus, { title: 'No', detail: 'no' });
    if ((call.body as { refreshToken: string }).refreshToken !== server.refresh) return json(401, { title: 'No' });
    server.access = `a${server.next}`;
    server.refresh = `r${server.next}`;
    server.next += 1;
    return json(200, { accessToken: server.access, refreshToken: server.refresh, expiresIn: 900, user });
  };
  const fakeFetch = ((url: string, init: RequestInit) => {
    const headers = init.headers as Record<string, string>;
    const call = {
      path: url.replace('/api/v1/', ''),
      token: headers['authorization']?.replace('Bearer ', '') ?? null,
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : null,
    };
    calls.push(call);
    return Promise.resolve(answer(call));
  }) as typeof fetch;
  const client = createApiClient({ session, fetch: fakeFetch });
  session.accept({ accessToken: 'a1', refreshToken: 'r1', expiresIn: 900, user }, true);
  return { session, calls, server, client };
}

describe('the API client', () => {
  it('sends the token and leaves out absent parameters', async () => {
    const { client, calls } = world();
    await client.request('events', { query: { q: 'a b', cursor: undefined, limit: 5 } });
    expect(calls).toEqual([{ path: 'events?q=a+b&limit=5', token: 'a1', body: null }]);
  });

  it('refreshes once, however many requests meet a 401 together, and repeats each', async () => {
    const { client, calls, server, session } = world();
    server.access = 'gone';
    const answers = await Promise.all([
      client.request('events'),
      client.request('findings'),
      client.request('devices'),
    ]);
    expect(answers).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(calls.filter((call) => call.path === 'auth/refresh')).toHaveLength(1);
    expect(session.current()?.accessToken).toBe('a2');
    expect(session.refreshToken()).toBe('r2');
  });

  it('does not refresh again for an answer that was on its way while the token changed', async () => {
    const { client, calls, server, session } = world();
    server.access = 'gone';
    await client.request('events');
    session.accept({ accessToken: 'a2', refreshToken: 'r2', expiresIn: 900, user });
    await client.request('events');
    expect(calls.filter((call) => call.path === 'auth/refresh')).toHaveLength(1);
  });

  it('ends the session when the refresh token is refused', async () => {
    const { client, server, session } = world();
    server.access = 'gone';
    server.refresh = 'gone';
    await expect(client.request('events')).rejects.toMatchObject({ status: 401, title: 'Not signed in' });
    expect(session.current()).toBeNull();
    expect(session.refreshToken()).toBeNull();
  });

  it('keeps the session while the API is only away', async () => {
    const { client, server, session } = world();
    server.access = 'gone';
    server.refreshStatus = 503;
    await expect(client.request('events')).rejects.toMatchObject({ status: 503 });
    expect(session.refreshToken()).toBe('r1');
  });

  it('says what cannot be reached or read as a problem', async () => {
    const { session } = world();
    const away = createApiClient({ session, fetch: () => Promise.reject(new TypeError('failed')) });
    await expect(away.request('events')).rejects.toMatchObject({ status: 0, title: 'The API cannot be reached' });
    const page = createApiClient({ session, fetch: () => Promise.resolve(new Response('<html>', { status: 502 })) });
    await expect(page.request('events')).rejects.toBeInstanceOf(ApiProblem);
  });

  it('signs nobody out for a wrong password', async () => {
    const { client, session, server } = world();
    server.access = 'other';
    await expect(client.request('auth/login', { method: 'POST', body: {} })).rejects.toMatchObject({ status: 401 });
    expect(session.current()?.accessToken).toBe('a1');
  });

  it('keeps a refresh token where the person wanted it', () => {
    const { session } = world();
    session.accept({ accessToken: 'x', refreshToken: 'passing', expiresIn: 1, user }, false);
    session.accept({ accessToken: 'y', refreshToken: 'passing-2', expiresIn: 1, user });
    expect(session.refreshToken()).toBe('passing-2');
    session.clear();
    expect(session.refreshToken()).toBeNull();
  });
});
