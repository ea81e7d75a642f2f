/** netifd: logical interfaces, devices, radios; and inside its lines udhcpc, odhcp6c and protocol handlers, `wan (2702): text`. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf, quotedAt } from './names.js';
import { handlerLine, odhcp6c, udhcpc } from './netifd-handlers.js';
import { matchStart } from './phrasebook.js';

const INTERFACE_STATES: Record<string, (name: string) => TypedMessage> = {
  'is now up': (name) => typed('wan.interface.up', { interface: name }),
  'is now down': (name) => typed('wan.interface.down', { interface: name }),
  'is setting up now': (name) => typed('wan.interface.setting-up', { interface: name }),
  'is enabled': (name) => typed('wan.interface.enabled', { interface: name }),
  'is disabled': (name) => typed('wan.interface.disabled', { interface: name }),
  'has link connectivity': (name) => typed('wan.interface.link-restored', { interface: name }),
  'has link connectivity loss': (name) => typed('wan.interface.link-lost', { interface: name }),
  'has lost the connection': (name) => typed('wan.interface.connection-lost', { interface: name }),
};

const DEVICE_STATES: Record<string, (device: string) => TypedMessage> = {
  'link is up': (device) => typed('wan.device.link-up', { device }),
  'link is down': (device) => typed('wan.device.link-down', { device }),
};

const RADIO_STATES: Record<string, (name: string) => TypedMessage> = {
  'is now up': (name) => typed('wifi.radio.up', { interface: name }),
  'is now down': (name) => typed('wifi.radio.down', { interface: name }),
};

/** What a line begins with, and what may then be said of the name in quotes. */
const SUBJECTS: [start: string, states: Record<string, (name: string) => TypedMessage>][] = [
  ['Interface ', INTERFACE_STATES],
  ['Network device ', DEVICE_STATES],
  ['Network alias ', DEVICE_STATES],
  ['VLAN ', DEVICE_STATES],
  ['bridge ', DEVICE_STATES],
  ['bonding ', DEVICE_STATES],
  ['tunnel ', DEVICE_STATES],
  ['macvlan ', DEVICE_STATES],
  ['Wireless device ', RADIO_STATES],
];

export function netifd(message: string): TypedMessage | null {
  for (const [start, states] of SUBJECTS) {
    if (!message.startsWith(start)) continue;
    const name = quotedAt(message, start.length);
    if (name === null) return nameless(start, message);
    const state = message.slice(name.end + 1).trimEnd();
    return stated(states, state, name.value) ?? radioRetry(start, name.value, state);
  }
  return fromHandler(message) ?? ofItself(message);
}

/** An alias whose device is not known yet: `Network alias '' link is down`. */
function nameless(start: string, message: string): TypedMessage | null {
  const isAlias = start === 'Network alias ' && message.startsWith("'' link is ", start.length);
  return isAlias ? typed('wan.daemon.note', { text: message.trimEnd() }) : null;
}

function radioRetry(start: string, name: string, state: string): TypedMessage | null {
  if (start !== 'Wireless device ') return null;
  if (state.startsWith('setup failed')) return typed('wifi.radio.setup-failed', { interface: name, detail: state });
  return state.startsWith('set retry=') ? typed('wifi.daemon.note', { interface: name, text: state }) : null;
}

function stated(
  states: Record<string, (name: string) => TypedMessage>,
  state: string,
  name: string,
): TypedMessage | null {
  return Object.hasOwn(states, state) ? states[state]!(name) : null;
}

/** `wan (2702): text`: what a protocol handler or a radio's setup script wrote. */
function fromHandler(message: string): TypedMessage | null {
  const open = message.indexOf(' (');
  const close = message.indexOf('):', open);
  if (open <= 0 || close < 0 || close - open > 14) return null;
  const name = interfaceOf(message.slice(0, open));
  if (name === null || message.lastIndexOf(' ', open - 1) >= 0) return null;
  const text = message.slice(close + 3).trimEnd();
  return udhcpc(name, text) ?? odhcp6c(name, text) ?? handlerLine(name, text);
}

/** With debug output on, netifd puts the function and its line in front: `device_claim(694): Claim Network device ...`. */
const DEBUG = /(\w{3,40})\(\d{1,5}\): \S/y;
const DEBUGGED = new Set(
  `task_complete device_claim device_release __device_add_user device_add_user device_remove_user proto_shell_handler
  interface_add_dns_server interface_queue_event call_hotplug interface_event device_broadcast_event`.split(/\s+/),
);
const SHELL_FAILED = /(?:(?:\/bin\/)?(?:ash|sh): |\/sbin\/uci: )\S/y;
/** netifd's own complaints: config.c, extdev.c, ucode.c, device.c, system-linux.c. */
const OWN_FAULT =
  /(?:Failed to load (?:network|wireless) config|invocation of method '|'[\w.]{1,64}' failed for '|Error loading ucode script|Device handler '.{1,64}' already exists|Refusing bridge_vlan for port|external device handler description|zcip terminated unexpectedly|\S{1,32} Your kernel is older than|Failed to (?:connect to|add|set|create|bind|open) )/y;
const UNASSIGNED = 'You have delegated IPv6-prefixes but haven';

function ofItself(message: string): TypedMessage | null {
  const text = message.trimEnd();
  const debug = matchStart(DEBUG, text);
  if (debug !== null) {
    if (!DEBUGGED.has(debug[1]!)) return null;
    return / failed\b/.test(text) ? typed('wan.daemon.fault', { detail: text }) : typed('wan.daemon.note', { text });
  }
  if (matchStart(SHELL_FAILED, text) !== null) return typed('wan.daemon.fault', { detail: text });
  if (text.startsWith('Added device handler type: ') || text.startsWith('subscribed to external device'))
    return typed('wan.daemon.note', { text });
  if (matchStart(OWN_FAULT, text) !== null) return typed('wan.daemon.fault', { detail: text });
  return text.startsWith(UNASSIGNED) ? typed('wan.prefix.unassigned', { detail: text }) : null;
}
