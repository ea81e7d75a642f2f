/** avahi-daemon: names and services of the local network by multicast DNS. */
import { ipOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const GROUP =
  /(?:Joining|Leaving) mDNS multicast group on interface (\S{1,60}?)\.IPv[46] with address (\S{2,45}?)\.(?:\s|$)/y;
const STARTED = /avahi-daemon (\d[\w.]{0,30}) starting up/y;
const CONFLICT = /Host name conflict, retrying with (\S{1,253})/y;

const note: Phrase[1] = (message) => typed('lan.mdns.note', { text: message.trimEnd() });
const fault: Phrase[1] = (message) => typed('lan.mdns.fault', { detail: message.trimEnd() });

function group(message: string): TypedMessage | null {
  const found = matchStart(GROUP, message);
  if (found === null) return null;
  const where = { interface: found[1]!, address: ipOf(found[2]!) ?? undefined };
  return message.startsWith('Joining')
    ? typed('lan.mdns.interface-joined', where)
    : typed('lan.mdns.interface-left', where);
}

function started(message: string): TypedMessage | null {
  const found = matchStart(STARTED, message);
  return found === null ? note(message, '') : typed('lan.mdns.started', { version: found[1]! });
}

function conflict(message: string): TypedMessage | null {
  const name = matchStart(CONFLICT, message)?.[1];
  return name === undefined ? null : typed('lan.mdns.name-conflict', { name, detail: message.trimEnd() });
}

export const avahi = phrasebook([
  ...alike(['Joining mDNS', 'Leaving mDNS'], group),
  ['avahi-daemon ', started],
  ['Host name conflict', conflict],
  ...alike(['Got SIGTERM', 'Got SIGINT', 'Got SIGQUIT', 'Disconnected from D-Bus, exiting'], () =>
    typed('lan.mdns.stopped', {}),
  ),
  ...alike(
    ['Withdrawing ', 'Registering ', 'New relevant interface ', 'Interface ', 'No longer relevant', 'Server startup'],
    note,
  ),
  ...alike(
    ['Network interface enumeration', 'Found user ', 'Successfully ', 'Loading ', 'Service "', 'WARNING: No NSS'],
    note,
  ),
  ...alike(['Files changed', 'Got SIGHUP', 'Loading new', 'Re-registering', 'Invalid ', 'Received ', 'Process '], note),
  ...alike(['*** WARNING', 'WARNING', 'Failed ', 'chroot', 'dbus', 'socket', 'sendmsg', 'Could not', 'Unable'], fault),
  ...alike(['recvmsg', 'open(', 'Daemon already running', 'Host name is invalid', 'No NSS', 'Another '], fault),
]);
