/** uhttpd: logins of LuCI, which runs in it, and what its scripts write when they fail. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { tellsOfFault } from './fault-words.js';
import { luci } from './luci.js';
import { alike, phrasebook } from './phrasebook.js';

const fault = (message: string): TypedMessage => typed('health.daemon.fault', { detail: message.trimEnd() });
const note = (message: string): TypedMessage => typed('health.daemon.note', { text: message.trimEnd() });

const ownLine = phrasebook([
  ...alike(['stack traceback:', 'The called action terminated with an exception:'], note),
  ...alike(
    ['error running collector', 'ERROR: ', 'Error: ', 'Unable to ', 'Failed to ', 'left-hand side expression '],
    fault,
  ),
  ...alike(
    ['bind(): ', 'connect(): ', 'accept(): ', 'uh_', 'sh: ', 'lua: ', 'Syntax error: ', 'Reference error: '],
    fault,
  ),
  ...alike(['In ', 'called from ', 'Type error: ', 'Runtime error: '], fault),
]);
/** A line of a script's call trace, or `/usr/lib/lua/x.lua:254: what went wrong`. */
const SCRIPT = /\s{0,16}(?:\[C\]|[.\w/-]{1,200}\.(?:lua|uc|htm|sh)(?::\d{1,7})?):? /y;

export function uhttpd(message: string): TypedMessage | null {
  return luci(message) ?? ownLine(message) ?? scriptLine(message);
}

function scriptLine(message: string): TypedMessage | null {
  SCRIPT.lastIndex = 0;
  if (!SCRIPT.test(message)) return null;
  const rest = message.slice(SCRIPT.lastIndex);
  return rest.startsWith('in ') && !tellsOfFault(rest) ? note(message.trimStart()) : fault(message.trimStart());
}
