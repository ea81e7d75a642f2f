/** DAWN, which moves clients between the access points of a network (its datastorage.c, tcpsocket.c, ubus.c). */
import { macAt } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const PAIR = /(\S{17}) \/ (\S{17})/y;

/** `Client / BSSID = 02:aa:bb:00:00:01 / 02:aa:bb:00:00:ff: BEACON REQUEST failed`. */
function pair(message: string, rest: string): TypedMessage | null {
  const found = matchStart(PAIR, rest);
  const clientMac = found === null ? null : macAt(found[1]!, 0);
  const bssid = found === null ? null : macAt(found[2]!, 0);
  if (clientMac === null || bssid === null) return null;
  return rest.includes('BEACON REQUEST failed')
    ? typed('wifi.steering.beacon-request-failed', { clientMac, bssid })
    : typed('wifi.steering.note', { text: message.trimEnd(), clientMac });
}

/** `Client 02:AA:BB:00:00:01: Kicking due to low active data transfer: RX rate 6.000000 below 6 limit`. */
function client(message: string, rest: string): TypedMessage | null {
  const clientMac = macAt(rest, 0);
  if (clientMac === null) return null;
  const text = rest.slice(17).replace(/^: /, '');
  return text.startsWith('Kicking ')
    ? typed('wifi.steering.client-kicked', { clientMac, cause: 'better-node', detail: text })
    : typed('wifi.steering.note', { text: message.trimEnd(), clientMac });
}

const fault: Phrase[1] = (message) => typed('wifi.steering.fault', { detail: message.trimEnd() });
const note: Phrase[1] = (message) => typed('wifi.steering.note', { text: message.trimEnd() });
const lost: Phrase[1] = (message) => typed('wifi.steering.peer-lost', { detail: message.trimEnd() });
const started: Phrase[1] = () => typed('wifi.daemon.started', { daemon: 'dawn' });

const ALLOCATION = /dawn_(?:malloc|calloc|realloc) (?:of|for) /y;
const allocation: Phrase[1] = (message) => (matchStart(ALLOCATION, message) === null ? null : fault(message, ''));

/** `Local PROBE is new for client / BSSID = ... / ...`. */
const heard: Phrase[1] = (message) => {
  const at = message.indexOf('client / BSSID = ');
  const clientMac = at < 0 ? null : macAt(message, at + 17);
  return clientMac === null ? null : typed('wifi.steering.note', { text: message.trimEnd(), clientMac });
};

export const dawn = phrasebook([
  ['Client / BSSID = ', pair],
  ['Client ', client],
  ...alike(['Local PROBE ', 'Remote PROBE ', 'RSSI PROBE ', 'BEACON ', 'Remote BEACON ', 'Local BEACON '], heard),
  ['DAWN instance ', started],
  ...alike(['Connection closed', 'Connection to server closed', 'Closing client-connection', 'Connection to '], lost),
  ...alike(['not complete msg', 'invalid msg', 'eof!, pending', 'Write error'], lost),
  ['dawn_', allocation],
  ...alike(['Failed', 'Parse of ', 'Error ', 'Could not ', 'gcrypt: ', 'Data header ', 'No AP for ', 'config '], fault),
  ...alike(['not enough memory', 'ubus ', 'Lost connection to ubus'], fault),
  ...alike(['No station connected', 'MUTEX ', 'frequency ', 'Comparing own ', 'AP BSSID ', 'Current AP '], note),
  ...alike(
    ['Kicking NR entry: ', 'Connected to ', 'Settingup ', 'Server: ', 'Client: ', 'Score: ', 'mem-audit: '],
    note,
  ),
  ...alike(['New client connection', 'New neighbor', 'Unrecognised option ', 'Updated rssi', 'Using '], note),
]);
