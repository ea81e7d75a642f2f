/** hostapd: clients and radios. `wlan0: STA 00:11:22:33:44:55 IEEE 802.11: associated (aid 3)`, `wlan0: AP-STA-CONNECTED 00:11:...`. */
import { macAt, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';

interface Client {
  interface: string;
  clientMac: string;
}

export function hostapd(message: string): TypedMessage | null {
  const cut = message.indexOf(': ');
  const name = cut > 0 ? interfaceOf(message.slice(0, cut)) : null;
  if (name === null) return null;
  const at = cut + 2;
  if (message.startsWith('STA ', at)) return stationLine(name, message, at + 4);
  if (message.startsWith('interface state ', at)) return stateChange(name, message.slice(at + 16).trimEnd());
  return controlEvent(name, message, at);
}

/** `MODULE: text` of one station. */
function stationLine(name: string, message: string, at: number): TypedMessage | null {
  const clientMac = macAt(message, at);
  const cut = message.indexOf(': ', at + 17);
  if (clientMac === null || cut < 0) return null;
  const client = { interface: name, clientMac };
  const text = message.slice(cut + 2).trimEnd();
  switch (message.slice(at + 18, cut)) {
    case 'IEEE 802.11':
      return association(client, text);
    case 'WPA':
      return keyExchange(client, text);
    case 'IEEE 802.1X':
      return text.startsWith('authentication failed') || text.startsWith('Supplicant used different EAP type')
        ? typed('wifi.client.auth-failed', { ...client, reason: 'eap', detail: text })
        : null;
    default:
      return null;
  }
}

function association(client: Client, text: string): TypedMessage | null {
  if (text === 'authenticated') return typed('wifi.client.authenticated', client);
  if (text.startsWith('associated')) {
    const aid = /^associated \(aid (\d{1,5})\)/.exec(text);
    return typed('wifi.client.associated', { ...client, associationId: wholeNumber(aid?.[1]) });
  }
  if (text.startsWith('disassociated')) {
    return typed('wifi.client.disassociated', { ...client, reason: dueTo(text, 'disassociated') });
  }
  if (text.startsWith('deauthenticated')) {
    return typed('wifi.client.deauthenticated', { ...client, reason: dueTo(text, 'deauthenticated') });
  }
  // "did not acknowledge" is radio trouble, not a refusal; "denied" and "not allowed" are.
  if (text.startsWith('not allowed to associate') || text.startsWith('denied ')) {
    return typed('wifi.client.auth-failed', { ...client, reason: 'refused', detail: text });
  }
  return null;
}

function dueTo(text: string, verb: string): string | undefined {
  const rest = text.slice(verb.length).trim();
  return rest === '' ? undefined : rest.startsWith('due to ') ? rest.slice(7) : rest;
}

function keyExchange(client: Client, text: string): TypedMessage | null {
  const completed = /^(pairwise|group) key handshake completed(?: \((\w{1,12})\))?/.exec(text);
  if (completed !== null) {
    const detail = { ...client, protocol: completed[2] };
    return completed[1] === 'group'
      ? typed('wifi.client.group-key-renewed', detail)
      : typed('wifi.client.handshake-completed', detail);
  }
  if (/^(?:4-Way Handshake|EAPOL-Key timeout|.{0,40}invalid MIC|pairwise key handshake failed)/.test(text)) {
    const timeout = text.startsWith('EAPOL-Key timeout');
    return timeout ? null : typed('wifi.client.auth-failed', { ...client, reason: 'psk-mismatch', detail: text });
  }
  return null;
}

function stateChange(name: string, text: string): TypedMessage | null {
  const arrow = text.indexOf('->');
  if (arrow <= 0 || arrow + 2 >= text.length) return null;
  return typed('wifi.radio.state-changed', { interface: name, from: text.slice(0, arrow), to: text.slice(arrow + 2) });
}

const CLIENT_EVENTS: Record<string, (client: Client, rest: string) => TypedMessage> = {
  'AP-STA-CONNECTED': (client, rest) =>
    typed('wifi.client.connected', { ...client, authAlgorithm: /(?:^| )auth_alg=(\w{1,20})/.exec(rest)?.[1] }),
  'AP-STA-DISCONNECTED': (client) => typed('wifi.client.disconnected', client),
  'EAPOL-4WAY-HS-COMPLETED': (client) => typed('wifi.client.handshake-completed', { ...client, protocol: undefined }),
  'AP-STA-POSSIBLE-PSK-MISMATCH': (client) => typed('wifi.client.auth-failed', { ...client, reason: 'psk-mismatch' }),
  'CTRL-EVENT-EAP-FAILURE': (client) => typed('wifi.client.auth-failed', { ...client, reason: 'eap' }),
  'CTRL-EVENT-EAP-FAILURE2': (client) => typed('wifi.client.auth-failed', { ...client, reason: 'eap' }),
  'CTRL-EVENT-SAE-UNKNOWN-PASSWORD-IDENTIFIER': (client) =>
    typed('wifi.client.auth-failed', { ...client, reason: 'sae' }),
  'STA-OPMODE-SMPS-MODE-CHANGED': (client, rest) => modeChanged(client, 'smps', rest),
  'STA-OPMODE-MAX-BW-CHANGED': (client, rest) => modeChanged(client, 'max-bandwidth', rest),
  'STA-OPMODE-N_SS-CHANGED': (client, rest) => modeChanged(client, 'spatial-streams', rest),
};

function modeChanged(client: Client, mode: string, rest: string): TypedMessage {
  return typed('wifi.client.mode-changed', { ...client, mode, value: rest === '' ? undefined : rest });
}

const RADIO_EVENTS: Record<string, (name: string, rest: string) => TypedMessage | null> = {
  'DFS-RADAR-DETECTED': (name, rest) =>
    typed('wifi.radio.radar-detected', { interface: name, frequencyMhz: numberAfter(rest, 'freq=') }),
  'DFS-NEW-CHANNEL': (name, rest) => channelChanged(name, rest, 'dfs', 'chan='),
  'ACS-COMPLETED': (name, rest) => channelChanged(name, rest, 'acs', 'channel='),
  'AP-CSA-FINISHED': (name, rest) => channelChanged(name, rest, 'csa', 'channel='),
  'CTRL-EVENT-CHANNEL-SWITCH': (name, rest) => channelChanged(name, rest, 'csa', 'channel='),
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
  'ACS-STARTED': (name) => typed('wifi.radio.scan-started', { interface: name }),
  'ACS-FAILED': (name) => typed('wifi.radio.scan-failed', { interface: name }),
  'AP-ENABLED': (name) => typed('wifi.radio.enabled', { interface: name }),
  'AP-DISABLED': (name) => typed('wifi.radio.disabled', { interface: name }),
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
function numberAfter(text: string, key: string): number | undefined {
  let at = text.indexOf(key);
  while (at > 0 && text.charCodeAt(at - 1) !== 32) at = text.indexOf(key, at + 1);
  if (at < 0) return undefined;
  return wholeNumber(/^\d{1,9}/.exec(text.slice(at + key.length, at + key.length + 9))?.[0]);
}

function controlEvent(name: string, message: string, at: number): TypedMessage | null {
  const space = message.indexOf(' ', at);
  const end = space < 0 ? message.length : space;
  const event = message.slice(at, end);
  const rest = message.slice(end + 1).trimEnd();
  if (Object.hasOwn(RADIO_EVENTS, event)) return RADIO_EVENTS[event]!(name, rest);
  if (!Object.hasOwn(CLIENT_EVENTS, event)) return null;
  const clientMac = macAt(rest, 0);
  return clientMac === null ? null : CLIENT_EVENTS[event]!({ interface: name, clientMac }, rest.slice(18).trim());
}
