/** dropbear: connections, logins and their outcome. Lines that name no address are joined on the pid. */
import { endpointOf, wholeNumber } from './addresses.js';
import type { Endpoint } from './addresses.js';
import { typed } from './dialect.js';
import type { DialectContext, TypedMessage } from './dialect.js';

type LoginMethod = 'password' | 'publickey' | 'none' | 'other';
type FailureReason = 'bad-password' | 'unknown-user' | 'max-attempts' | 'bad-key' | 'not-allowed' | 'other';

interface Phrase {
  start: string;
  /** Whether the user's name follows in single quotes. */
  method?: LoginMethod;
}

const FAILURES: (Phrase & { reason: FailureReason })[] = [
  { start: 'bad password attempt for ', method: 'password', reason: 'bad-password' },
  { start: 'bad pam password attempt for ', method: 'password', reason: 'bad-password' },
  { start: 'login attempt for nonexistent user', reason: 'unknown-user' },
  { start: 'login attempt with wrong user ', reason: 'not-allowed' },
  { start: 'user account ', reason: 'not-allowed' },
  { start: 'root login rejected', reason: 'not-allowed' },
  { start: 'pubkey auth attempt with unknown algo for ', method: 'publickey', reason: 'bad-key' },
];

const SUCCESSES: Phrase[] = [
  { start: 'password auth succeeded for ', method: 'password' },
  { start: 'pam password auth succeeded for ', method: 'password' },
  { start: 'pubkey auth succeeded for ', method: 'publickey' },
  { start: 'auth succeeded with blank password for ', method: 'none' },
];

