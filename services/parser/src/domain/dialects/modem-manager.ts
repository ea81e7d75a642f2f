/**
 * ModemManager and the hotplug scripts that feed it. Its own lines are `<msg> [modem0] state changed (...)`, with a time
 * of its own behind the level when it was started for debugging; logd loses its tag, so they stand without one too.
 */
import { wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

/** Level, time, and what it speaks of: `[modem0/sim0]`, `[device /sys/...]`, `[plugin/quectel]`, `(net/wwan0)`. */
const FRONT =
  /<(?:debug|info|warn|error|msg|inf|wrn|err|dbg)>\s{1,3}(?:\[\d{1,12}\.\d{1,9}\] )?(?:\[([^\]]{1,160})\] )?/y;
const MODEM = /(modem\d{1,5})/;
const STATE = /state changed \((\S{1,32}) -> (\S{1,32})\)/y;
const STATE_OLD = /Modem (\S{1,80}?): state changed \((\S{1,32}) -> (\S{1,32})(?:, reason: ([\w -]{1,40}))?\)/y;
const STATE_MORE = /(?:modem state|3gpp state|state) changed, (\S{1,32}) (?:->|=>) (\S{1,32})/iy;
const REGISTRATION = /3GPP (?:CSFB )?[Rr]egistration state changed \((\S{1,32}) -> (\S{1,32})\)/y;
const SIGNAL = /signal quality updated \((\d{1,3})\)/y;
const PORT = /((?:net|tty|usbmisc|wwan|cdc-wdm)\/\S{1,48}): (\w[\w ()/-]{0,40})/y;
const PORT_LOST = /port '?([\w/.-]{1,48}?)'? (?:no longer controllable|timed out \d{1,5} consecutive)/y;
const CREATING = /creating (?:virtual )?modem with plugin '([^']{1,64})'/y;
const CREATED = /modem for (?:virtual )?device '([^']{1,200})' successfully created/y;
const NOT_CREATED = /couldn't create modem for (?:virtual )?device '([^']{1,200})'/y;
const STARTED = /ModemManager \(version (\S{1,40}?)\) starting/y;

interface Source {
  modem: string | undefined;
}

function stateChange(source: Source, text: string): TypedMessage | null {
  const registration = matchStart(REGISTRATION, text);
  if (registration !== null) {
    return typed('wan.modem.registration-changed', { ...source, from: registration[1]!, to: registration[2]! });
  }
  const old = matchStart(STATE_OLD, text);
  if (old !== null) {
    const modem = MODEM.exec(old[1]!)?.[1] ?? source.modem;
    return typed('wan.modem.state-changed', { modem, from: old[2]!, to: old[3]!, reason: old[4] });
  }
  const found = matchStart(STATE, text) ?? matchStart(STATE_MORE, text);
  return found === null ? null : typed('wan.modem.state-changed', { ...source, from: found[1]!, to: found[2]! });
}

function device(source: Source, text: string, subject: string): TypedMessage | null {
  const creating = matchStart(CREATING, text);
  if (creating !== null) {
    const path = subject.startsWith('device ') ? subject.slice(7) : undefined;
    return typed('wan.modem.note', {
      text: `creating modem with plugin '${creating[1]!}'${path === undefined ? '' : ` for ${path}`}`,
    });
  }
  const created = matchStart(CREATED, text);
  if (created !== null) return typed('wan.modem.created', { path: created[1]! });
  const not = matchStart(NOT_CREATED, text);
  if (not !== null) return typed('wan.modem.creation-failed', { path: not[1]!, detail: text });
  const lost = matchStart(PORT_LOST, text);
  if (lost !== null) return typed('wan.modem.port-lost', { ...source, portName: lost[1]!, detail: text });
  const port = source.modem === undefined ? null : matchStart(PORT, text);
  return port === null ? null : typed('wan.modem.port-found', { ...source, portName: port[1]!, role: port[2]!.trim() });
}

const SIM_FAILED =
  /(?:SIM (?:is missing|hot swap setup failed|re-initialization failed|swap check failed|not inserted)|couldn't (?:create|load|query|export) SIM|(?:after )?SIM unlock failed|failed to (?:initialize SIM|check if SIM)|SIM-?PIN required)/iy;
const SIM =
  /(?:SIM |loaded (?:IMSI|GID|EID|operator|list of preferred|SIM identifier|emergency|ICCID)|checking for SIM|after SIM unlock)/y;
const BEARER_UP = /(?:connected bearer '?(\S{1,100}?)'?$|.{0,60}bearer .{0,80}(?:now )?connected$)/y;
const BEARER_DOWN =
  /(?:disconnected bearer '?(\S{1,100}?)'?$|.{0,80}explicitly disconnected|connection (?:lost|disconnected))/y;
const FAILED =
  /(?:couldn't |could not |cannot |Couldn't |Could not |Cannot |failed |Failed |error |.{1,120}(?: failed|timed out)|modem couldn't|port .{1,60} (?:failed|timed out)|QMI error|MBIM error|disabling modems took too long|Not allowed to connect|unable )/y;

function bearerAndSim(source: Source, text: string): TypedMessage | null {
  const signal = matchStart(SIGNAL, text);
  if (signal !== null) return typed('wan.modem.signal-updated', { ...source, percent: wholeNumber(signal[1]) ?? 0 });
  const down = matchStart(BEARER_DOWN, text);
  if (down !== null) return typed('wan.modem.bearer-disconnected', { ...source, bearer: down[1] });
  const up = matchStart(BEARER_UP, text);
  if (up !== null) return typed('wan.modem.bearer-connected', { ...source, bearer: up[1] });
  if (matchStart(SIM_FAILED, text) !== null) return typed('wan.modem.sim-failed', { ...source, detail: text });
  return matchStart(SIM, text) === null
    ? null
    : typed('wan.modem.sim-status', { ...source, detail: withoutIdentity(text) });
}

/** The number of a subscriber or a card is nobody's affair but the owner's. */
function withoutIdentity(text: string): string {
  return text.replace(/^(loaded (?:IMSI|ICCID|EID|SIM identifier): ).*/, '$1(not kept)');
}

/** Debug output tells of every port in detail, a line for each fact. */
const DEBUG = /<(?:debug|dbg)>/y;
const WARNED = /<(?:warn|wrn|error|err)>/y;
const CHATTER =
  /(?:simple connect|processing user request|user request|launching |connection #|connecting |creating |QMI|MBIM|loaded |port |allowed |initializ|\S{1,60} port|net\/|tty|usbmisc|wwan|\(|\[|device |opening |closing |running |3GPP |current |new |resetting |plugin|checking |exported |unexported |removing |bearer |call |message |PDP|PDN|IPv[46] |power |access technolog|time|using |no |enabling|disabling|modem |supported )/iy;

function ownLine(message: string): TypedMessage | null {
  const front = matchStart(FRONT, message);
  if (front === null) return null;
  const text = message.slice(front[0].length).trimEnd();
  const subject = front[1] ?? '';
  const source = { modem: MODEM.exec(subject)?.[1] };
  const started = matchStart(STARTED, text);
  if (started !== null) return typed('wan.modem.daemon-started', { version: started[1]! });
  const said = stateChange(source, text) ?? device(source, text, subject) ?? bearerAndSim(source, text);
  if (said !== null) return said;
  if (matchStart(DEBUG, message) !== null) return typed('wan.modem.note', { ...source, text });
  if (matchStart(FAILED, text) !== null || matchStart(WARNED, message) !== null) {
    return typed('wan.modem.operation-failed', { ...source, detail: text });
  }
  return matchStart(CHATTER, text) === null ? null : typed('wan.modem.note', { ...source, text });
}

const HOTPLUG_ADD = /(add|remove) (?:network|cdc|tty|wwan|serial|\w{1,16}) interface (\S{1,64}?): (.{1,160})/y;
const HOTPLUG_EVENT = /(?:cached event found|event reported): action=(\w{1,16}), name=([\w./-]{1,64}), /y;
const HOTPLUG_STATE = /interface '([^']{1,64})' set '([^']{1,200})' state (\w[\w-]{0,30})/y;

/** `hotplug: add network interface wwan0: event processed`: what OpenWrt's scripts report to the daemon. */
function hotplug(_message: string, rest: string): TypedMessage | null {
  const added = matchStart(HOTPLUG_ADD, rest);
  if (added !== null) {
    return typed('wan.modem.hotplug', { action: added[1]!, device: added[2]!, outcome: added[3]!.trimEnd() });
  }
  const event = matchStart(HOTPLUG_EVENT, rest);
  if (event !== null) return typed('wan.modem.hotplug', { action: event[1]!, device: event[2]! });
  const state = matchStart(HOTPLUG_STATE, rest);
  const name = state === null ? null : interfaceOf(state[1]!);
  if (name !== null) return typed('wan.modem.hotplug', { action: 'state', device: name, outcome: state![3] });
  if (/^(?:error|couldn't|failed)/i.test(rest)) return typed('wan.modem.operation-failed', { detail: rest });
  return /^(?:checking|waiting|ModemManager|restarting|resetting|event|adding|removing|skip|wait|cached)/i.test(rest)
    ? typed('wan.modem.note', { text: rest })
    : null;
}

const note: Phrase[1] = (message) => typed('wan.modem.note', { text: message.trimEnd() });

export const modemManager = phrasebook([
  ['<', ownLine],
  ['hotplug: ', hotplug],
  ...alike(['ModemManager is shut down', 'Caught signal', 'disconnected', 'Shutdown'], note),
]);
