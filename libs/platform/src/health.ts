/** Liveness and readiness: named checks, each ok or not with a reason, served as JSON beside the metrics. */
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './telemetry/metrics.js';

export interface HealthCheck {
  ok: boolean;
  detail: string;
}

/** The checks of a process. A check that was never set does not count. */
export class Health {
  readonly #checks = new Map<string, HealthCheck>();

  set(check: string, ok: boolean, detail = ''): void {
    this.#checks.set(check, { ok, detail });
  }

  clear(check: string): void {
    this.#checks.delete(check);
  }

  ready(): { ok: boolean; checks: Record<string, HealthCheck> } {
    const checks = Object.fromEntries(this.#checks);
    return { ok: Object.values(checks).every((check) => check.ok), checks };
  }
}

/** Serves /livez, /readyz (503 while a check fails, with all checks) and /metrics; answers with the server and its port. */
export async function serveHealth(
  health: Health,
  metrics: Metrics,
  listen: { port: number; host: string },
): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/livez') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}\n');
    } else if (path === '/readyz') {
      const state = health.ready();
      response
        .writeHead(state.ok ? 200 : 503, { 'content-type': 'application/json' })
        .end(`${JSON.stringify(state)}\n`);
    } else if (path === '/metrics') {
      metrics.registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('expected /livez, /readyz or /metrics\n');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen.port, listen.host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}
