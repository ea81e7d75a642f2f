/** netifd: logical interfaces, devices, radios; and inside its lines udhcpc, odhcp6c and protocol handlers, `wan (2702): text`. */
import { ipOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf, quotedAt } from './names.js';

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
    return name === null ? null : stated(states, message.slice(name.end + 1).trimEnd(), name.value);
  }
  return handlerLine(message);
}

function stated(
  states: Record<string, (name: string) => TypedMessage>,
  state: string,
  name: string,
): TypedMessage | null {
  return Object.hasOwn(states, state) ? states[state]!(name) : null;
}

/** `wan (2702): text`: what a protocol handler or a radio's setup script wrote. */
function handlerLine(message: string): TypedMessage | null {
  const open = message.indexOf(' (');
  const close = message.indexOf('): ', open);
  if (open <= 0 || close < 0 || close - open > 14) return null;
  const name = interfaceOf(message.slice(0, open));
  if (name === null || message.lastIndexOf(' ', open - 1) >= 0) return null;
  const text = message.slice(close + 3).trimEnd();
  if (text.startsWith('udhcpc')) return udhcpc(name, text);
  return odhcp6c(name, text) ?? handlerFailure(name, text);
}

const LEASE = /lease of (\S{2,45}) obtained(?: from (\S{2,45}))?, lease time (\d{1,10})/y;
const STEP = /(?:sending|broadcasting|performing) (?:DHCP )?(discover|select|renew|rebind|release|decline)/iy;

/** udhcpc's own text, behind `udhcpc: ` (or `udhcpc (v1.23.2) ` at its start). */
export function udhcpc(name: string, line: string): TypedMessage | null {
  const text = line.startsWith('udhcpc: ') ? line.slice(8) : line;
  LEASE.lastIndex = 0;
  const lease = LEASE.exec(text);
  if (lease !== null) return leaseObtained(name, lease);
  STEP.lastIndex = 0;
  const step = STEP.exec(text);
  if (step !== null) return typed('wan.lease.requested', { interface: name, step: step[1]!.toLowerCase() });
  const step1 = /^Sending (discover|select|renew)/.exec(text);
  if (step1 !== null) return typed('wan.lease.requested', { interface: name, step: step1[1]! });
  if (text.startsWith('lease lost') || text.startsWith('no lease, failing') || text.startsWith('received DHCP NAK')) {
    return typed('wan.lease.lost', { interface: name, detail: text });
  }
  return null;
}

function leaseObtained(name: string, lease: RegExpExecArray): TypedMessage | null {
  const address = ipOf(lease[1]!);
  if (address === null) return null;
  return typed('wan.lease.obtained', {
    interface: name,
    address,
    serverIp: lease[2] === undefined ? undefined : (ipOf(lease[2]) ?? undefined),
    leaseSeconds: wholeNumber(lease[3]),
  });
}

const TRANSACTION = /(?:odhcp6c(?:\[\d{1,10}\])?: )?Starting (\w{1,20}) transaction \(timeout/y;

function odhcp6c(name: string, text: string): TypedMessage | null {
  TRANSACTION.lastIndex = 0;
  const transaction = TRANSACTION.exec(text);
  return transaction === null
    ? null
    : typed('wan.lease.requested', { interface: name, step: transaction[1]!.toLowerCase() });
}

function handlerFailure(name: string, text: string): TypedMessage | null {
  const radio = ['Device setup failed: ', 'Interface 0 setup failed: ', 'Interface 1 setup failed: '].some((start) =>
    text.startsWith(start),
  );
  if (radio) return typed('wifi.radio.setup-failed', { interface: name, detail: text });
  if (/^command failed: /i.test(text)) return typed('wan.interface.command-failed', { interface: name, detail: text });
  return null;
}
