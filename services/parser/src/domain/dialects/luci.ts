/**
 * Logins to the web interface. LuCI logs both outcomes at one level (`err` up to 2021, `info` since), by itself, through
 * uhttpd, or with an empty tag: `uhttpd[2010]: luci: accepted login on / for root from 192.0.2.4`, `: luci: failed …`,
 * `[info] luci: …`.
 */
import { ipOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

const LOGIN = /(?:\[\w{1,8}\] )?(?:luci: )?(accepted|failed) login on (?=\/)/y;

/** The path ends at the first ` for `, the name, which is the visitor's text, at the last ` from `. */
export function luci(message: string): TypedMessage | null {
  const start = matchStart(LOGIN, message);
  if (start === null) return null;
  const text = message.trimEnd();
  const nameAt = text.indexOf(' for ', start[0].length);
  const fromAt = text.lastIndexOf(' from ');
  if (nameAt < 0 || fromAt < nameAt + 5) return null;
  const userName = text.slice(nameAt + 5, fromAt);
  const login = {
    sourceIp: ipOf(text.slice(fromAt + 6)) ?? undefined,
    service: 'web',
    userName: userName === '' || userName === '?' ? undefined : userName,
    method: 'password',
  } as const;
  if (start[1] === 'accepted') return typed('security.login.succeeded', login);
  // LuCI does not say whether the name or the password was wrong.
  return typed('security.login.failed', { ...login, reason: 'other' });
}
