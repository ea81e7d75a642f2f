/** collectd: it logs at `err` whatever it says unless its syslog plugin is set up, a plugin that loaded well included. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { tellsOfFault } from './fault-words.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });
const fault = (message: string): TypedMessage => typed('health.daemon.fault', { detail: message.trimEnd() });
const either = (message: string): TypedMessage => (tellsOfFault(message) ? fault(message) : note(message));

const ownLine = phrasebook([
  [
    'plugin_load: plugin "',
    (message, rest) => (rest.endsWith('" successfully loaded.') ? note(message) : fault(message)),
  ],
  ['plugin_load: ', fault],
  [
    'Initialization complete, entering read-loop',
    (message) => typed('health.daemon.started', { detail: message.trimEnd() }),
  ],
  ['Exiting normally', (message) => typed('health.daemon.stopped', { detail: message.trimEnd() })],
  ...alike(['Stopping ', 'Systemd detected', 'supervised by ', 'Found a configuration for ', 'plugin: '], note),
  ...alike(['configfile: ', 'Error: ', 'Parse error ', 'Cannot ', 'Could not ', 'Filter subsystem: '], fault),
  ...alike(
    ['Unhandled notification', 'uc_update: ', 'plugin_read_thread: ', 'read-function of plugin ', 'write_', 'utils_'],
    either,
  ),
]);
/** `rrdtool plugin: rrd_update_r failed: …`; the name may be of several words. */
const PLUGIN = /[\w-]{1,32}(?: [\w-]{1,32})? plugin(?: \([^)]{1,64}\))?: /y;

export function collectd(message: string): TypedMessage | null {
  return ownLine(message) ?? (matchStart(PLUGIN, message) === null ? null : either(message));
}
