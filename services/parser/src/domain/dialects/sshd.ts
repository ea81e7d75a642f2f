/**
 * OpenSSH's sshd, on routers that run it in dropbear's place: connections, logins and their outcome.
 * Traps: the user's name is the attacker's text and may hold ` from 192.0.2.1 port 22`; a key that does not fit is no
 * failed login (a client offers each of its keys in turn); a refusal may be told without an address, and the address
 * follows when the connection closes.
 */
import { ipOf, portOf } from './addresses.js';
import type { Endpoint } from './addresses.js';
import { typed } from './dialect.js';
import type { DialectContext, TypedMessage } from './dialect.js';
import { matchStart, phrasebook } from './phrasebook.js';

type Method = 'password' | 'publickey' | 'none' | 'other';
type Reason = 'bad-password' | 'unknown-user' | 'max-attempts' | 'bad-key' | 'not-allowed' | 'other';

/** Prefixes of other syslog daemons, and sshd's own level in front of its text. */
const PREFIX =
  /(?:\[sshd\] )?(?:kernel: ?\[ {0,12}[\d.]{1,20}\]:? |\[ID \d{1,10} \S{1,32}\] )?(?:(?:error|fatal): )?(?:PAM: )?/y;
const PREAUTH = ' [preauth]';

/** What a line is read with. */
interface Reading {
  text: string;
  /** Whether nobody had signed in yet. */
  beforeAuth: boolean;
  context: DialectContext;
}

export function sshd(message: string, context: DialectContext): TypedMessage | null {
  const prefix = matchStart(PREFIX, message)?.[0].length ?? 0;
  const whole = message.slice(prefix).trimEnd();
  const beforeAuth = whole.endsWith(PREAUTH);
  const reading = { text: beforeAuth ? whole.slice(0, -PREAUTH.length) : whole, beforeAuth, context };
  return login(reading) ?? connection(reading) ?? readService(reading.text);
}

interface Peer {
  sourceIp?: string;
  sourcePort?: number;
  sourceHost?: string;
}

/** The other side as the line names it: by an address, or by a name. */
function peerOf(host: string | undefined, port?: string): Peer {
  if (host === undefined) return {};
  const ip = ipOf(host);
  const number = portOf(port);
  const name = host === 'UNKNOWN' ? {} : { sourceHost: host };
  return { ...(ip === null ? name : { sourceIp: ip }), ...(number === undefined ? {} : { sourcePort: number }) };
}

function remember({ context }: Reading, peer: Peer): void {
  const { connections, header, receivedMicros } = context;
  if (connections === null || header.procId === null || peer.sourceIp === undefined) return;
  connections.opened(header.procId, { ip: peer.sourceIp, port: peer.sourcePort ?? 0 }, receivedMicros);
}

function joined({ context }: Reading): Peer {
  const { connections, header, receivedMicros } = context;
  if (connections === null || header.procId === null) return {};
  const peer: Endpoint | null = connections.peerOf(header.procId, receivedMicros);
  if (peer === null) return {};
  return { sourceIp: peer.ip, ...(peer.port === 0 ? {} : { sourcePort: peer.port }) };
}

const ATTEMPT =
  /(Accepted|Failed|Postponed|Partial) (\S{1,64}) for (invalid user |illegal user |user (?!from ))?(?=.)/y;

/** The address behind the last ` from ` that a port or the line's end follows; what sshd writes behind that is the client's. */
const TAIL = / from (\S{1,64})(?: port (\d{1,5}))?(?: (?:on \S{1,64}(?: port \d{1,5})?))?(?: ssh\d?)?(?::? .*)?$/;

function login(reading: Reading): TypedMessage | null {
  const attempt = matchStart(ATTEMPT, reading.text);
  return attempt === null ? refused(reading) : attempted(reading, attempt);
}

