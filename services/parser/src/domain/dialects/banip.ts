/** banIP: addresses that the firewall does not let in. Source: openwrt/packages net/banip. */
import { ipOf } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { tellsOfFault } from './fault-words.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const note = (message: string): TypedMessage => typed('security.daemon.note', { text: message.trimEnd() });
const failed = (message: string): TypedMessage => typed('security.blocklist.failed', { detail: message.trimEnd() });
const either = (message: string): TypedMessage => (tellsOfFault(message) ? failed(message) : note(message));

/** Up to 0.7: `20 IPSets with overall 341200 IPs/Prefixes loaded successfully`. */
const SETS = /(\d{1,9}) IPSets with overall (\d{1,12}) IPs\/Prefixes loaded successfully/y;
const QUOTED = /(?:add (?:IP|IP range|uplink|subnet)|IP address|IP|suspicious IP(?: found)?) '([^']{2,64})'/y;
const LIST = / to (?:the |local )?(\w{0,10}(?:allow|block|white|black)list\w{0,8})/;

function sets(message: string): TypedMessage {
  const found = matchStart(SETS, message);
  if (found === null) return either(message);
  return typed('security.blocklist.loaded', {
    sets: Number(found[1]),
    entries: Number(found[2]),
    detail: message.trimEnd(),
  });
}

/** `add IP '192.0.2.9' (source: …) to blocklistv4 set`, `IP address '192.0.2.0/30' added to whitelist`. */
function listed(message: string): TypedMessage {
  const address = matchStart(QUOTED, message)?.[1];
  if (address === undefined || tellsOfFault(message)) return either(message);
  const list = LIST.exec(message.slice(0, 512))?.[1];
  if (list === undefined) return note(message);
  const type = /allow|white/.test(list) ? 'security.address.allowed' : 'security.address.blocked';
  return typed(type, { address, list });
}

function suspicious(message: string): TypedMessage {
  const sourceIp = ipOf(matchStart(QUOTED, message)?.[1] ?? '');
  return sourceIp === null ? note(message) : typed('security.address.suspected', { sourceIp });
}

export const banip = phrasebook([
  ...alike(
    ['start ', 'finish', 'initialize ', 'reload ', 'resume ', 'suspend ', 'stop ', 'lookup ', 'skip ', 'feed '],
    either,
  ),
  ['suspicious IP', suspicious],
  ...alike(['add ', 'IP '], listed),
  ...alike('0123456789'.split(''), sets),
  ...alike(['removed ', 'remove ', 'backup ', 'restore ', 'download ', 'no ', 'can', 'unable ', 'the ', "'"], either),
]);
