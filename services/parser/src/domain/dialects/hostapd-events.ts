/** hostapd's control interface events, `wlan0: NAME arguments`: of stations (the first argument is their address) and of radios. */
import { macAt, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';

interface Client {
  interface: string;
  clientMac: string;
}

/** `at` is where the event's name begins. */
export function controlEvent(name: string, message: string, at: number): TypedMessage | null {
  const space = message.indexOf(' ', at);
  const end = space < 0 ? message.length : space;
  const event = message.slice(at, end);
  const rest = message.slice(end + 1).trimEnd();
  if (Object.hasOwn(RADIO_EVENTS, event)) return RADIO_EVENTS[event]!(name, rest);
  if (!Object.hasOwn(CLIENT_EVENTS, event)) return null;
  const clientMac = macAt(rest, 0);
  return clientMac === null ? null : CLIENT_EVENTS[event]!({ interface: name, clientMac }, rest.slice(18).trim());
}

const orNothing = (text: string): string | undefined => (text === '' ? undefined : text);

const eapFailed = (client: Client): TypedMessage => typed('wifi.client.auth-failed', { ...client, reason: 'eap' });
const eapTimedOut = (client: Client): TypedMessage =>
  typed('wifi.client.auth-failed', { ...client, reason: 'eap', detail: 'the station stopped answering' });
const eapSucceeded = (client: Client): TypedMessage => typed('wifi.client.eap-succeeded', client);
const eapRetransmitted = (client: Client): TypedMessage =>
  typed('wifi.client.eap-step', { ...client, step: 'retransmitted' });

const CLIENT_EVENTS: Record<string, (client: Client, rest: string) => TypedMessage> = {
  'AP-STA-CONNECTED': (client, rest) =>
    typed('wifi.client.connected', { ...client, authAlgorithm: /(?:^| )auth_alg=(\w{1,20})/.exec(rest)?.[1] }),
  'AP-STA-DISCONNECTED': (client) => typed('wifi.client.disconnected', client),
  'EAPOL-4WAY-HS-COMPLETED': (client) => typed('wifi.client.handshake-completed', { ...client, protocol: undefined }),
  'AP-STA-POSSIBLE-PSK-MISMATCH': (client) => typed('wifi.client.auth-failed', { ...client, reason: 'psk-mismatch' }),
  'AP-REJECTED-MAX-STA': (client) =>
    typed('wifi.client.refused', { ...client, cause: 'capacity', detail: 'AP-REJECTED-MAX-STA' }),
  'AP-REJECTED-BLOCKED-STA': (client) =>
    typed('wifi.client.auth-failed', { ...client, reason: 'refused', detail: 'AP-REJECTED-BLOCKED-STA' }),
  'CTRL-EVENT-EAP-FAILURE': eapFailed,
  'CTRL-EVENT-EAP-FAILURE2': eapFailed,
  'CTRL-EVENT-EAP-TIMEOUT-FAILURE': eapTimedOut,
  'CTRL-EVENT-EAP-TIMEOUT-FAILURE2': eapTimedOut,
  'CTRL-EVENT-EAP-SUCCESS': eapSucceeded,
  'CTRL-EVENT-EAP-SUCCESS2': eapSucceeded,
  'CTRL-EVENT-EAP-STARTED': (client) => typed('wifi.client.eap-step', { ...client, step: 'started' }),
  'CTRL-EVENT-EAP-RETRANSMIT': eapRetransmitted,
  'CTRL-EVENT-EAP-RETRANSMIT2': eapRetransmitted,
  'CTRL-EVENT-SAE-UNKNOWN-PASSWORD-IDENTIFIER': (client) =>
    typed('wifi.client.auth-failed', { ...client, reason: 'sae' }),
  'STA-OPMODE-SMPS-MODE-CHANGED': (client, rest) => modeChanged(client, 'smps', rest),
  'STA-OPMODE-MAX-BW-CHANGED': (client, rest) => modeChanged(client, 'max-bandwidth', rest),
  'STA-OPMODE-N_SS-CHANGED': (client, rest) => modeChanged(client, 'spatial-streams', rest),
  'BEACON-REQ-TX-STATUS': (client, rest) =>
    typed('wifi.client.beacon-requested', { ...client, isAcknowledged: numberAfter(rest, 'ack=') === 1 }),
  'BEACON-RESP-RX': (client, rest) => typed('wifi.client.beacon-reported', { ...client, detail: orNothing(rest) }),
  'BSS-TM-RESP': (client, rest) => {
    const target = rest.indexOf('target_bssid=');
    return typed('wifi.client.transition-answered', {
      ...client,
      statusCode: numberAfter(rest, 'status_code='),
      targetBssid: target < 0 ? undefined : (macAt(rest, target + 13) ?? undefined),
    });
  },
  'SAE-PASSWORD-MISMATCH': (client) => typed('wifi.client.auth-failed', { ...client, reason: 'sae' }),
  'LINK-MSR-RESP-RX': (client, rest) => clientNote(client, 'LINK-MSR-RESP-RX', rest),
  'MBO-CELL-PREFERENCE': (client, rest) => clientNote(client, 'MBO-CELL-PREFERENCE', rest),
  'COLOC-INTF-REPORT': (client, rest) => clientNote(client, 'COLOC-INTF-REPORT', rest),
  'AP-STA-WDS-CONNECTED': (client, rest) => clientNote(client, 'AP-STA-WDS-CONNECTED', rest),
  'HS20-T-C-FILTERING-ADD': (client, rest) => clientNote(client, 'HS20-T-C-FILTERING-ADD', rest),
  'HS20-T-C-FILTERING-REMOVE': (client, rest) => clientNote(client, 'HS20-T-C-FILTERING-REMOVE', rest),
  'BSS-TM-QUERY': (client, rest) => typed('wifi.client.transition-queried', { ...client, detail: orNothing(rest) }),
  'AP-STA-POLL-OK': (client) => typed('wifi.client.note', { ...client, module: 'AP-STA-POLL-OK', text: '' }),
};

function clientNote(client: Client, module: string, text: string): TypedMessage {
  return typed('wifi.client.note', { ...client, module, text });
}

function modeChanged(client: Client, mode: string, rest: string): TypedMessage {
  return typed('wifi.client.mode-changed', { ...client, mode, value: orNothing(rest) });
}

type RadioReading = (name: string, rest: string) => TypedMessage | null;

const wpsEnded: RadioReading = (name, rest) => typed('wifi.wps.ended', { interface: name, detail: orNothing(rest) });
const note =
  (event: string): RadioReading =>
  (name, rest) =>
    typed('wifi.daemon.note', { interface: name, text: rest === '' ? event : `${event} ${rest}` });

const RADIO_EVENTS: Record<string, RadioReading> = {
  'DFS-RADAR-DETECTED': (name, rest) =>
    typed('wifi.radio.radar-detected', { interface: name, frequencyMhz: numberAfter(rest, 'freq=') }),
  'DFS-NEW-CHANNEL': (name, rest) => channelChanged(name, rest, 'dfs', 'chan='),
  'ACS-COMPLETED': (name, rest) => channelChanged(name, rest, 'acs', 'channel='),
  'AP-CSA-FINISHED': (name, rest) => channelChanged(name, rest, 'csa', 'channel='),
  'CTRL-EVENT-CHANNEL-SWITCH': (name, rest) => channelChanged(name, rest, 'csa', 'channel='),
  'CTRL-EVENT-STARTED-CHANNEL-SWITCH': (name, rest) =>
    typed('wifi.radio.channel-switching', { interface: name, frequencyMhz: numberAfter(rest, 'freq=') }),
  'DFS-NOP-FINISHED': (name, rest) =>
    typed('wifi.radio.channel-reopened', { interface: name, frequencyMhz: numberAfter(rest, 'freq=') }),
  'DFS-CAC-START': (name, rest) =>
    typed('wifi.radio.cac-started', {
      interface: name,
      frequencyMhz: numberAfter(rest, 'freq='),
      channel: numberAfter(rest, 'chan='),
      durationSeconds: numberAfter(rest, 'cac_time='),
    }),
  'DFS-CAC-COMPLETED': (name, rest) =>
    typed('wifi.radio.cac-completed', {
      interface: name,
      frequencyMhz: numberAfter(rest, 'freq='),
      isSuccess: numberAfter(rest, 'success=') === 1,
    }),
  'DFS-PRE-CAC-EXPIRED': note('DFS-PRE-CAC-EXPIRED'),
  'ACS-STARTED': (name) => typed('wifi.radio.scan-started', { interface: name }),
  'ACS-FAILED': (name) => typed('wifi.radio.scan-failed', { interface: name }),
  'AP-ENABLED': (name) => typed('wifi.radio.enabled', { interface: name }),
  'AP-DISABLED': (name) => typed('wifi.radio.disabled', { interface: name }),
  'INTERFACE-ENABLED': (name) => typed('wifi.radio.interface-up', { interface: name }),
  'INTERFACE-DISABLED': (name) => typed('wifi.radio.interface-down', { interface: name }),
  'CTRL-EVENT-TERMINATING': (name) => typed('wifi.radio.terminated', { interface: name }),
  'CTRL-EVENT-EAP-PROPOSED-METHOD': note('CTRL-EVENT-EAP-PROPOSED-METHOD'),
  'CTRL-EVENT-EAP-METHOD': note('CTRL-EVENT-EAP-METHOD'),
  /** Operating channel validation: a frame that came from another channel than it claims, as a relayed one does. */
  'OCV-FAILURE': (name, rest) => {
    const clientMac = macAt(rest, rest.indexOf('addr=') + 5);
    return clientMac === null
      ? null
      : typed('wifi.client.auth-failed', { interface: name, clientMac, reason: 'other', detail: `OCV ${rest}` });
  },
  'CTRL-EVENT-UNPROT-BEACON': note('CTRL-EVENT-UNPROT-BEACON'),
  'BSS-COLOR-COLLISION': note('BSS-COLOR-COLLISION'),
  'CCA-STARTED': note('CCA-STARTED'),
  'CCA-FINISHED': note('CCA-FINISHED'),
  'CCA-CANCELLED': note('CCA-CANCELLED'),
  'RX-PROBE-REQUEST': note('RX-PROBE-REQUEST'),
  'AP-MGMT-FRAME-RECEIVED': note('AP-MGMT-FRAME-RECEIVED'),
  'MBO-TRANSITION-REASON': note('MBO-TRANSITION-REASON'),
  'PMKSA-CACHE-ADDED': note('PMKSA-CACHE-ADDED'),
  'PMKSA-CACHE-REMOVED': note('PMKSA-CACHE-REMOVED'),
  'WPS-PIN-NEEDED': note('WPS-PIN-NEEDED'),
  'WPS-NEW-AP-SETTINGS': note('WPS-NEW-AP-SETTINGS'),
  'WPS-ENROLLEE-SEEN': note('WPS-ENROLLEE-SEEN'),
  'WPS-M2D': note('WPS-M2D'),
  'WPS-AP-PIN-ENABLED': note('WPS-AP-PIN-ENABLED'),
  'WPS-AP-PIN-DISABLED': note('WPS-AP-PIN-DISABLED'),
  'DPP-AUTH-SUCCESS': note('DPP-AUTH-SUCCESS'),
  'DPP-CONF-SENT': note('DPP-CONF-SENT'),
  'DPP-FAIL': note('DPP-FAIL'),
  'WPS-PBC-ACTIVE': (name) => typed('wifi.wps.activated', { interface: name }),
  'WPS-PIN-ACTIVE': (name) => typed('wifi.wps.activated', { interface: name }),
  'WPS-PBC-DISABLE': wpsEnded,
  'WPS-CANCEL': wpsEnded,
  'WPS-TIMEOUT': wpsEnded,
  'WPS-SUCCESS': (name) => typed('wifi.wps.succeeded', { interface: name }),
  'WPS-REG-SUCCESS': (name, rest) =>
    typed('wifi.wps.succeeded', { interface: name, clientMac: macAt(rest, 0) ?? undefined }),
  'WPS-FAIL': (name, rest) => typed('wifi.wps.failed', { interface: name, detail: rest }),
  'WPS-OVERLAP-DETECTED': (name) =>
    typed('wifi.wps.failed', { interface: name, detail: 'two stations pushed the button at once' }),
  'WPS-AP-SETUP-LOCKED': (name) => typed('wifi.wps.locked', { interface: name }),
  'WPS-AP-SETUP-UNLOCKED': (name) => typed('wifi.wps.unlocked', { interface: name }),
};

function channelChanged(name: string, rest: string, cause: string, channelKey: string): TypedMessage {
  return typed('wifi.radio.channel-changed', {
    interface: name,
    frequencyMhz: numberAfter(rest, 'freq='),
    channel: numberAfter(rest, channelKey),
    cause,
  });
}

/** The whole number behind a key that begins a word, e.g. `chan=` but not `sec_chan=`. */
export function numberAfter(text: string, key: string): number | undefined {
  let at = text.indexOf(key);
  while (at > 0 && text.charCodeAt(at - 1) !== 32) at = text.indexOf(key, at + 1);
  if (at < 0) return undefined;
  return wholeNumber(/^\d{1,9}/.exec(text.slice(at + key.length, at + key.length + 9))?.[0]);
}
