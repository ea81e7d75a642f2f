/**
 * netfilter LOG lines as fw3, fw4 and banIP make them: `prefix IN=wan OUT= MAC=... SRC=... DST=... PROTO=TCP SPT=1 DPT=2 SYN`.
 * Traps: `LEN=` and `ID=` stand twice (the first is the packet's), `OUT=` may be empty, flags have no value, the old fw3
 * prefix has no space behind it, an ICMP error carries the packet that it is about in brackets.
 */
import { ipOf, portOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { matchStart } from './phrasebook.js';

type Verdict = 'reject' | 'drop' | 'accept' | 'unknown';
type Direction = 'in' | 'out' | 'forward';

interface Prefix {
  verdict: Verdict;
  rule: string;
  direction: Direction | undefined;
}

const TCP_FLAGS = new Set(['CWR', 'ECE', 'URG', 'ACK', 'PSH', 'RST', 'SYN', 'FIN']);

export function netfilter(message: string): TypedMessage | null {
  const inAt = message.indexOf('IN=');
  if (inAt < 0 || message.indexOf(' OUT=', inAt) < 0) return null;
  const { keys, flags } = packetWords(message, inAt);
  const sourceIp = ipOf(keys.get('SRC') ?? '');
  const destinationIp = ipOf(keys.get('DST') ?? '');
  if (sourceIp === null || destinationIp === null) return null;
  if (message.startsWith('TRACE: ')) return traced(message, keys, sourceIp, destinationIp);
  const { verdict, rule, direction } = readPrefix(message.slice(0, inAt));
  return typed('security.packet.rejected', {
    verdict,
    rule,
    direction,
    inInterface: interfaceIn(keys, 'IN'),
    outInterface: interfaceIn(keys, 'OUT'),
    sourceIp,
    destinationIp,
    protocol: (keys.get('PROTO') ?? 'unknown').toLowerCase(),
    sourcePort: portOf(keys.get('SPT')),
    destinationPort: portOf(keys.get('DPT')),
    icmpType: wholeNumber(keys.get('TYPE')),
    icmpCode: wholeNumber(keys.get('CODE')),
    packetLength: wholeNumber(keys.get('LEN')),
    ttl: wholeNumber(keys.get('TTL') ?? keys.get('HOPLIMIT')),
    tcpFlags: flags.length > 0 ? flags : undefined,
    sourceMac: sourceMac(keys.get('MAC')),
  });
}

const TRACED = /TRACE: ([\w-]{1,32}):([\w.-]{1,64}):(\w{1,16}):(\d{0,9}) /y;

/** `TRACE: raw:PREROUTING:rule:3 IN=...`: no verdict, only which rule the packet met. */
function traced(
  message: string,
  keys: ReadonlyMap<string, string>,
  sourceIp: string,
  destinationIp: string,
): TypedMessage | null {
  const place = matchStart(TRACED, message);
  if (place === null) return null;
  return typed('security.packet.traced', {
    table: place[1]!,
    chain: place[2]!,
    kind: place[3]!,
    ruleNumber: wholeNumber(place[4]),
    inInterface: interfaceIn(keys, 'IN'),
    outInterface: interfaceIn(keys, 'OUT'),
    sourceIp,
    destinationIp,
    protocol: (keys.get('PROTO') ?? 'unknown').toLowerCase(),
    sourcePort: portOf(keys.get('SPT')),
    destinationPort: portOf(keys.get('DPT')),
  });
}

/** `KEY=value` words from `IN=` on, the first of each key, and the TCP flags; what stands in brackets is another packet's. */
function packetWords(message: string, from: number): { keys: Map<string, string>; flags: string[] } {
  const keys = new Map<string, string>();
  const flags: string[] = [];
  let at = from;
  while (at < message.length) {
    const space = message.indexOf(' ', at);
    const end = space < 0 ? message.length : space;
    if (message.charCodeAt(at) === 91) break;
    const equals = message.indexOf('=', at);
    if (equals > at && equals < end) {
      const key = message.slice(at, equals);
      if (!keys.has(key)) keys.set(key, message.slice(equals + 1, end));
    } else if (end - at === 3 && TCP_FLAGS.has(message.slice(at, end))) {
      flags.push(message.slice(at, end));
    }
    at = end + 1;
  }
  return { keys, flags };
}

function interfaceIn(keys: ReadonlyMap<string, string>, key: string): string | undefined {
  return interfaceOf(keys.get(key) ?? '') ?? undefined;
}

/** `MAC=` is destination, source and type in one, 14 octets; other lengths (a bridge, a tunnel) name no source. */
function sourceMac(text: string | undefined): string | undefined {
  return text !== undefined && text.length === 41 ? text.slice(18, 35).toLowerCase() : undefined;
}

const VERDICTS: Record<string, Verdict> = { reject: 'reject', drop: 'drop', deny: 'drop', accept: 'accept' };

/** fw4 and fw3: `reject wan in: `, `DROP wan out: `, `drop wan invalid ct state: `. */
const ZONE = /^(reject|drop|accept) (\S{1,32}) (in|out|forward|invalid ct state): ?$/i;
/** Old fw3: `REJECT(src wan)`, `DROP(dest lan)`. */
const OLD_ZONE = /^(reject|drop|accept)\((src|dest) (\S{1,32})\) ?$/i;

function readPrefix(prefix: string): Prefix {
  const zone = ZONE.exec(prefix);
  if (zone !== null) {
    const words = zone[3]!.toLowerCase();
    const direction = words === 'in' || words === 'out' || words === 'forward' ? words : undefined;
    return { verdict: VERDICTS[zone[1]!.toLowerCase()]!, rule: zone[2]!, direction };
  }
  const old = OLD_ZONE.exec(prefix);
  if (old !== null) {
    return {
      verdict: VERDICTS[old[1]!.toLowerCase()]!,
      rule: old[3]!,
      direction: old[2]!.toLowerCase() === 'src' ? 'in' : 'out',
    };
  }
  const rule = prefix.trim().replace(/:$/, '');
  return rule.startsWith('banIP') ? banIp(rule) : { verdict: claimedVerdict(rule), rule, direction: undefined };
}

/** `banIP/inbound/drop/country.v4`; older releases `banIP/inp-wan/drp/...`. */
function banIp(rule: string): Prefix {
  const parts = rule.toLowerCase().split('/');
  const direction = parts.some((part) => part === 'inbound' || part.startsWith('inp') || part.startsWith('pre-'))
    ? 'in'
    : parts.some((part) => part === 'outbound')
      ? 'out'
      : parts.some((part) => part.startsWith('fwd'))
        ? 'forward'
        : undefined;
  const verdict = parts.includes('reject') || parts.includes('rej') ? 'reject' : 'drop';
  return { verdict, rule, direction };
}

/** A rule's own name claims a verdict where one of its words is one. */
function claimedVerdict(rule: string): Verdict {
  for (const word of rule.toLowerCase().split(/[^a-z]+/)) {
    if (Object.hasOwn(VERDICTS, word)) return VERDICTS[word]!;
  }
  return 'unknown';
}
