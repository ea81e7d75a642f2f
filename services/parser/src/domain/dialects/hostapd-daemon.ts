/** What hostapd says of itself: its configuration, the driver below it, its networks; no station, often no interface. */
import type { EventFields } from '@opmas/contracts';
import { ipOf, macAt, portOf, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf, quotedAt } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

type Cause = EventFields<'wifi.daemon.fault'>['cause'];

const fault =
  (cause: Cause): Phrase[1] =>
  (message) =>
    typed('wifi.daemon.fault', { cause, detail: message.trimEnd() });
const note: Phrase[1] = (message) => typed('wifi.daemon.note', { text: message.trimEnd() });

/** `Configuration file: /var/run/hostapd-phy0.conf (phy wlan0) --> new PHY`, or `data: ` and the whole text of it, keys and all. */
function configLoaded(_message: string, rest: string): TypedMessage | null {
  if (rest.startsWith('data: ')) return typed('wifi.config.loaded', { source: 'inline' });
  const found = matchStart(/(\S{1,256})(?: \(phy ([^)]{1,64})\))?/y, rest);
  return found === null ? null : typed('wifi.config.loaded', { source: found[1]!, phy: found[2] });
}

/** `Line 47: unknown configuration item 'x'`. */
function configLine(message: string): TypedMessage | null {
  const found = matchStart(/Line (\d{1,6}): \S/y, message);
  return found === null
    ? null
    : typed('wifi.config.invalid', { detail: message.trimEnd(), line: wholeNumber(found[1]) });
}

const RELOADS = ['Set new config for phy ', 'Restart interface for phy ', 'Reload config for bss ', 'Remove bss '];

function interfaceRemoved(message: string, rest: string): TypedMessage | null {
  const name = quotedAt(rest, 0);
  return name === null ? null : typed('wifi.radio.interface-removed', { interface: name.value });
}

const USING = /Using interface (\S{1,64}) with hwaddr (\S{17}) and ssid "(.{0,64})"/y;

function interfaceConfigured(message: string): TypedMessage | null {
  const found = matchStart(USING, message);
  if (found === null) return null;
  const bssid = macAt(found[2]!, 0) ?? undefined;
  return typed('wifi.radio.interface-configured', { interface: found[1]!, bssid, ssid: found[3]! });
}

function notStarted(message: string, rest: string): TypedMessage | null {
  const end = rest.indexOf(" wasn't started");
  const name = end < 0 ? null : interfaceOf(rest.slice(0, end));
  return name === null
    ? null
    : typed('wifi.daemon.fault', { cause: 'setup', detail: message.trimEnd(), interface: name });
}

