/** mwan3: uplinks that are checked, and traffic that goes by their state (net/mwan3/files: mwan3track, 15-mwan3, mwan3rtmon, mwan3.sh). */
import { wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const note: Phrase[1] = (message) => typed('wan.uplink.note', { text: message.trimEnd() });
const fault: Phrase[1] = (message) => typed('wan.uplink.fault', { detail: message.trimEnd() });

/** Until 2.8 mwan3track put the logical interface and the device in another order: the device stands in parentheses always. */
const STATE = /Interface (\S{1,64}) \((\S{1,64}?)\) is (online|offline)/y;

function state(message: string): TypedMessage | null {
  const found = matchStart(STATE, message);
  if (found === null) return null;
  const uplink = { interface: found[1]!, device: found[2]! };
  return found[3] === 'online' ? typed('wan.uplink.online', uplink) : typed('wan.uplink.offline', uplink);
}

const CHECK =
  /Check \(([\w-]{1,20})(?:: latency=(\d{1,9})ms loss=(\d{1,3})%)?\) (success|failed) for target "(\S{1,128}?)" on interface (\S{1,64}) \((\S{1,64}?)\)(?:\. Current score: (-?\d{1,5}))?/y;

function checked(message: string): TypedMessage | null {
  const found = matchStart(CHECK, message);
  if (found === null) return null;
  const [, method, latency, loss, verdict, target, name, device, score] = found;
  const check = {
    interface: name!,
    device: device!,
    target: target!,
    method: method!,
    score: scoreOf(score),
    latencyMs: latency === '999999' ? undefined : wholeNumber(latency),
    lossPercent: wholeNumber(loss),
  };
  return verdict === 'success' ? typed('wan.uplink.check-passed', check) : typed('wan.uplink.check-failed', check);
}

function scoreOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

const LOST = /Lost (\d{1,9}) ping\(s\) on interface (\S{1,64}) \((\S{1,64}?)\)(?:\. Current score: (-?\d{1,5}))?/y;

function pingsLost(message: string): TypedMessage | null {
  const found = matchStart(LOST, message);
  if (found === null) return null;
  const [, lost, name, device, score] = found;
  return typed('wan.uplink.pings-lost', {
    interface: name!,
    device: device!,
    lost: Number(lost),
    score: scoreOf(score),
  });
}

const EVENT =
  /(?:Execute |Detect )?(ifup|ifdown|connected|disconnected) (?:event on )?interface (\S{1,64}) \((\S{1,64}?)\)/y;

function handled(message: string): TypedMessage | null {
  const found = matchStart(EVENT, message);
  if (found === null) return null;
  const [, action, name, device] = found;
  return typed('wan.uplink.event-handled', {
    interface: name!,
    device: device === 'unknown' ? undefined : device!,
    action: action!,
  });
}

/** `Stopping mwan3track for interface "wan". Process was "1234"`. */
function stopped(_message: string, rest: string): TypedMessage | null {
  const close = rest.indexOf('"');
  const name = close > 0 ? interfaceOf(rest.slice(0, close)) : null;
  return name === null ? null : typed('wan.uplink.tracking-stopped', { interface: name });
}

const TRACKER =
  /(?:Started|Starting) (?:mwan3track|tracker).{0,20}? (?:for|on) interface "?([^\s"]{1,64}?)"?(?:[ (.]|$)/y;

function started(message: string): TypedMessage | null {
  const found = matchStart(TRACKER, message);
  return found === null ? note(message, '') : typed('wan.uplink.tracking-started', { interface: found[1]! });
}

const ROUTE = /failed(?:: '| to (?:add|delete|replace) )/y;

function route(message: string): TypedMessage | null {
  const text = message.trimEnd();
  return matchStart(ROUTE, text) === null ? null : typed('wan.uplink.route-failed', { detail: text });
}

/** One reader for the tags `mwan3`, `mwan3track`, `mwan3-hotplug`, `mwan3rtmon`, `mwan3-user`: what they say differs enough. */
export const mwan3 = phrasebook([
  ['Interface ', state],
  ['Check (', checked],
  ['Lost ', pingsLost],
  ...alike(['Execute ', 'Detect ', 'ifup ', 'ifdown ', 'connected ', 'disconnected '], handled),
  ['Stopping mwan3track for interface "', stopped],
  ...alike(['Started ', 'Starting '], started),
  ['failed', route],
  ...alike(
    ['mwan3 hotplug ', 'handling route update ', 'adjusting route ', 'skipping already deleted', 'interface '],
    note,
  ),
  ...alike(['attempting to add link on down', 'Using ping to track', 'mwan3 is ', 'Connection tracking flushed'], note),
  ...alike(['Stopping ', 'No changes', 'ifup called on ', 'reloading', 'no previous ip'], note),
  ...alike(['hotplug called on ', 'Missing ', 'No track method', 'Unsupported tracking method', 'Cannot '], fault),
  ...alike(['route update called with invalid', 'mwan3rtmon started for ipv6, but', 'warn: ', 'error'], fault),
  ...alike(['set_user_rules', 'set_policies', 'set_connected', 'set_custom', 'create_iface', 'delete_iface'], fault),
  ...alike(['update_iface', 'Could not ', 'Unexpected ', 'ifdown of ', 'cannot ', 'couldn'], fault),
]);
