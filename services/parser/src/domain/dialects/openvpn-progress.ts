/** OpenVPN's lines that are told apart by how they begin: failures, restarts, the steps of a connection, chatter. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { openvpnEndpoint } from './openvpn-session.js';
import type { OpenvpnPeer } from './openvpn-session.js';
import { matchStart } from './phrasebook.js';

type Read = (peer: OpenvpnPeer, text: string) => TypedMessage | null;

const note: Read = (peer, text) => typed('wan.vpn.note', { ...peer, text });
const step: Read = (peer, text) => typed('wan.vpn.step', { ...peer, step: text });
const fault: Read = (peer, detail) => typed('wan.vpn.fault', { ...peer, detail });
const invalid: Read = (peer, detail) => typed('wan.vpn.config-invalid', { ...peer, detail });
const refused: Read = (peer, detail) => typed('wan.vpn.packet-refused', { ...peer, detail });
const disagreed: Read = (peer, detail) => typed('wan.vpn.negotiation-failed', { ...peer, detail });
const authFailed: Read = (peer, detail) => typed('wan.vpn.auth-failed', { ...peer, detail });
const restarting: Read = (peer, reason) => typed('wan.vpn.restarting', { ...peer, reason });

const LINK_REMOTE = /(?:UDP|TCP|UDPv[46]|TCPv[46]_CLIENT|TCPv[46]_SERVER|TCP_CLIENT) link remote: (\S{4,80})/y;

const link: Read = (peer, text) => {
  const found = matchStart(LINK_REMOTE, text);
  const endpoint = found === null ? null : openvpnEndpoint(found[1]!);
  return endpoint === null ? note(peer, text) : typed('wan.vpn.connecting', { ...peer, ...endpoint });
};

const completed: Read = (peer, text) =>
  text === 'Initialization Sequence Completed' ? typed('wan.vpn.established', peer) : fault(peer, text);

const auth: Read = (peer, text) =>
  text.includes('AUTH_PENDING') || !text.includes('FAILED') ? step(peer, text) : authFailed(peer, text);

const TCP_FAILED = /TCP: connect to (\S{4,80}) failed: /y;

const tcp: Read = (peer, text) => {
  const found = matchStart(TCP_FAILED, text);
  const endpoint = found === null ? null : openvpnEndpoint(found[1]!);
  if (found !== null) return disagreed(endpoint === null ? peer : { ...peer, ...endpoint }, text);
  return text.endsWith(' failed') ? fault(peer, text) : note(peer, text);
};

const PHRASES: readonly (readonly [starts: readonly string[], read: Read])[] = [
  [['Initialization Sequence Completed'], completed],
  [['AUTH: ', 'AUTH_PENDING'], auth],
  [
    [
      'AUTH_FAILED',
      'Username/Password',
      "SENT CONTROL [UNDEF]: 'AUTH_FAILED",
      'PLUGIN_CALL: plugin function PLUGIN_AUTH',
    ],
    authFailed,
  ],
  [['Connection reset, restarting', 'Fatal TLS error', 'Fatal decryption error', 'Server poll timeout'], restarting],
  [['Inactivity timeout'], (peer) => typed('wan.vpn.peer-silent', { ...peer, hasGivenUp: true })],
  [
    ['Authenticate/Decrypt packet error', 'Bad LZO', 'Bad LZ4', 'Bad compression', 'MULTI: bad source address'],
    refused,
  ],
  [
    ['AEAD Decrypt error', 'Replay-window', 'tls-crypt unwrap error', 'tls-crypt-v2 ', 'Recursive routing detected'],
    refused,
  ],
  [['TCP NOTE: Rejected', 'TCP/UDP: Incoming packet rejected', 'WARNING: Bad encapsulated packet', 'Key '], refused],
  [['OpenSSL: ', 'MULTI: connection rejected', 'MULTI: client has been rejected', 'MULTI: no free'], disagreed],
  [
    ['MULTI: new incoming connection would exceed', 'PUSH: No common cipher', 'PUSH: No NCP', 'OPTIONS ERROR'],
    disagreed,
  ],
  [
    ['No reply from server to push', 'ERROR: failed to negotiate cipher', 'All connections have been connect-retry'],
    disagreed,
  ],
  [['MULTI: Connection from ', 'MULTI: Connection attempt', 'MULTI: no dynamic or static remote'], disagreed],
  [['Options error', 'Options warning', 'Cannot load ', 'Cannot pre-load', 'Error: private key password'], invalid],
  [
    ['Cannot use ', 'Cannot open file', 'Need password', 'No usable connection profiles', 'ERROR: Cannot load'],
    invalid,
  ],
  [['Closing TUN/TAP interface', 'Closing DCO interface'], (peer) => typed('wan.vpn.device-closed', peer)],
  [['UDP link ', 'UDPv4 link ', 'UDPv6 link ', 'TCP_CLIENT link ', 'TCPv4_', 'TCPv6_'], link],
  [['TCP: ', 'TCP connection established', 'TCP/UDP: '], tcp],
  [['SENT CONTROL', 'PUSH: ', 'Attempting to establish', 'SIGTERM received', 'Delayed exit', 'Restart pause'], step],
  [['Control Channel: ', 'Data Channel: ', 'Incoming Data Channel', 'Outgoing Data Channel', 'TLS: '], step],
  [['OPTIONS IMPORT', 'Preserving ', 'Re-using ', 'MULTI_sva: ', 'MULTI: Learn', 'MULTI: internal route'], step],
  [['read UDP', 'read TCP', 'write UDP', 'write TCP', 'TUN/TAP: ', 'Exiting due to', 'ERROR: ', 'Cannot '], fault],
  [
    ['Linux ', 'RTNETLINK', 'process-exit', 'sitnl', 'net_route_v4_add: route addition failed', 'NOTE: setsockopt'],
    fault,
  ],
  [['Could not determine IPv4/IPv6'], note],
  [['event_wait', 'Could not ', 'Failed ', 'MANAGEMENT: connect', 'Error ', 'Need hold', 'Socket bind failed'], fault],
  [['WARNING', 'NOTE: ', 'DEPRECATED ', 'library versions', 'Socket Buffers', 'net_', 'MANAGEMENT', 'ROUTE'], note],
  [['Outgoing ', 'Incoming ', 'Control Channel ', 'Data Channel ', 'Local Options', 'Expected Remote', 'LZO '], note],
  [
    ['LZ4', 'Validating certificate', '++ ', 'GID set', 'UID set', 'CRL: ', 'Diffie-Hellman', 'MULTI: ', 'Timers: '],
    note,
  ],
  [['/sbin/', '/usr/sbin/', '/bin/', 'Using ', 'UDPv4', 'UDPv6', 'DCO '], note],
  [['TUN/TAP ', 'do_ifconfig', 'IFCONFIG POOL', 'ifconfig_pool', 'Unblocking', 'succeeded -> ', 'Note: '], note],
  [['Static Encrypt', 'Static Decrypt', 'Compression', 'Current Parameter', 'tls-crypt: ', 'us=', 'PLUGIN_'], note],
  [['Received ', 'peer info', 'interactive service', 'setenv', 'Peer tried', 'OpenVPN ', 'TLS Warning', 'dco_'], note],
];

/** By first character: few phrases are compared with a line that is none of them. */
const byFirst = new Map<number, [start: string, read: Read][]>();
for (const [starts, read] of PHRASES) {
  for (const start of starts) {
    const first = start.charCodeAt(0);
    byFirst.set(first, [...(byFirst.get(first) ?? []), [start, read]]);
  }
}

export function openvpnProgress(peer: OpenvpnPeer, text: string): TypedMessage | null {
  const candidates = byFirst.get(text.charCodeAt(0)) ?? [];
  for (const [start, read] of candidates) {
    if (text.startsWith(start)) return read(peer, text);
  }
  return null;
}
