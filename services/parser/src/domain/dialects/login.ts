/** busybox login and getty: the serial console and telnet. Source: busybox loginutils/login.c. */
import { ipOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const SUCCEEDED = /(\S{1,64}) login on '([^']{1,64})'(?: from '([^']{1,255})')?/y;
const FAILED = /invalid password for '([^']{0,255})' on '([^']{1,64})'(?: from '([^']{1,255})')?/y;

const note = (message: string): TypedMessage => typed('security.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage =>
  typed('security.service.failed', { service: 'console', detail: message.trimEnd() });

const other = phrasebook([
  ...alike(['login timed out', 'Login timed out', 'pam_unix('], note),
  ...alike(["can't ", 'no ', 'bad tty'], fault),
]);

export function login(message: string): TypedMessage | null {
  const failed = matchStart(FAILED, message);
  if (failed !== null) {
    const isUnknown = failed[1] === 'UNKNOWN' || failed[1] === '';
    return typed('security.login.failed', {
      sourceIp: ipOf(failed[3] ?? '') ?? undefined,
      service: 'console',
      userName: isUnknown ? undefined : failed[1],
      method: 'password',
      reason: isUnknown ? 'unknown-user' : 'bad-password',
    });
  }
  const succeeded = matchStart(SUCCEEDED, message);
  if (succeeded === null) return other(message);
  return typed('security.login.succeeded', {
    sourceIp: ipOf(succeeded[3] ?? '') ?? undefined,
    service: 'console',
    userName: succeeded[1]!,
  });
}