/** Splits `NAME from ADDRESS port N ssh2: rest`; the name may hold the same words, so the last place counts. */
function nameAndPeer(text: string): { name: string; host: string; port: string | undefined } | null {
  const ssh = AT_END.exec(text) ?? lastOf(PROTOCOL, text);
  if (ssh !== null) return { name: text.slice(0, ssh.index), host: ssh[1]!, port: ssh[2] };
  const at = text.lastIndexOf(' from ');
  const found = at < 0 ? null : TAIL.exec(text.slice(at));
  return found === null ? null : { name: text.slice(0, at), host: found[1]!, port: found[2] };
}

/** Behind a password nothing follows; behind a key, or version 1's remote user, a colon and the rest. */
const AT_END = / from (\S{1,64}) port (\d{1,5})(?: on \S{1,64}(?: port \d{1,5})?)? ssh\d?$/;
const PROTOCOL = / from (\S{1,64}) port (\d{1,5})(?: on \S{1,64}(?: port \d{1,5})?)? ssh\d?: /g;

function lastOf(pattern: RegExp, text: string): RegExpExecArray | null {
  let last: RegExpExecArray | null = null;
  for (const match of text.matchAll(pattern)) last = match;
  return last;
}

/**
 * Where the words of an address stand twice, the text alone does not tell which the client chose; what the connection
 * itself said before does.
 */
function arbitrated(reading: Reading, rest: string): ReturnType<typeof nameAndPeer> {
  const { sourceIp: host, sourcePort: port } = joined(reading);
  if (host === undefined || port === undefined || rest.indexOf(' from ') === rest.lastIndexOf(' from ')) return null;
  const at = rest.indexOf(` from ${host} port ${port} ssh`);
  return at < 0 ? null : { name: rest.slice(0, at), host, port: String(port) };
}

function attempted(reading: Reading, [matched, verb, method = '', invalid = '']: RegExpExecArray): TypedMessage | null {
  const rest = reading.text.slice(matched.length);
  const found = arbitrated(reading, rest) ?? nameAndPeer(rest);
  if (found === null) return null;
  const peer = peerOf(found.host, found.port);
  const isNameless = found.name === '' || found.name === '<invalid username>';
  const who = { ...peer, userName: isNameless ? undefined : found.name };
  remember(reading, peer);
  if (verb === 'Accepted' || verb === 'Failed') waited(reading);
  if (verb === 'Accepted') return accepted(reading.text, who, method);
  const isUnknown = /^(?:invalid|illegal) /.test(invalid) || found.name === '<invalid username>';
  const isOffer = (method === 'publickey' && !isUnknown) || method === 'none';
  if (verb !== 'Failed' || isOffer) return typed('security.daemon.note', { ...peer, text: reading.text });
  const reason: Reason = isUnknown ? 'unknown-user' : 'bad-password';
  return typed('security.login.failed', { ...who, service: 'ssh', method: methodOf(method), reason });
}

interface Who extends Peer {
  userName: string | undefined;
}

function accepted(text: string, who: Who, method: string): TypedMessage {
  const fingerprint = method === 'publickey' ? /: \S{1,20} (\S{1,128})$/.exec(text)?.[1] : undefined;
  const login = { ...who, service: 'ssh', method: methodOf(method), keyFingerprint: fingerprint } as const;
  return typed('security.login.succeeded', login);
}

function methodOf(word: string): Method {
  if (word === 'password' || word === 'publickey' || word === 'none') return word;
  return word.startsWith('keyboard-interactive') ? 'password' : 'other';
}

