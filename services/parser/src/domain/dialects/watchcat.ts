/** watchcat: it restarts the router, or an interface, when a host does not answer for long. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage => typed('health.daemon.fault', { detail: message.trimEnd() });
const reboot = (message: string): TypedMessage => typed('health.reboot.requested', { detail: message.trimEnd() });

export const watchcat = phrasebook([
  ...alike(['reboot', 'Rebooting', 'rebooting'], reboot),
  ['Could not reach ', fault],
  ...alike(['ping_reboot', 'periodic_reboot', 'restart_iface', 'Restarting '], (message) =>
    /reboot(?:ing|ed)?\b/i.test(message.slice(15, 300)) ? reboot(message) : note(message),
  ),
  ...alike(['Starting ', 'no internet ', 'No internet ', 'Sleeping '], note),
]);
