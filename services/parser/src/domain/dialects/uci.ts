/** The router's configuration and its bus: uci, ucitrack, rpcd, ubusd. Mostly faults of the scripts that call them. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { luci } from './luci.js';
import { alike, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage => typed('health.daemon.fault', { detail: message.trimEnd() });

export const uci = phrasebook([
  ...alike(['Entry not found', 'Parse error', 'Invalid argument', 'I/O error', 'Unknown error', 'Not a tty'], fault),
  ...alike(['Usage: ', 'uci: ', 'Permission denied', 'Out of memory'], fault),
]);

export const ucitrack = phrasebook([['Setting up ', note], ...alike(['Failed ', 'Unable '], fault)]);

const rpcdLine = phrasebook([
  ...alike(['Failed ', 'failed ', 'Unable ', 'Cannot ', 'Connection to ubus failed', 'Error ', 'error '], fault),
  ...alike(['Connected to ubus', 'Reloading ', 'Loading '], note),
]);

export function rpcd(message: string): TypedMessage | null {
  return luci(message) ?? rpcdLine(message);
}

export const ubusd = phrasebook([
  ...alike(['Failed ', 'failed ', 'loading ', 'Access denied', 'usock: ', 'ACL '], fault),
  ...alike(['reconnected', 'started'], note),
]);