const REFUSALS: { pattern: RegExp; reason: Reason }[] = [
  {
    pattern: /[Ii](?:nvalid|llegal) user (?<user>.{0,255}) from (?<host>\S{1,64})(?: port (?<port>\d{1,5}))?$/y,
    reason: 'unknown-user',
  },
  {
    pattern:
      /[Aa]uthentication (?:failure|error|failed) for (?:illegal user |invalid user )?(?<user>.{1,255}) from (?<host>\S{1,64})(?: via \S{1,64})?$/y,
    reason: 'bad-password',
  },
  {
    pattern:
      /User not known to the underlying authentication module for (?:illegal user |invalid user )?(?<user>.{1,255}) from (?<host>\S{1,64})(?: via \S{1,64})?$/y,
    reason: 'unknown-user',
  },
  { pattern: /User (?<user>.{1,255}) from (?<host>\S{1,64}) not allowed because /y, reason: 'not-allowed' },
  { pattern: /(?<user>ROOT) LOGIN REFUSED FROM (?<host>\S{1,64})(?: port (?<port>\d{1,5}))?/y, reason: 'not-allowed' },
  {
    pattern:
      /maximum authentication attempts exceeded for (?:invalid user )?(?<user>.{1,255}) from (?<host>\S{1,64}) port (?<port>\d{1,5})(?: ssh\d?)?$/y,
    reason: 'max-attempts',
  },
  { pattern: /refused connect from \S{1,255} \((?<host>\S{1,64})\)/y, reason: 'not-allowed' },
  {
    pattern: /Received disconnect from (?<host>\S{1,64}?)(?: port (?<port>\d{1,5}))?: ?3: .{0,255}Auth fail$/y,
    reason: 'other',
  },
  {
    pattern:
      /Disconnecting(?: from)? (?:invalid|authenticating) user (?<user>.{0,255}) (?<host>\S{1,64}) port (?<port>\d{1,5}): Change of username or service not allowed/y,
    reason: 'other',
  },
];

function refused(reading: Reading): TypedMessage | null {
  for (const { pattern, reason } of REFUSALS) {
    const groups = matchStart(pattern, reading.text)?.groups;
    if (groups === undefined) continue;
    const { user, host, port } = groups;
    const peer = peerOf(host, port);
    remember(reading, peer);
    const userName = user === undefined || user === '' ? undefined : user === 'ROOT' ? 'root' : user;
    return typed('security.login.failed', { ...peer, service: 'ssh', userName, reason });
  }
  return namelessRefusal(reading);
}

const TOO_MANY = /Disconnecting: Too many authentication failures(?: for (\S{1,255}))?/y;
const LOCKED = /User .{1,255} not allowed because account is locked/y;
const PAM = /pam_\w{1,40}\(sshd:auth\): authentication failure;/y;
const PAM_USER = / (?:r?user|logname)=(?=\S)([^\s=]{1,255}) rhost=(\S{1,255})/;

/**
 * PAM tells of each module's verdict, and another may let the user in: it waits. Where the next verdict of the same
 * connection is over another user, the one before it was refused.
 */
function pamFailure(reading: Reading): TypedMessage | null {
  if (matchStart(PAM, reading.text) === null) return null;
  const [, userName, host] = PAM_USER.exec(reading.text.slice(0, 600)) ?? [];
  const stated = peerOf(host);
  const peer = stated.sourceIp === undefined ? joined(reading) : stated;
  const isSecondUser = userName !== undefined && !isPamUser(reading, userName);
  wait(reading);
  if (!isSecondUser) return typed('security.daemon.note', { ...peer, text: reading.text });
  return typed('security.login.failed', { ...peer, service: 'ssh', reason: 'bad-password' });
}

/** Remembers whom PAM's verdict was over; false where it was over somebody else before. */
function isPamUser({ context }: Reading, userName: string): boolean {
  const { connections, header, receivedMicros } = context;
  if (connections === null || header.procId === null) return true;
  const key = `${header.procId} pam`;
  const before = connections.peerOf(key, receivedMicros);
  connections.opened(key, { ip: userName, port: 0 }, receivedMicros);
  return before === null || before.ip === userName;
}

/** Without an address of its own: the pid's connection tells it, or the refusal waits until the connection ends. */
function namelessRefusal(reading: Reading): TypedMessage | null {
  const tooMany = matchStart(TOO_MANY, reading.text);
  if (tooMany === null) {
    if (matchStart(LOCKED, reading.text) === null) return pamFailure(reading);
    wait(reading);
    return typed('security.daemon.note', { ...joined(reading), text: reading.text });
  }
  const peer = joined(reading);
  if (peer.sourceIp !== undefined) {
    return typed('security.login.failed', { ...peer, service: 'ssh', userName: tooMany[1], reason: 'max-attempts' });
  }
  wait(reading);
  return typed('security.daemon.note', { text: reading.text });
}

