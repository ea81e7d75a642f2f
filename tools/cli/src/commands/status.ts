/** `opmas status`: whether everything answers, and who lags behind. */
import { connect } from 'node:net';
import type { Command } from 'commander';
import { readEndpoints } from '../endpoints.js';
import type { Endpoints } from '../endpoints.js';
import { EXIT, reasonOf } from '../exit.js';
import { formatTable } from '../terminal/table.js';

const TIMEOUT_MS = 3000;

interface Check {
  name: string;
  address: string;
  ok: boolean;
  /** Messages that a stage has not read yet; null where it has no input of its own or does not answer. */
  lag: number | null;
  detail: string;
}

export function addStatus(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('status')
    .description('Show whether the running OPMAS answers: services, their lag, servers.')
    .option('--data <dir>', 'data folder of the running OPMAS (default: .opmas, here or above)')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExit code: 0 all is well, 1 something does not answer or is not ready, 3 OPMAS does not run.',
    )
    .action(async (options: { data?: string; json?: boolean }) => {
      const endpoints = await readEndpoints(options.data);
      const checks = await runChecks(endpoints);
      const ok = checks.every((check) => check.ok);
      if (options.json === true) process.stdout.write(`${JSON.stringify({ ok, endpoints: endpoints.file, checks })}\n`);
      else {
        const rows = checks.map((check) => [
          check.name,
          check.ok ? 'ok' : 'FAILS',
          check.lag === null ? '' : check.lag.toLocaleString('en-US'),
          check.address,
          check.detail,
        ]);
        process.stdout.write(formatTable(['', 'state', 'lag', 'address', 'detail'], rows));
      }
      const runs = checks.some((check) => check.ok);
      setExitCode(ok ? EXIT.ok : runs ? EXIT.failedChecks : EXIT.unreachable);
    });
}

async function runChecks(endpoints: Endpoints): Promise<Check[]> {
  const services = Object.entries(endpoints.health).map(([name, base]) => checkService(name, base));
  const sites = ['api', 'ui'].flatMap((name) => {
    const address = endpoints.addresses[name];
    return isServed(address) ? [checkSite(name, address)] : [];
  });
  const listeners = ['syslogTcp', 'syslogTls', 'ingestHttp', 'otlpHttp', 'nats', 'postgres', 'redis'].flatMap((name) => {
    const address = endpoints.addresses[name];
    return isServed(address) ? [checkListener(name, address)] : [];
  });
  return Promise.all([...services, ...sites, ...listeners]);
}

/** Port 0 stands for what this run does without (`npm start -- --no-ui`). */
function isServed(address: string | undefined): address is string {
  return address !== undefined && !/:0\/?$/.test(address);
}

async function checkService(name: string, base: string): Promise<Check> {
  const check: Check = { name, address: base, ok: false, lag: null, detail: '' };
  try {
    const response = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    check.ok = response.ok;
    check.detail = failedChecks(await response.text());
    check.lag = await lagOf(base);
  } catch (error) {
    check.detail = reasonOf(error);
  }
  return check;
}

/** What `/readyz` says is amiss; empty when all is well. */
function failedChecks(text: string): string {
  try {
    const { checks } = JSON.parse(text) as { checks?: Record<string, { ok: boolean; detail?: string }> };
    const failed = Object.entries(checks ?? {}).filter(([, check]) => !check.ok);
    return failed.map(([name, { detail }]) => (detail ? `${name}: ${detail}` : name)).join('; ');
  } catch {
    return '';
  }
}

/** The sum of a service's lag gauges; null where it has none. */
async function lagOf(base: string): Promise<number | null> {
  const response = await fetch(`${base}/metrics`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) return null;
  return sumOfLags(await response.text());
}

const LAG_SAMPLE = /^opmas_[a-z_]*lag(?:_messages)?(?:\{[^}]*\})? (\S+)$/gm;

export function sumOfLags(metrics: string): number | null {
  const values = [...metrics.matchAll(LAG_SAMPLE)].map((match) => Number(match[1]));
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

/** Any answer below 500 will do: a page that asks for a password is up. */
async function checkSite(name: string, address: string): Promise<Check> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' });
    await response.body?.cancel();
    const ok = response.status < 500;
    return { name, address, ok, lag: null, detail: ok ? '' : `answers with status ${response.status}` };
  } catch (error) {
    return { name, address, ok: false, lag: null, detail: reasonOf(error) };
  }
}

async function checkListener(name: string, address: string): Promise<Check> {
  const shown = address.replace(/:[^:@/]*@/, ':***@');
  const match = /^(?:[a-z]+:\/\/)?(?:[^@/]*@)?(?:\[([^\]]+)\]|([^:/]+)):(\d+)/.exec(address);
  const host = match?.[1] ?? match?.[2];
  if (!match || host === undefined) return { name, address: shown, ok: false, lag: null, detail: 'not an address' };
  const detail = await connects(host, Number(match[3]));
  return { name, address: shown, ok: detail === '', lag: null, detail };
}

/** Empty when a connection can be made, else the reason. */
function connects(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (detail: string): void => {
      socket.destroy();
      resolve(detail);
    };
    socket.setTimeout(TIMEOUT_MS, () => end('no answer'));
    socket.once('connect', () => end(''));
    socket.once('error', (error) => end(reasonOf(error)));
  });
}
