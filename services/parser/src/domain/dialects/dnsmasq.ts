/** dnsmasq: the resolver's health, its upstream servers, queries, and rebind attacks. */
import { ipOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { dnsmasqDhcp } from './dnsmasq-dhcp.js';
import { hostsRead } from './hosts-read.js';

const REBIND = 'possible DNS-rebind attack detected: ';
const STARTED = /started, version (\S{1,64}) (?:cachesize (\d{1,9})|cache disabled)/y;
const OVERLOADED = /Maximum number of concurrent DNS queries (?:to \S{1,64} )?reached \(max:? (\d{1,9})\)/y;
const UPSTREAM = /using nameserver ([0-9A-Fa-f:.%\w]{2,64})#(\d{1,5})(?: for domain (\S{1,253}))?/y;
const LISTEN_FAILED = /failed to (?:create listening|bind listening|bind DHCP server) socket/y;
const CONFLICT = /found already running DHCP-server on interface '([^']{1,64})' refusing to start/y;
const QUERY = /(?:\d{1,12} \S{1,80} )?query\[([\w=-]{1,20})\] (\S{0,255}) from (\S{2,64})/y;

function match(pattern: RegExp, message: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(message);
}

/** A message and the first letters that it must have: most lines are told apart by them, before any pattern runs. */
export function dnsmasq(message: string): TypedMessage | null {
  switch (message.charAt(0)) {
    case 'q':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
      return query(message);
    case 'u':
      return upstream(message);
    case 'r':
      return hostsRead(message);
    case 'D':
      return dnsmasqDhcp(message);
    default:
      return state(message);
  }
}

function query(message: string): TypedMessage | null {
  const found = match(QUERY, message);
  const clientIp = found === null ? null : ipOf(found[3]!);
  if (found === null || clientIp === null) return null;
  return typed('lan.dns.query', { queryType: found[1]!, domainName: found[2]!, clientIp });
}

function upstream(message: string): TypedMessage | null {
  const found = match(UPSTREAM, message);
  const serverIp = found === null ? null : ipOf(found[1]!);
  if (found === null || serverIp === null) return null;
  return typed('lan.dns.upstream-used', { serverIp, serverPort: wholeNumber(found[2]), domainName: found[3] });
}

function state(message: string): TypedMessage | null {
  if (message.startsWith(REBIND)) {
    const domainName = message.slice(REBIND.length).trim();
    return domainName === '' ? null : typed('security.dns.rebind-detected', { domainName });
  }
  if (message.startsWith('exiting on receipt of SIGTERM')) return typed('lan.dns.stopped', {});
  if (message.startsWith('FAILED to start up')) return typed('lan.dns.failed', { detail: message });
  if (message.startsWith('no servers found in ')) return typed('wan.dns.upstream-failed', { detail: message });
  if (message.startsWith('nameserver ') && message.endsWith('refused to do a recursive query')) {
    return typed('wan.dns.upstream-failed', { detail: message });
  }
  const started = match(STARTED, message);
  if (started !== null) return typed('lan.dns.started', { version: started[1]!, cacheSize: wholeNumber(started[2]) });
  const overloaded = match(OVERLOADED, message);
  if (overloaded !== null) return typed('lan.dns.overloaded', { limit: Number(overloaded[1]) });
  if (match(LISTEN_FAILED, message) !== null) return typed('lan.dns.failed', { detail: message });
  const conflict = match(CONFLICT, message);
  return conflict === null ? null : typed('lan.dhcp.server-conflict', { interface: conflict[1]! });
}
