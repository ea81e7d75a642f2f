/** apk, which follows opkg since OpenWrt 25.12: `(1/3) Installing tcpdump (4.99.5-r1)`. Source: apk-tools src/commit.c. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const CHANGE =
  /(?:\(\d{1,5}\/\d{1,5}\) )?(Installing|Upgrading|Downgrading|Replacing|Reinstalling|Purging) (\S{1,128}) \(([^\s)]{1,64})(?: -> ([^\s)]{1,64}))?\)/y;

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trim() });
const failed = (message: string): TypedMessage => typed('health.package.failed', { detail: message.trim() });

const read = phrasebook([
  ...alike(['ERROR: ', 'WARNING: ', 'error: '], failed),
  ...alike(['OK: ', 'fetch ', 'Executing ', 'Running ', 'World updated', 'v', ' [https'], note),
]);

export function apk(message: string): TypedMessage | null {
  const found = matchStart(CHANGE, message);
  if (found === null) return read(message);
  const [, verb, packageName = '', version = '', next] = found;
  if (next !== undefined) {
    return typed('health.package.upgraded', { packageName, version: next, previousVersion: version });
  }
  return typed(verb === 'Purging' ? 'health.package.removed' : 'health.package.installed', { packageName, version });
}
