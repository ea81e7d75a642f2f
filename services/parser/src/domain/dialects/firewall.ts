/** fw3, fw4 and their hotplug script (tag `firewall`): when the rules were loaded anew, and what they would not take. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const RELOADED = /Reloading firewall due to (\w{1,16}) of (\S{1,64}) \(([^)]{0,64})\)/y;

function reloaded(message: string): TypedMessage {
  const found = matchStart(RELOADED, message);
  return typed('security.firewall.reloaded', {
    cause: found?.[1],
    interface: interfaceOf(found?.[2] ?? '') ?? undefined,
    device: interfaceOf(found?.[3] ?? '') ?? undefined,
  });
}

const fault = (message: string): TypedMessage => typed('security.firewall.fault', { detail: message.trimEnd() });

export const firewall = phrasebook([
  ['Reloading firewall', reloaded],
  ...alike(['Warning: ', 'Error: ', 'Failed ', 'Section ', 'Unable ', 'The rendered ruleset', 'netlink: Error'], fault),
  ...alike(['Could not process rule', '/dev/stdin:', 'iptables: ', 'ip6tables: ', 'nft: '], fault),
  ...alike([' * ', 'Clearing ', 'Flushing ', 'Populating '], (message) =>
    typed('security.daemon.note', { text: message.trim() }),
  ),
]);
