/** Security: logins, and packets that the firewall refused. */
import { z } from 'zod';
import { interfaceName, ip, port } from './fields.js';

const source = {
  sourceIp: ip.optional(),
  sourcePort: port.optional(),
  /** Where the line names the other side by no valid address: a name that the daemon looked up, say. */
  sourceHost: z.string().max(255).optional(),
};

export const securityEvents = {
  'security.login.failed': z.strictObject({
    ...source,
    service: z.enum(['ssh', 'web', 'console', 'other']),
    /** Absent where the daemon does not name it (a nonexistent user, say). */
    userName: z.string().optional(),
    method: z.enum(['password', 'publickey', 'none', 'other']).optional(),
    reason: z.enum(['bad-password', 'unknown-user', 'max-attempts', 'bad-key', 'not-allowed', 'other']),
    attempts: z.number().int().min(1).optional(),
  }),
  'security.login.succeeded': z.strictObject({
    ...source,
    service: z.enum(['ssh', 'web', 'console', 'other']),
    userName: z.string().optional(),
    method: z.enum(['password', 'publickey', 'none', 'other']).optional(),
    keyFingerprint: z.string().optional(),
  }),
  'security.session.opened': z.strictObject({ ...source, service: z.enum(['ssh', 'web', 'console', 'other']) }),
  'security.session.closed': z.strictObject({
    ...source,
    service: z.enum(['ssh', 'web', 'console', 'other']),
    userName: z.string().optional(),
    /** Whether the session ended before anybody had signed in. */
    beforeAuth: z.boolean(),
    reason: z.string().optional(),
  }),
  /** One netfilter TRACE line: which rule of which chain a packet met. */
  'security.packet.traced': z.strictObject({
    table: z.string(),
    chain: z.string(),
    /** `rule`, `return` or `policy`, as iptables words it. */
    kind: z.string(),
    ruleNumber: z.number().int().optional(),
    inInterface: interfaceName.optional(),
    outInterface: interfaceName.optional(),
    sourceIp: ip,
    destinationIp: ip,
    protocol: z.string(),
    sourcePort: port.optional(),
    destinationPort: port.optional(),
  }),
  /** One netfilter LOG line. The verdict is what its prefix claims. */
  'security.packet.rejected': z.strictObject({
    verdict: z.enum(['reject', 'drop', 'accept', 'unknown']),
    /** Zone or rule name of the prefix. */
    rule: z.string(),
    direction: z.enum(['in', 'out', 'forward']).optional(),
    inInterface: interfaceName.optional(),
    outInterface: interfaceName.optional(),
    sourceIp: ip,
    destinationIp: ip,
    protocol: z.string(),
    sourcePort: port.optional(),
    destinationPort: port.optional(),
    icmpType: z.number().int().optional(),
    icmpCode: z.number().int().optional(),
    packetLength: z.number().int().optional(),
    ttl: z.number().int().optional(),
    tcpFlags: z.array(z.string()).optional(),
    sourceMac: z.string().optional(),
  }),
  'security.dns.rebind-detected': z.strictObject({ domainName: z.string() }),
  /** The daemon runs, but not as it was told: it does not listen, or lacks a key. */
  'security.service.failed': z.strictObject({
    service: z.enum(['ssh', 'web', 'console', 'other']),
    detail: z.string(),
  }),
  /** Known chatter of the daemons that let users in. */
  'security.daemon.note': z.strictObject({ ...source, text: z.string() }),
  /** Something that speaks no SSH, or breaks off within its first words: a scanner, a monitor, a wrong port. */
  'security.session.malformed': z.strictObject({ ...source, service: z.enum(['ssh']), detail: z.string() }),
  'security.network.syn-flood': z.strictObject({ port }),
  /** A packet whose source address cannot be on the interface that it came in by. */
  'security.packet.martian': z.strictObject({ sourceIp: ip, destinationIp: ip, inInterface: interfaceName }),
  /** The rules of the firewall were loaded anew; `cause` is what happened to the interface, `ifup` say. */
  'security.firewall.reloaded': z.strictObject({
    cause: z.string().optional(),
    interface: interfaceName.optional(),
    device: interfaceName.optional(),
  }),
  'security.firewall.fault': z.strictObject({ detail: z.string() }),
  /** A list of addresses (banIP) or of domains (adblock) is in force; `entries` are those of all its sources. */
  'security.blocklist.loaded': z.strictObject({
    entries: z.number().int().optional(),
    sets: z.number().int().optional(),
    detail: z.string(),
  }),
  'security.blocklist.failed': z.strictObject({ detail: z.string() }),
  /** An address was put on a list, because of what the log said of it or by hand. */
  'security.address.blocked': z.strictObject({ address: z.string(), list: z.string().optional() }),
  'security.address.suspected': z.strictObject({ sourceIp: ip }),
  'security.address.allowed': z.strictObject({ address: z.string(), list: z.string().optional() }),
} as const;