/** Run without syslog, dropbear stamps its own lines, and procd hands them on: `[4092] Jul 24 15:25:51 text`. */
const OWN_STAMP = /\[\d{1,10}\] [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /y;

export function dropbear(line: string, context: DialectContext): TypedMessage | null {
  OWN_STAMP.lastIndex = 0;
  const message = line.startsWith('[') && OWN_STAMP.test(line) ? line.slice(OWN_STAMP.lastIndex) : line;
  const start = message.slice(0, 48).toLowerCase();
  if (start.startsWith('child connection from ')) return connectionOpened(message, context);
  if (start.startsWith('exit')) return connectionEnded(message, context);
  for (const failure of FAILURES) {
    if (start.startsWith(failure.start)) return loginFailed(message, failure, context);
  }
  for (const success of SUCCESSES) {
    if (start.startsWith(success.start)) return loginSucceeded(message, success, context);
  }
  if (start.startsWith("user '") && message.endsWith(' has invalid shell, rejected')) {
    return loginFailed(message, { start: 'user ', reason: 'not-allowed' }, context);
  }
  return serviceLine(message);
}

const SERVICE_FAILED =
  /^(?:Failed (?:listening on |loading |reading )|\S{1,256} must be owned by |Early exit: |Aiee, segfault|No hostkeys? available|Couldn't )/;
const CHATTER =
  /^(?:Not backgrounding|Running in background|Premature exit: Terminated by signal|Terminated by signal)/;

/** What dropbear says of itself. */
function serviceLine(message: string): TypedMessage | null {
  const text = message.trimEnd();
  if (SERVICE_FAILED.test(text)) return typed('security.service.failed', { service: 'ssh', detail: text });
  return CHATTER.test(text) ? typed('security.daemon.note', { text }) : null;
}

/**
 * The address stands behind the last ` from `: a name that an attacker chose may hold any text. Without one, the
 * connection of the same pid tells it.
 */
function peerOf(message: string, context: DialectContext): Endpoint | null {
  const from = message.lastIndexOf(' from ');
  const stated = from < 0 ? null : endpointOf(bare(message.slice(from + 6)));
  return stated ?? joinedPeer(context);
}

function bare(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.startsWith('<') && trimmed.endsWith('>') ? trimmed.slice(1, -1) : trimmed;
}

function joinedPeer({ connections, header, receivedMicros }: DialectContext): Endpoint | null {
  return connections !== null && header.procId !== null ? connections.peerOf(header.procId, receivedMicros) : null;
}

function source(peer: Endpoint | null): { sourceIp: string | undefined; sourcePort: number | undefined } {
  return { sourceIp: peer?.ip, sourcePort: peer?.port };
}

/** The name in quotes at `at`; it ends at the last quote in front of ` from ` or ` with key `, and may hold quotes. */
function userAt(message: string, at: number, before: readonly string[]): string | undefined {
  if (message.charCodeAt(at) !== 39) return undefined;
  let end = -1;
  for (const words of before) end = Math.max(end, message.lastIndexOf(words));
  if (end <= at) end = message.lastIndexOf("'");
  return end > at + 1 ? message.slice(at + 1, end) : undefined;
}

function connectionOpened(message: string, context: DialectContext): TypedMessage | null {
  const peer = endpointOf(message.slice(22).trimEnd());
  if (peer === null) return null;
  if (context.header.procId !== null) {
    context.connections?.opened(context.header.procId, peer, context.receivedMicros);
  }
  return typed('security.session.opened', { ...source(peer), service: 'ssh' });
}

function loginFailed(
  message: string,
  phrase: Phrase & { reason: FailureReason },
  context: DialectContext,
): TypedMessage {
  const userName =
    phrase.reason === 'unknown-user'
      ? undefined
      : userAt(message, phrase.start.length, ["' from ", "' is locked", "' has invalid shell"]);
  return typed('security.login.failed', {
    ...source(peerOf(message, context)),
    service: 'ssh',
    userName: phrase.start === 'root login rejected' ? 'root' : userName,
    method: phrase.method,
    reason: phrase.reason,
  });
}

function loginSucceeded(message: string, phrase: Phrase, context: DialectContext): TypedMessage {
  const userName = userAt(message, phrase.start.length, ["' from ", "' with key ", "' with "]);
  const key = message.indexOf("' with ");
  const keyEnd = message.lastIndexOf(' from ');
  const keyFingerprint =
    key >= 0 && keyEnd > key ? message.slice(key + 7, keyEnd).replace(/^(?:ssh-\S+ )?key /, '') : undefined;
  return typed('security.login.succeeded', {
    ...source(peerOf(message, context)),
    service: 'ssh',
    userName: key >= 0 ? userAt(message.slice(0, key + 1), phrase.start.length, []) : userName,
    method: phrase.method,
    keyFingerprint,
  });
}

/** `Exit before auth from <a:p>: (user 'root', 1 fails): reason`, `Exit (root) from <a:p>: reason`, old forms without address. */
const EXIT =
  /exit( before auth)?(?: \((?!user ')([^)]{1,64})\))?(?: from (?:<([^>]{0,64})>)?)?(?::? ?\(user '([^']{0,64})', (\d{1,6}) fails\))?: ?/iy;

function connectionEnded(message: string, context: DialectContext): TypedMessage | null {
  EXIT.lastIndex = 0;
  const match = EXIT.exec(message);
  if (match === null) return null;
  const [matched, beforeAuth, sessionUser, address, failedUser, fails] = match;
  const reason = message.slice(matched.length).trimEnd();
  const peer = (address === undefined ? null : endpointOf(address)) ?? peerOf(message, context);
  if (context.header.procId !== null) context.connections?.closed(context.header.procId);
  if (beforeAuth !== undefined && /^max auth tries reached/i.test(reason)) {
    return typed('security.login.failed', {
      ...source(peer),
      service: 'ssh',
      userName: failedUser ?? namedInReason(reason),
      reason: 'max-attempts',
      attempts: wholeNumber(fails) || undefined,
    });
  }
  return typed('security.session.closed', {
    ...source(peer),
    service: 'ssh',
    userName: sessionUser ?? failedUser,
    beforeAuth: beforeAuth !== undefined,
    reason: reason === '' ? undefined : reason,
  });
}

/** `Max auth tries reached - user 'root'`; dropbear writes `is invalid` for a user that does not exist. */
function namedInReason(reason: string): string | undefined {
  const at = reason.indexOf(" - user '");
  if (at < 0) return undefined;
  const name = userAt(reason, at + 8, ["' from "]);
  return name === 'is invalid' ? undefined : name;
}
