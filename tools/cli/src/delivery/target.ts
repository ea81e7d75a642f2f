/** Where lines go: `udp`, `tcp`, `http`, each with or without an address of its own. */
import { CommandError, EXIT } from '../exit.js';
import type { Endpoints } from '../endpoints.js';

export type Protocol = 'udp' | 'tcp' | 'http';

export interface TargetAddress {
  protocol: Protocol;
  host: string;
  port: number;
}

/** Names of the endpoints file for each protocol, and the ports of the documentation for an address without one. */
const ENDPOINT_NAMES = { udp: 'syslogUdp', tcp: 'syslogTcp', http: 'ingestHttp' } as const;
const DEFAULT_PORTS = { udp: 5514, tcp: 5514, http: 5580 } as const;

/**
 * Reads `udp`, `tcp`, `http` (address from the endpoints file) or `tcp://host:port`. Throws a CommandError that says
 * what was expected.
 */
export async function resolveTarget(text: string, endpoints: () => Promise<Endpoints>): Promise<TargetAddress> {
  const match = /^(udp|tcp|http)(?::\/\/(.+))?$/.exec(text);
  const protocol = match?.[1] as Protocol | undefined;
  if (!protocol) {
    throw new CommandError(
      `--to ${text}: expected udp, tcp or http, or an address like tcp://127.0.0.1:5514`,
      EXIT.usage,
    );
  }
  if (match?.[2] !== undefined) return hostAndPort(protocol, match[2], text);
  const known = await endpoints();
  const address = known.addresses[ENDPOINT_NAMES[protocol]];
  if (address === undefined) throw new CommandError(`${known.file} has no ${ENDPOINT_NAMES[protocol]}`, EXIT.usage);
  return hostAndPort(protocol, address.replace(/^[a-z]+:\/\//, ''), address);
}

function hostAndPort(protocol: Protocol, text: string, shown: string): TargetAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/\s[\]]+))(?::(\d{1,5}))?\/?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = match?.[3] === undefined ? DEFAULT_PORTS[protocol] : Number(match[3]);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new CommandError(`${shown}: expected ${protocol}://HOST:PORT (an IPv6 address in brackets)`, EXIT.usage);
  }
  // A listener on all addresses is reached at this machine's own.
  const isAny = host === '0.0.0.0' || host === '::';
  return { protocol, host: isAny ? '127.0.0.1' : host, port };
}

export function formatTarget({ protocol, host, port }: TargetAddress): string {
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
