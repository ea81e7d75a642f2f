/** The whole service in the test's process, over real servers. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { Bus, Shell } from '@opmas/platform';
import { Health, createMetrics, nestLogger } from '@opmas/platform';
import type { Config } from '../config.js';
import { configSchema } from '../config.js';
import { configureApi, queryApiModule } from '../query-api.module.js';
import { connectTestBus, eventually, quiet } from './projections.js';
import type { Servers } from './servers.js';

export const ADMIN_PASSWORD = 'a long test password';

export interface Answer {
  status: number;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look into whatever came
  headers: Headers;
}

export interface TestApi {
  url: string;
  bus: Bus;
  health: Health;
  /** A request with a JSON body; `token` null sends none. */
  call(
    method: string,
    path: string,
    options?: { body?: unknown; token?: string | null; headers?: Record<string, string> },
  ): Promise<Answer>;
  get(path: string): Promise<Answer>;
  /** Signs in and answers the access token. */
  signIn(username: string, password: string): Promise<string>;
  /** The administrator's token. */
  token: string;
  secretFile: string;
  /** Every route that Nest mapped, as `get /api/v1/events/{id}`. */
  routes(): string[];
  close(): Promise<void>;
}

export async function startApi(servers: Servers, env: Record<string, string> = {}): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), 'opmas-query-api-'));
  const config: Config = configSchema.parse({
    NATS_URL: servers.natsUrl,
    DATABASE_URL: servers.databaseUrl,
    REDIS_URL: servers.redisUrl,
    OPMAS_SECRET_FILE: join(folder, 'secret.key'),
    OPMAS_ADMIN_PASSWORD: ADMIN_PASSWORD,
    OPMAS_TAKE_OVER_MS: '1000',
    ...env,
  });
  const bus = await connectTestBus(config.NATS_URL);
  const health = new Health();
  const shell: Shell<Config> = {
    name: 'query-api',
    instance: `test-${Math.random().toString(36).slice(2)}`,
    build: 'test',
    config,
    log: quiet,
    metrics: createMetrics('query-api'),
    health,
    bus,
  };
  const app = await NestFactory.create(await queryApiModule(shell), { logger: nestLogger(quiet) });
  configureApi(app, shell);
  await app.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  const api: TestApi = {
    url,
    bus,
    health,
    token: '',
    secretFile: config.OPMAS_SECRET_FILE,
    call: async (method, path, { body, token = api.token, headers = {} } = {}) => {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return {
        status: response.status,
        body: isJson ? (JSON.parse(text) as unknown) : text,
        headers: response.headers,
      };
    },
    get: (path) => api.call('GET', path),
    signIn: async (username, password) => {
      const { status, body } = await api.call('POST', '/api/v1/auth/login', {
        body: { username, password },
        token: null,
      });
      if (status !== 200) throw new Error(`signing in failed: ${JSON.stringify(body)}`);
      return (body as { accessToken: string }).accessToken;
    },
    routes: () => {
      const { router } = app.getHttpAdapter().getInstance() as {
        router: { stack: { route?: { path: string; methods: object } }[] };
      };
      return router.stack.flatMap(({ route }) =>
        route
          ? Object.keys(route.methods).map((method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`)
          : [],
      );
    },
    close: async () => {
      await app.close();
      await bus.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await eventually('the user admin', async () => {
    const { status, body } = await api.call('POST', '/api/v1/auth/login', {
      body: { username: 'admin', password: ADMIN_PASSWORD },
      token: null,
    });
    if (status === 200) api.token = (body as { accessToken: string }).accessToken;
    return status === 200;
  });
  return api;
}
