/** dnsmasq: the resolver's health, its upstream servers, queries, and rebind attacks. */
import { ipOf, portOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { dnsmasqDhcp } from './dnsmasq-dhcp.js';
import { dnsmasqTftp } from './dnsmasq-tftp.js';
import { hostsRead } from './hosts-read.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const STARTED = /started, version (\S{1,64}) (?:cachesize (\d{1,9})|cache disabled)/y;
const OVERLOADED = /Maximum number of concurrent DNS queries (?:to \S{1,64} )?reached \(max:? (\d{1,9})\)/y;
const UPSTREAM = /using nameserver ([0-9A-Fa-f:.%\w]{2,64})#(\d{1,5})(?: for domain (\S{1,253}))?/y;
const LOCAL_DOMAIN = /using (?:only locally-known addresses|local addresses only) for (?:domain )?(\S{1,253})/y;
const CONFLICT = /found already running DHCP-server on interface '([^']{1,64})' refusing to start/y;
const QUERY = /(?:dnssec-)?query\[([\w=-]{1,20})\] (\S{0,255}) from (\S{2,64})/y;
const ANSWER = /(reply|cached-stale|cached|config|DHCP|auth|\/\S{1,255}) (\S{1,255}) is (.{1,512})/y;
const FORWARDED = /forwarded (\S{1,255}) to (\S{2,64})/y;
const LISTENING = /(listening|stopped listening) on (\S{1,64}?)(?:\(#\d{1,9}\))?: (\S{1,64}) port (\d{1,5})/y;
const REDUCED = /reducing DNS packet size for nameserver (\S{2,64}) to (\d{1,5})/y;
const AT_LINE = /.{1,120}? (?:at|on) line (\d{1,7}) of (\S{1,256})/y;
const AT_FILE = /(?:bad (?:address|name) at|.{1,80}? in) (\S{1,256}) line (\d{1,7})/y;

const VALIDATION = /validation (\S{1,255}) is ([A-Z]{5,12})/y;
const SET_ADDED = /(?:ipset|nftset) add (\S{1,128}) (\S{2,45}) (\S{1,255})/y;
/** What the resolver asks of a name server to check a signature: `dnssec-query[DS] org to 192.0.2.53`. */
const DNSSEC_QUERY = /dnssec-(?:query|retry)\[([\w=-]{1,20})\] (\S{1,255}) to (\S{2,64})/y;

const note: Phrase[1] = (message) => typed('lan.dns.note', { text: message.trimEnd() });
const failed: Phrase[1] = (message) => typed('lan.dns.failed', { detail: message });
const upstreamFailed: Phrase[1] = (message) => typed('wan.dns.upstream-failed', { detail: message });

function rebind(_message: string, rest: string): TypedMessage | null {
  const domainName = rest.trim();
  return domainName === '' ? null : typed('security.dns.rebind-detected', { domainName });
}

function using(message: string): TypedMessage | null {
  const local = matchStart(LOCAL_DOMAIN, message);
  if (local !== null) return typed('lan.dns.domain-local', { domainName: local[1]! });
  const found = matchStart(UPSTREAM, message);
  const serverIp = found === null ? null : ipOf(found[1]!);
  if (found === null || serverIp === null) {
    return message.startsWith('using standard nameservers') ? note(message, '') : null;
  }
  return typed('lan.dns.upstream-used', { serverIp, serverPort: wholeNumber(found[2]), domainName: found[3] });
}

function listening(message: string): TypedMessage | null {
  const found = matchStart(LISTENING, message);
  if (found === null) return null;
  const where = { interface: found[2]!, address: ipOf(found[3]!) ?? undefined, port: portOf(found[4]) };
  return found[1] === 'listening' ? typed('lan.dns.listening', where) : typed('lan.dns.listening-ended', where);
}

function started(message: string): TypedMessage | null {
  const found = matchStart(STARTED, message);
  return found === null ? null : typed('lan.dns.started', { version: found[1]!, cacheSize: wholeNumber(found[2]) });
}

function overloaded(message: string): TypedMessage | null {
  const found = matchStart(OVERLOADED, message);
  return found === null ? null : typed('lan.dns.overloaded', { limit: Number(found[1]) });
}

function conflict(message: string): TypedMessage | null {
  const found = matchStart(CONFLICT, message);
  return found === null ? null : typed('lan.dhcp.server-conflict', { interface: found[1]! });
}

function packetSize(message: string): TypedMessage | null {
  const found = matchStart(REDUCED, message);
  const serverIp = found === null ? null : ipOf(found[1]!);
  return found === null || serverIp === null
    ? null
    : typed('wan.dns.packet-size-reduced', { serverIp, bytes: Number(found[2]) });
}

function configLine(message: string): TypedMessage | null {
  const found = matchStart(AT_LINE, message);
  if (found !== null) {
    const [, line, file] = found;
    return typed('lan.dns.config-invalid', { detail: message.trimEnd(), file: file!, line: wholeNumber(line) });
  }
  const inFile = matchStart(AT_FILE, message);
  if (inFile === null) return null;
  const [, file, line] = inFile;
  return typed('lan.dns.config-invalid', { detail: message.trimEnd(), file: file!, line: wholeNumber(line) });
}

function queryIgnored(message: string, rest: string): TypedMessage {
  const clientIp = ipOf(rest.slice(rest.lastIndexOf(' ') + 1).replace(/^\[|\]$/g, '')) ?? undefined;
  return typed('lan.dns.query-ignored', { detail: message.trimEnd(), clientIp });
}

function nameserver(message: string): TypedMessage | null {
  return message.trimEnd().endsWith('refused to do a recursive query') ? upstreamFailed(message, '') : null;
}

function validated(message: string): TypedMessage | null {
  const found = matchStart(VALIDATION, message);
  if (found === null) return null;
  const [, domainName, result] = found;
  return result === 'BOGUS' || result === 'ABANDONED'
    ? typed('wan.dns.validation-failed', { domainName: domainName!, result: result.toLowerCase() })
    : typed('lan.dns.validated', { domainName: domainName!, result: result!.toLowerCase() });
}

/** An answer that dnsmasq puts into a set of the firewall: `nftset add 4#inet#fw4#vpn 192.0.2.1 example.org`. */
function setAdded(message: string): TypedMessage | null {
  const found = matchStart(SET_ADDED, message);
  const address = found === null ? null : ipOf(found[2]!);
  return address === null ? null : typed('lan.dns.set-added', { setName: found![1]!, address, domainName: found![3]! });
}

const setFailed: Phrase[1] = (message) => typed('lan.dns.set-failed', { detail: message.trimEnd() });

function dnssecQuery(message: string): TypedMessage | null {
  const found = matchStart(DNSSEC_QUERY, message);
  const serverIp = found === null ? null : ipOf(found[3]!.replace(/#\d{1,5}$/, ''));
  return serverIp === null ? null : typed('lan.dns.forwarded', { domainName: found![2]!, serverIp });
}

const readState = phrasebook([
  ['validation of ', upstreamFailed],
  ['validation ', validated],
  ...alike(['dnssec-query[', 'dnssec-retry['], (message) => dnssecQuery(message) ?? query(message)),
  ...alike(['ipset add ', 'nftset add '], setAdded),
  ...alike(['failed to update ipset', 'failed to create IPset', 'nftset ', 'ipset '], setFailed),
  ['possible DNS-rebind attack detected: ', rebind],
  ['exiting on receipt of SIGTERM', () => typed('lan.dns.stopped', {})],
  ['using ', using],
  ['listening on ', listening],
  ['stopped listening on ', listening],
  ['started, version ', started],
  ['Maximum number of concurrent DNS queries ', overloaded],
  ['nameserver ', nameserver],
  ['reducing DNS packet size ', packetSize],
  ['reading ', (_message, rest) => (rest === '' ? null : typed('lan.dns.config-read', { file: rest }))],
  ['read ', (message) => hostsRead(message)],
  ['found already running DHCP-server ', conflict],
  ...alike(['no servers found in ', 'failed to send packet: ', 'Insecure DS reply received '], upstreamFailed),
  ...alike(['no responses from nameserver', 'warning: no upstream servers configured'], upstreamFailed),
  ...alike(['failed to access ', 'ignoring nameserver ', 'cannot make/bind socket'], upstreamFailed),
  ...alike(['FAILED to start up', 'failed to create listening socket', 'failed to bind '], failed),
  ...alike(['failed to create inotify', 'unknown interface ', 'failed to join '], failed),
  ['failed to load names from ', (message) => typed('lan.dns.config-invalid', { detail: message.trimEnd() })],
  ...alike(['error at line ', 'bad ', 'junk found ', 'illegal ', 'missing "'], configLine),
  ...alike(['ignoring query from ', 'ignoring packet from '], queryIgnored),
  ['Ignoring query from ', queryIgnored],
  ...alike(['UBus support ', 'Connected to system UBus', 'Cannot set UBus listeners', 'DNS service limited '], note),
  ...alike(['DNS rebinding protection is active', 'Allowing 127.0.0.0/8 responses', 'compile time options: '], note),
  ...alike(['inotify, ', 'cleared cache', 'DNSSEC validation ', 'LOUD WARNING: ', 'warning: '], note),
  ...alike(['queries ', 'time ', 'cache size ', 'server ', 'pool memory ', 'DBus support ', 'chown of PID file'], note),
  ...alike(['no upstream servers configured', 'query loop detected', 'discarding DNS reply: '], upstreamFailed),
  ...alike(['NOT using nameserver ', 'limit exceeded: ', 'nameserver '], upstreamFailed),
  ...alike(['setting upstream servers from DBus', 'now checking DNSSEC', 'system time considered valid'], note),
  ...alike(['configured with trust anchor', 'asynchronous logging', 'DNSSEC signature timestamps', 'warning, '], note),
  ...alike(
    ['child processes for TCP', 'Enabling --', 'Disabling --', 'duplicate ', 'dumping packet', 'Working around'],
    note,
  ),
  ...alike(['not giving name ', 'no address range available', 'RTR-', 'SLAAC-'], (message) => dnsmasqDhcp(message)),
  ...alike(['overflow: ', 'log failed: ', 'script process', 'cannot ', 'DBus error: ', 'failed to allocate'], failed),
  ...alike(
    ['failed to set ', 'failed to change ', 'failed to update mtime', 'process is missing', 'unknown user'],
    failed,
  ),
  ...alike(['setting capabilities failed', 'Conntrack connection mark', 'too many symlinks'], failed),
  ...alike(['TFTP ', 'sent /', 'file /', 'failed sending /', 'error '], (message) => dnsmasqTftp(message)),
  ['DHCP', (message) => dnsmasqDhcp(message)],
]);

function answered(message: string): TypedMessage | null {
  const found = matchStart(ANSWER, message);
  if (found !== null) {
    return typed('lan.dns.answered', { domainName: found[2]!, answer: found[3]!.trimEnd(), source: found[1]! });
  }
  const forwarded = matchStart(FORWARDED, message);
  const serverIp = forwarded === null ? null : ipOf(forwarded[2]!.replace(/#\d{1,5}$/, ''));
  return forwarded === null || serverIp === null
    ? null
    : typed('lan.dns.forwarded', { domainName: forwarded[1]!, serverIp });
}

function query(message: string): TypedMessage | null {
  const found = matchStart(QUERY, message);
  const clientIp = found === null ? null : ipOf(found[3]!);
  if (found === null || clientIp === null) return null;
  return typed('lan.dns.query', { queryType: found[1]!, domainName: found[2]!, clientIp });
}

/** With `log-queries=extra`: `12 192.0.2.7/40512 query[A] example.org from 192.0.2.7`. */
const SERIAL = /\d{1,12} \S{1,80} /y;

export function dnsmasq(line: string): TypedMessage | null {
  const first = line.charCodeAt(0);
  if (first >= 48 && first <= 57) {
    const serial = matchStart(SERIAL, line);
    if (serial === null) return null;
    const message = line.slice(serial[0].length);
    return query(message) ?? answered(message);
  }
  return (line.startsWith('query[') ? query(line) : readState(line)) ?? answered(line);
}
