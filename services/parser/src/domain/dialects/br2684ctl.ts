/** br2684ctl: Ethernet over ATM, for DSL modems inside the router (linux-atm's br2684ctl.c). */
import { interfaceOf, quotedAt } from './names.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const note: Phrase[1] = (message) => typed('wan.daemon.note', { text: message.trimEnd() });
const failed: Phrase[1] = (message) => typed('wan.device.setup-failed', { detail: message.trimEnd() });

/** `Interface "nas0" created sucessfully`: the spelling is the daemon's. */
function created(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const name = quotedAt(text.replaceAll('"', "'"), 10);
  const device = name === null ? null : interfaceOf(name.value);
  if (device === null || name === null) return null;
  return text.slice(name.end).startsWith(' created ')
    ? typed('wan.device.created', { device })
    : typed('wan.device.setup-failed', { device, detail: text });
}

export const br2684ctl = phrasebook([
  ['Interface "', created],
  ...alike(['Communicating over ATM', 'Interface configured', 'RFC1483/2684', 'RFC 1483', 'Setting ', 'Socket '], note),
  ...alike(['Could not ', 'Failed ', 'failed ', "Can't ", 'Cannot ', 'Fatal', 'Error'], failed),
]);
