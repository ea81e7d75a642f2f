/** A signed-in user of the REST API. */
export class ApiClient {
  readonly #base: string;
  readonly #token: string;

  private constructor(base: string, token: string) {
    this.#base = base;
    this.#token = token;
  }

  static async signIn(base: string, user: { username: string; password: string }): Promise<ApiClient> {
    const response = await fetch(new URL('/api/v1/auth/login', base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(user),
    });
    if (!response.ok) throw new Error(`sign in: ${response.status} ${await response.text()}`);
    const { accessToken } = (await response.json()) as { accessToken: string };
    return new ApiClient(base, accessToken);
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(new URL(path, this.#base), { headers: { authorization: `Bearer ${this.#token}` } });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  post(path: string, body: unknown): Promise<Response> {
    return fetch(new URL(path, this.#base), {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Asks for a list until `pick` finds something in it; throws with the last list after 20 s. */
  async until<T>(path: string, pick: (items: T[]) => T | undefined): Promise<T> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const { items } = await this.get<{ items: T[] }>(path);
      const found = pick(items);
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`${path}: not in ${JSON.stringify(items).slice(0, 2000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
