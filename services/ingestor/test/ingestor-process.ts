/** The real ingestor as a child process, run from its sources. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface LogLine {
  msg: string;
  event?: string;
  transport?: string;
  port?: number;
}

export interface Ports {
  udp: number;
  tcp: number;
  /** 0 where it does not listen for TLS. */
  tls: number;
  http: number;
  otlp: number;
  health: number;
}

export class IngestorProcess {
  readonly #child: ChildProcess;
  readonly log: LogLine[] = [];
  output = '';
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  /** @param main the service's entry, where it is another one */
  constructor(env: Record<string, string>, main = here('../src/main.ts')) {
    const hooks = here('./typescript-hooks.mjs');
    this.#child = spawn(process.execPath, ['--import', hooks, '--conditions=@opmas/source', main], {
      env: {
        ...process.env,
        // The specs wait for what it says.
        LOG_LEVEL: 'info',
        SYSLOG_HOST: '127.0.0.1',
        SYSLOG_UDP_PORT: '0',
        SYSLOG_TCP_PORT: '0',
        SYSLOG_TLS_PORT: '0',
        INGEST_HTTP_PORT: '0',
        OTLP_HTTP_PORT: '0',
        HTTP_PORT: '0',
        OPMAS_AWAIT_RULES: 'false',
        OPMAS_SHARDS: '4',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = new Promise((resolve) => this.#child.once('exit', (code, signal) => resolve({ code, signal })));
    let rest = '';
    this.#child.stdout!.on('data', (data: Buffer) => {
      this.output += data.toString();
      const lines = (rest + data.toString()).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line.startsWith('{')) this.log.push(JSON.parse(line) as LogLine);
    });
    this.#child.stderr!.on('data', (data: Buffer) => (this.output += data.toString()));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Waits for a line of the log; fails with all output when the process ends first. */
  async logged(msg: string): Promise<LogLine> {
    for (;;) {
      const found = this.log.find((line) => line.msg.includes(msg));
      if (found) return found;
      if (this.#child.exitCode !== null) throw new Error(`the ingestor ended without "${msg}":\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Resolves when all ports are open. */
  async ports(): Promise<Ports> {
    await this.logged('receiving over http');
    const health = await this.logged('listening');
    const portOf = (transport: string): number => this.log.find((line) => line.transport === transport)?.port ?? 0;
    const [udp, tcp, tls, http, otlp] = (['udp', 'tcp', 'tls', 'http', 'otlp'] as const).map(portOf);
    return { udp: udp!, tcp: tcp!, tls: tls!, http: http!, otlp: otlp!, health: health.port! };
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return (await this.ended).code;
  }
}

/** Sum of a metric over its labels (`name` may end within them). */
export async function metric(ports: Ports, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${ports.health}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(`opmas_ingestor_${name}`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
