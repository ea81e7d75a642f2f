/** What protocol handlers, radio scripts and DHCP clients write, behind netifd's `wan (2702): `. */
import { ipOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

const LEASE = /lease of (\S{2,45}) obtained(?: from (\S{2,45}))?, lease time (\d{1,10})/iy;
const STEP = /(?:sending|broadcasting|performing) (?:DHCP )?(discover|select|renew|rebind|release|decline)/iy;
const RELEASE = /unicasting a release of (\S{2,45}) to (\S{2,45})/y;
const STARTED = /(?:udhcpc )?(?:\(v?([\d.]{1,20})\) )?started(?:, v([\d.]{1,20}))?/y;

/** udhcpc's own text, with or without `udhcpc: ` at its start. */
export function udhcpc(name: string | undefined, line: string): TypedMessage | null {
  const text = line.startsWith('udhcpc: ') ? line.slice(8) : line;
  const lease = matchStart(LEASE, text);
  if (lease !== null) return leaseObtained(name, lease);
  const step = matchStart(STEP, text);
  if (step !== null) return typed('wan.lease.requested', { interface: name, step: step[1]!.toLowerCase() });
  if (text.startsWith('lease lost') || text.startsWith('no lease, failing') || text.startsWith('received DHCP NAK')) {
    return typed('wan.lease.lost', { interface: name, detail: text });
  }
  const release = matchStart(RELEASE, text);
  if (release !== null) {
    return typed('wan.lease.released', {
      interface: name,
      address: ipOf(release[1]!) ?? undefined,
      serverIp: ipOf(release[2]!) ?? undefined,
    });
  }
  if (text === 'received SIGTERM') return typed('wan.lease.client-stopped', { interface: name });
  return line.startsWith('udhcpc') ? udhcpcOnly(name, text) : null;
}

/** udhcpc with a tag of its own, where no netifd is above it: the line names no interface. */
export function udhcpcDaemon(message: string): TypedMessage | null {
  return udhcpc(undefined, `udhcpc: ${message.trimEnd()}`);
}

const CHATTER = ['entering ', 'option ', 'no lease, forking', 'received SIGUSR', 'executing ', 'setting '];

/** Phrases so general that only udhcpc's own prefix makes them its. */
function udhcpcOnly(name: string | undefined, text: string): TypedMessage | null {
  const started = matchStart(STARTED, text);
  if (started !== null) {
    return typed('wan.lease.client-started', { interface: name, version: started[1] ?? started[2] });
  }
  if (/^(?:malformed hex string|SIOCGIFINDEX|sendto|bind|can't |ioctl |unknown option|read error)/.test(text)) {
    return name === undefined
      ? typed('wan.daemon.fault', { detail: text })
      : typed('wan.interface.setup-failed', { interface: name, detail: text });
  }
  return CHATTER.some((start) => text.startsWith(start)) ? typed('wan.daemon.note', { interface: name, text }) : null;
}

function leaseObtained(name: string | undefined, lease: RegExpExecArray): TypedMessage | null {
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
const ODHCP6C_CHATTER =
  /(?:odhcp6c(?:\[\d{1,10}\])?: )?(?:\(re\)starting transaction on |Got a valid |Send \w{1,20} message|entering (?:stateful|stateless)-DHCPv6 mode|Sending \w{1,20} \()/y;

export function odhcp6c(name: string, text: string): TypedMessage | null {
  const transaction = matchStart(TRANSACTION, text);
  if (transaction !== null) {
    return typed('wan.lease.requested', { interface: name, step: transaction[1]!.toLowerCase() });
  }
  return matchStart(ODHCP6C_CHATTER, text) === null ? null : typed('wan.daemon.note', { interface: name, text });
}

/** `radio0`, `phy1`, `wl0`: what OpenWrt calls a wireless device, unless its owner called it otherwise. */
const RADIO = /^(?:radio|phy|wifi|wl)\d/;

/** `Device setup failed: HOSTAPD_START_FAILED`, `Interface 2 setup failed: IFUP_ERROR`. */
const RADIO_SETUP_FAILED = /(?:Device|Interface \d{1,3}) setup failed: /y;

/** What a shell says of a script, and what tools say that a script called wrongly. */
const SCRIPT_ERROR =
  /(?:(?:\/bin\/)?(?:ash|sh): |\.?\/?[\w./-]{1,80}\.sh: (?:eval: )?line \d|cat: can't open |WARNING: Variable |WARNING \(wireless_|Cannot find device |Could not find PHY |wifi-scripts: (?!=)|Usage:(?:\s{1,8}|\\x09)iw )/y;

/** The lines in which `iw` explains itself when it was called wrongly. */
const IW_USAGE =
  /(?:Valid interface types are: |The flags are only used for monitor|(?:none|fcsfail|control|otherbss|cook|active|mumimo-[\w-]{1,20}):? |The mesh_id is used only|Options:$|Add a new virtual interface|\s{0,4}--debug|\\x09)/y;

const MODEM_FAULT =
  /(?:SIM in illegal state|The specified control device does not exist|Failed to (?:parse message data|set operating mode|get |connect|initialize)|Error running AT-command|Device not managed by ModemManager|Unable to (?:connect|get|set)|Modem (?:not|initialization failed)|Network registration failed|PIN verification failed|SIM not initialized|Connection failed|No valid control device)/y;
const MODEM_STEP =
  /(?:(?:Starting|Stopping) network|Configuring modem|Connecting modem|Setting up |Connected, starting DHCP|Waiting for (?:SIM|network)|PIN verification is disabled|Setting PLMN |Device does not support 802\.3|modem available at |"No effect"|Setting mode|Starting DHCP)/y;

/** Everything else that a handler says. */
export function handlerLine(name: string, text: string): TypedMessage | null {
  if (matchStart(RADIO_SETUP_FAILED, text) !== null) {
    return typed('wifi.radio.setup-failed', { interface: name, detail: text });
  }
  if (text.startsWith('sending -> ')) return atCommand(name, text.slice(11));
  if (matchStart(MODEM_STEP, text) !== null) return typed('wan.modem.step', { interface: name, step: text });
  if (matchStart(MODEM_FAULT, text) !== null) return typed('wan.modem.fault', { interface: name, detail: text });
  return failure(name, text) ?? radioChatter(name, text);
}

function failure(name: string, text: string): TypedMessage | null {
  if (/^command failed: /i.test(text)) return typed('wan.interface.command-failed', { interface: name, detail: text });
  if (text.startsWith('Line unrecognized: ') || text.startsWith('Configuration parsing err')) {
    return typed('wan.interface.setup-failed', { interface: name, detail: text });
  }
  const resolve =
    /^(?:Name does not resolve|Try again|Temporary failure in name resolution): [`'"]([^`'"]{1,255})['"]/.exec(text);
  if (resolve !== null) return typed('wan.interface.resolve-failed', { interface: name, peer: resolve[1]! });
  if (matchStart(SCRIPT_ERROR, text) === null) return null;
  return RADIO.test(name)
    ? typed('wifi.radio.script-error', { interface: name, detail: text })
    : typed('wan.interface.script-error', { interface: name, detail: text });
}

function radioChatter(name: string, text: string): TypedMessage | null {
  if (!RADIO.test(name)) return null;
  return text === '' || matchStart(IW_USAGE, text) !== null
    ? typed('wifi.daemon.note', { interface: name, text })
    : null;
}

function atCommand(name: string, text: string): TypedMessage | null {
  const command = /^AT[\w+^&*%$#!-]{0,30}/.exec(text);
  return command === null ? null : typed('wan.modem.command-sent', { interface: name, command: command[0] });
}