/** A refusal that waits is kept beside the connections, so that it is bounded and snapshotted as they are. */
const waiting = (pid: string): string => `${pid} refused`;

function wait({ context }: Reading): void {
  const { connections, header, receivedMicros } = context;
  if (header.procId !== null) connections?.opened(waiting(header.procId), { ip: '', port: 0 }, receivedMicros);
}

function waited({ context }: Reading): boolean {
  const { connections, header, receivedMicros } = context;
  if (connections === null || header.procId === null) return false;
  const key = waiting(header.procId);
  const isWaiting = connections.peerOf(key, receivedMicros) !== null;
  if (isWaiting) connections.closed(key);
  return isWaiting;
}

const OPENED = /Connection from (\S{1,64})(?: port (\d{1,5}))?(?: on |$)/y;
const ENDED =
  /(Connection (?:closed|reset) by|Disconnected from|Received disconnect from|Disconnecting)(?: (?:(authenticating|invalid) )?user (.{0,255}?))? (\S{1,64}?)(?: port (\d{1,5}))?(?:: ?(.{0,255}))?$/y;
const MALFORMED =
  /(?:Did not receive identification string from (\S{1,64})(?: port (\d{1,5}))?$|Bad protocol version identification '.{0,255}' from (\S{1,64}) port (\d{1,5})$|Unable to negotiate with (\S{1,64}) port (\d{1,5}): |(?:kex_exchange_identification|ssh_dispatch_run_fatal|no matching |Unable to negotiate|banner exchange|Read from socket failed|Connection (?:closed|reset) by \S{1,64} port \d{1,5}$))/y;

function connection(reading: Reading): TypedMessage | null {
  const { text, beforeAuth, context } = reading;
  const opened = matchStart(OPENED, text);
  if (opened !== null) {
    const peer = peerOf(opened[1], opened[2]);
    remember(reading, peer);
    return typed('security.session.opened', { ...peer, service: 'ssh' });
  }
  const ended = matchStart(ENDED, text);
  if (ended !== null) return connectionEnded(reading, ended);
  const broken = matchStart(MALFORMED, text);
  if (broken === null) return null;
  const stated = peerOf(broken[1] ?? broken[3] ?? broken[5], broken[2] ?? broken[4] ?? broken[6]);
  const peer = stated.sourceIp === undefined ? joined({ text, beforeAuth, context }) : stated;
  return typed('security.session.malformed', { ...peer, service: 'ssh', detail: text });
}

function connectionEnded(reading: Reading, match: RegExpExecArray): TypedMessage | null {
  const [, verb, state, user, host, port, reason] = match;
  const peer = peerOf(host, port);
  if (peer.sourceIp === undefined) return null;
  const userName = user === undefined || user === '' ? undefined : user;
  const pid = reading.context.header.procId;
  if (pid !== null) reading.context.connections?.closed(pid);
  if (reading.beforeAuth && waited(reading)) {
    return typed('security.login.failed', { ...peer, service: 'ssh', userName, reason: 'not-allowed' });
  }
  const why = reason === undefined || reason === '' ? verb : reason;
  const beforeAuth = reading.beforeAuth || state !== undefined;
  return typed('security.session.closed', { ...peer, service: 'ssh', userName, beforeAuth, reason: why });
}

const note = (message: string): TypedMessage => typed('security.daemon.note', { text: message });

const readService = phrasebook([
  ['pam_', note],
  ['input_userauth_request: ', note],
  ['Address ', note],
  ['reverse mapping checking ', note],
  ['Server listening on ', note],
  ['Received signal ', note],
  ['Exiting on signal', note],
  ['SSH: Server;', note],
  ['Starting session: ', note],
  ['Close session: ', note],
  ['Transferred: ', note],
  ['subsystem request for ', note],
  ['Bind to port ', (message) => typed('security.service.failed', { service: 'ssh', detail: message })],
  ['Cannot bind any address', (message) => typed('security.service.failed', { service: 'ssh', detail: message })],
  ['Could not load host key', (message) => typed('security.service.failed', { service: 'ssh', detail: message })],
  ['Timeout before authentication', note],
]);
