/** igmpproxy: multicast groups that clients ask for, passed on to the provider (IPTV). Format strings of its src/. */
import { ipOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const note: Phrase[1] = (message) => typed('lan.multicast.note', { text: message.trimEnd() });
const fault: Phrase[1] = (message) => typed('lan.multicast.fault', { detail: message.trimEnd() });

const JOINING = /(?:Joining group|joinMcGroup:) (\S{2,45})(?: upstream)? on (?:interface |IF address )?(\S{1,64})/y;
const LEAVING = /(?:Leaving group|leaveMcGroup:) (\S{2,45})(?: upstream)? on (?:interface |IF address )?(\S{1,64})/y;
const DIED =
  /(?:Removing group|quickleave is enabled and this was the last downstream host, leaving group) (\S{2,45})/y;

/** Upstream is told by the address of its interface, downstream by name; an address is no name. */
function ofGroup(found: RegExpExecArray): { group: string; interface: string | undefined } | null {
  const group = ipOf(found[1]!.replace(/\.$/, ''));
  const where = found[2]?.replace(/\.$/, '');
  return group === null
    ? null
    : { group, interface: where === undefined || where === '' || ipOf(where) !== null ? undefined : where };
}

function joined(message: string): TypedMessage | null {
  const found = matchStart(JOINING, message);
  const where = found === null ? null : ofGroup(found);
  return where === null ? null : typed('lan.multicast.joined', where);
}

function left(message: string): TypedMessage | null {
  const found = matchStart(LEAVING, message) ?? matchStart(DIED, message);
  const where = found === null ? null : ofGroup(found);
  return where === null ? null : typed('lan.multicast.left', where);
}

const GROUP = /group(?: address)? (\S{2,45})/;
const SOURCE = /source (?:address )?(\S{2,45})/;

function refused(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const group = GROUP.exec(text.slice(0, 256))?.[1]?.replace(/[.,]$/, '');
  const source = SOURCE.exec(text.slice(0, 256))?.[1]?.replace(/[.,]$/, '');
  return typed('lan.multicast.refused', {
    group: group === undefined ? undefined : (ipOf(group) ?? undefined),
    sourceIp: source === undefined ? undefined : (ipOf(source) ?? undefined),
    detail: text,
  });
}

/** `The source address 192.0.2.1 for group 239.0.0.1, is not in any valid net`, `The group address ... may not be ...`. */
function aboutGroup(message: string): TypedMessage | null {
  return message.includes('may not be') || message.includes('not a valid') || message.includes('not in any valid net')
    ? refused(message)
    : note(message, '');
}

export const igmpproxy = phrasebook([
  ...alike(['Joining all-routers', 'Joining all igmpv3'], note),
  ...alike(['Joining group ', 'joinMcGroup: '], joined),
  ...alike(['Leaving group ', 'leaveMcGroup: ', 'Removing group ', 'quickleave is enabled and this was'], left),
  ...alike(['The group address ', 'The source address ', 'The IGMP message ', 'The found if '], aboutGroup),
  ...alike(
    ['No interfaces found for source', 'ignoring unknown IGMP', 'received packet from ', 'received IP data'],
    refused,
  ),
  ...alike(['Maximum number of multicast groups', "can't join group", "can't leave group", 'addVIF, out of'], fault),
  ...alike(['There must be at least 1 Vif', 'Unable to ', 'Upstream VIF was null', 'Sender VIF was down'], fault),
  ...alike(['sendto to ', 'setsockopt', 'select() failure', 'FATAL', 'failed to', 'MRT_', 'bind', 'recvfrom'], fault),
  ...alike(
    ['The insertion into Kernel failed', 'The removal from Kernel failed', 'IGMP socket', 'ioctl', 'Out of memory'],
    fault,
  ),
  ...alike(['MC-Router API already in use', 'Cannot set VIF', 'The VIF Ix', 'Too many origins'], fault),
  ...alike(['adding VIF', 'removing VIF', 'Adding MFC', 'Removing MFC', 'Sent membership query', 'RECV '], note),
  ...alike(['SENT ', 'Route activat', 'Should insert', 'Got leave message', 'Got a interrupt', 'No downstream'], note),
  ...alike(
    ['No table entry', 'No existing route', 'Inserted route', 'Updated route', 'Removed route', 'Vif bits'],
    note,
  ),
  ...alike(
    ['Setting TTL', 'Aging ', 'Found ', 'Config: ', 'buildIfVc', 'rebuildIfVc', 'Created timeout', 'deleted timer'],
    note,
  ),
  ...alike(['About to call', 'Current routing', '#', '        Network', 'igmpproxy', 'Searching for', 'Got '], note),
  ...alike(
    ['Shutdown complete', 'clean handler', 'Inserting ', 'All routes removed', 'Updating route', 'counted '],
    note,
  ),
  ...alike(['Removing route', 'quickleave', 'Interface id', 'timer_', 'Another ', 'Route activ'], note),
]);