/** nl80211 is hostapd's driver: its failures are told from its chatter by their words. */
function driverLine(message: string, rest: string): TypedMessage | null {
  if (rest.includes(' bridge ')) return fault('bridge')(message, rest);
  if (/^(?:kernel reports: |Failed |Could not |Beacon set failed|.{0,60} failed\b|Driver does not )/i.test(rest)) {
    return fault(rest.startsWith('Beacon ') ? 'beacon' : 'driver')(message, rest);
  }
  return /^(?:deinit |Event message |Drv Event |Fetch |Freq survey |\w{1,40}=|\w{1,40} - hexdump\()/.test(rest)
    ? note(message, rest)
    : null;
}

function channelSearch(message: string, rest: string): TypedMessage | null {
  if (/^(?:Failed |Unable |Could not |Survey |No channel)/.test(rest)) return fault('scan')(message, rest);
  if (/^(?:Could not find|No usable|Possibly)/.test(rest)) return fault('scan')(message, rest);
  return /^(?:Automatic channel selection |Channel |Ideal |Survey analysis|Trying survey|Study of|Best |Selected|Only )/.test(
    rest,
  )
    ? note(message, rest)
    : null;
}

/** Lines about roaming, keys and neighbours that hostapd writes as itself: `FT: ...`, `WPS: ...`. */
const subsystem =
  (cause: Cause): Phrase[1] =>
  (message, rest) =>
    (/\b(?:failed|could not|invalid|error)\b/i.test(rest) ? fault(cause) : note)(message, rest);

const unfit: Phrase[1] = (message) => typed('wifi.radio.no-channel', { detail: message.trimEnd() });

const vlanLine: Phrase[1] = (message, rest) => (rest.includes('failed') ? fault('vlan')(message, rest) : null);
const saeLine: Phrase[1] = (message, rest) => (rest.includes('did not use it') ? fault('sae')(message, rest) : null);
const tlsLine: Phrase[1] = (message, rest) => (rest.includes('failed') ? fault('tls') : note)(message, rest);

function errorCount(message: string): TypedMessage | null {
  return matchStart(/\d{1,6} errors? found in configuration file /y, message) === null
    ? null
    : typed('wifi.config.invalid', { detail: message.trimEnd() });
}

/** A line of a dump of what the driver was told: `  * freq=2462`. */
const dumped: Phrase[1] = (message) => (/^ {2}\* \w{1,40}=\S{1,40}\s*$/.test(message) ? note(message, '') : null);

const readDaemonLine = phrasebook([
  ['handle_probe_req: send failed', fault('transmit')],
  ['hostapd_free_hapd_data: Interface ', notStarted],
  ['Configuration file: ', configLoaded],
  ['Line ', configLine],
  ...alike(['20/40 MHz operation not permitted ', 'Fallback to 20 MHz'], (message): TypedMessage =>
    typed('wifi.radio.width-reduced', { detail: message.trimEnd() }),
  ),
  ['20/40 MHz: ', fault('setup')],
  ...alike(['1', '2', '3', '4', '5', '6', '7', '8', '9'], errorCount),
  ...alike(RELOADS, note),
  ['Remove interface ', interfaceRemoved],
  ['Using interface ', interfaceConfigured],
  ['nl80211: ', driverLine],
  ['nl80211 driver initialization failed', fault('driver')],
  ['ACS: ', channelSearch],
  ['VLAN: ', vlanLine],
  ['SAE: ', saeLine],
  ['OpenSSL: ', tlsLine],
  ['TLS: ', tlsLine],
  ['EAP-', note],
  ['Failed to set beacon parameters', fault('beacon')],
  ['Failed to ', fault('setup')],
  ['Interface initialization failed', fault('setup')],
  ['Interface name ', fault('setup')],
  ['Duplicate BSSID ', fault('setup')],
  ['Could not read interface ', fault('driver')],
  ["Can't set freq params", fault('setup')],
  ['DFS failed ', fault('dfs')],
  ['DFS start_dfs_cac() failed', fault('dfs')],
  ...alike(
    ['dfs_downgrade_bandwidth: ', 'could not get valid channel', 'no DFS channels left'],
    (message): TypedMessage => typed('wifi.radio.no-channel', { detail: message.trimEnd() }),
  ),
  ...alike(['Could not select hw_mode and channel', 'Hardware does not support configured channel'], unfit),
  ...alike(['Configured channel (', 'Primary frequency not allowed', 'DFS chan_idx'], unfit),
  ...alike(['Could not set channel for kernel driver', 'Unable to setup interface'], fault('setup')),
  ...alike(
    ['Could not set interface ', 'ioctl[', 'Could not connect to kernel driver', 'Failed to set '],
    fault('driver'),
  ),
  ...alike(['rfkill: WLAN soft blocked', 'rfkill: WLAN hard blocked'], (): TypedMessage =>
    typed('wifi.radio.kill-switch-changed', { isBlocked: true }),
  ),
  ['rfkill: WLAN unblocked', (): TypedMessage => typed('wifi.radio.kill-switch-changed', { isBlocked: false })],
  ['rfkill: ', subsystem('driver')],
  ['RADIUS: ', subsystem('radius')],
  ['WPS: ', subsystem('setup')],
  ...alike(
    ['FT: ', 'RRB: ', 'RRM: ', 'WNM: ', 'MLD: ', 'EAPOL: ', 'random: ', 'Flushing old station '],
    subsystem('setup'),
  ),
  ['Deauthenticate all stations', note],
  ['rmdir[ctrl_interface=', note],
  ['Enabled CRL reload functionality', note],
  ["bss '", note],
  ['  * ', dumped],
]);

/** Null for text that is no line of hostapd's own that is known. */
export function daemonLine(message: string): TypedMessage | null {
  return readDaemonLine(message);
}

const RADIUS_SERVER =
  /RADIUS (No response from )?(Authentication|Accounting|authentication|accounting) server (\S{2,45}?)(?::(\d{1,5}))?(?: |$)/y;
const RADIUS_STEP =
  /RADIUS (?:Sending|Next|Received|Resending|Server|Authentication server|Accounting server|Failover)/y;
const RADIUS_FAILED =
  /RADIUS (?:No matching RADIUS request|.{0,80}(?:invalid (?:authenticator|Message-Authenticator)|failed\b|could not))/iy;
const COUNTERMEASURES = /(?:IEEE 802\.11 )?TKIP countermeasures (?:initiated|started|ended)/y;
const UNFIT = /IEEE 802\.11 (?:Configured channel \(|Hardware does not support configured|Could not select)/y;

/** `wlan0: text` that is no event's name: the RADIUS client, channel switches, failures of one network. */
export function networkLine(name: string, text: string): TypedMessage | null {
  if (text.startsWith('RADIUS ')) return radius(name, text);
  if (
    text.startsWith('IEEE 802.11 driver starting channel switch') ||
    text.startsWith('IEEE 802.11 driver had channel switch')
  ) {
    return typed('wifi.daemon.note', { interface: name, text });
  }
  if (text.startsWith('Prune association for ')) {
    const clientMac = macAt(text, 22);
    return clientMac === null
      ? null
      : typed('wifi.client.roamed', {
          interface: name,
          clientMac,
          detail: 'associated with another network of this router',
        });
  }
  if (matchStart(COUNTERMEASURES, text) !== null) {
    return typed('wifi.radio.countermeasures-changed', { interface: name, isActive: !text.includes('ended') });
  }
  if (matchStart(UNFIT, text) !== null) {
    return typed('wifi.radio.no-channel', { detail: `${name}: ${text}` });
  }
  if (text.startsWith('WPA ') || text.startsWith('IEEE 802.1X ')) {
    return /^WPA (?:rekeying|GMK|GTK|group )/.test(text) ? typed('wifi.daemon.note', { interface: name, text }) : null;
  }
  if (text.startsWith('Unable to setup interface') || text.startsWith('Could not connect to kernel driver')) {
    return typed('wifi.radio.setup-failed', { interface: name, detail: text });
  }
  return null;
}

function radius(name: string, text: string): TypedMessage | null {
  const found = matchStart(RADIUS_SERVER, text);
  if (found === null) {
    if (matchStart(RADIUS_FAILED, text) !== null) {
      return typed('wifi.daemon.fault', { cause: 'radius', detail: text, interface: name });
    }
    return matchStart(RADIUS_STEP, text) === null ? null : typed('wifi.daemon.note', { interface: name, text });
  }
  const server = {
    interface: name,
    role: found[2]!.toLowerCase() === 'accounting' ? 'accounting' : 'authentication',
    serverIp: ipOf(found[3]!) ?? undefined,
    serverPort: portOf(found[4]),
  } as const;
  return found[1] === undefined ? typed('wifi.radius.server-used', server) : typed('wifi.radius.unreachable', server);
}
