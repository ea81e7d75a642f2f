/**
 * wpa_supplicant: the router as a client of another access point, and its meshes. Events of the control interface are named
 * (wpa_ctrl.h), `wlan0: CTRL-EVENT-DISCONNECTED bssid=... reason=3`; what an access point says too is read as hostapd's.
 */
import { macAt, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { daemonLine, networkLine } from './hostapd-daemon.js';
import { controlEvent, numberAfter } from './hostapd-events.js';
import { stateChange } from './hostapd.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';
import { signedNumber } from './usteer.js';
import { debugLine, interfaceDebug } from './wpa-supplicant-debug.js';

/** Names in front of a colon that are no interface's. */
const SUBSYSTEMS = new Set(
  `nl80211 WEXT dbus CTRL_IFACE netlink WPA WPS EAP EAPOL SME BSS RSN RRM SAE TLS OpenSSL rfkill random mesh MESH TDLS P2P
  DPP GAS ACS FT wpa_driver_nl80211 l2_packet ioctl driver_wired SSL RTM_NEWLINK RTM_DELLINK VLAN`.split(/\s+/),
);

export function wpaSupplicant(message: string): TypedMessage | null {
  const cut = message.indexOf(': ');
  const name = cut > 0 ? interfaceOf(message.slice(0, cut)) : null;
  if (name !== null && !SUBSYSTEMS.has(name) && message.indexOf(' ') > cut) {
    const at = cut + 2;
    const text = message.slice(at).trimEnd();
    const said = ofInterface(name, text) ?? ofAccessPoint(name, message, at, text) ?? interfaceDebug(name, text);
    if (said !== null) return said;
  }
  return ofItself(message) ?? daemonLine(message.trimStart()) ?? debugLine(message);
}

function ofAccessPoint(name: string, message: string, at: number, text: string): TypedMessage | null {
  if (text.startsWith('interface state ')) return stateChange(name, text.slice(16));
  return controlEvent(name, message, at) ?? networkLine(name, text);
}

type Reading = (name: string, rest: string) => TypedMessage | null;

/** The MAC address behind a key, `bssid=02:aa:...`, or at the start where the key is empty. */
function macAfter(text: string, key: string): string | null {
  const at = text.indexOf(key);
  return at < 0 ? null : macAt(text, at + key.length);
}

const QUOTED_SSID = /\bssid="([^"]{0,128})"/;
const ssidOf = (rest: string): string | undefined => QUOTED_SSID.exec(rest)?.[1];
const errorCode = (text: string): number | undefined => {
  const code = signedNumber(text.slice(text.indexOf('ret=') + 4));
  return code === undefined ? undefined : Math.abs(code);
};

function connected(name: string, rest: string): TypedMessage | null {
  const bssid = macAfter(rest, 'Connection to ');
  if (bssid === null) return null;
  const networkId = wholeNumber(/\[id=(\d{1,6}) /.exec(rest)?.[1]);
  return typed('wifi.uplink.connected', { interface: name, bssid, networkId });
}

function disconnected(name: string, rest: string): TypedMessage | null {
  const bssid = macAfter(rest, 'bssid=');
  return bssid === null
    ? null
    : typed('wifi.uplink.connection-lost', {
        interface: name,
        bssid,
        reasonCode: numberAfter(rest, 'reason='),
        isLocal: numberAfter(rest, 'locally_generated=') === 1,
      });
}

function authenticationRejected(name: string, rest: string): TypedMessage | null {
  const bssid = macAt(rest, 0);
  return bssid === null
    ? null
    : typed('wifi.uplink.authentication-rejected', {
        interface: name,
        bssid,
        authType: numberAfter(rest, 'auth_type='),
        statusCode: numberAfter(rest, 'status_code='),
      });
}

const associationRejected: Reading = (name, rest) =>
  typed('wifi.uplink.association-rejected', {
    interface: name,
    bssid: macAfter(rest, 'bssid=') ?? undefined,
    statusCode: numberAfter(rest, 'status_code='),
    isTimeout: /(?:^| )timeout(?:$| |=)/.test(rest),
  });

const networkDisabled: Reading = (name, rest) =>
  typed('wifi.uplink.network-disabled', {
    interface: name,
    networkId: numberAfter(rest, 'id='),
    ssid: ssidOf(rest),
    authFailures: numberAfter(rest, 'auth_failures='),
    durationSeconds: numberAfter(rest, 'duration='),
    reason: /(?:^| )reason=(\S{1,64})/.exec(rest)?.[1],
  });

const UNKNOWN_NOISE = 9999;

function signalChanged(name: string, rest: string): TypedMessage | null {
  const signal = / signal=(-?\d{1,4})/.exec(rest)?.[1];
  if (signal === undefined) return null;
  const noise = signedNumber(/ noise=(-?\d{1,4})/.exec(rest)?.[1]);
  return typed('wifi.uplink.signal-changed', {
    interface: name,
    isAbove: numberAfter(rest, 'above=') === 1,
    signalDbm: Number(signal),
    noiseDbm: noise === UNKNOWN_NOISE ? undefined : noise,
    txRateKbps: numberAfter(rest, 'txrate='),
  });
}

const regulatory: Reading = (name, rest) =>
  typed('wifi.radio.regulatory-changed', {
    interface: name,
    detail: rest,
    countryCode: /(?:^| )alpha2=(\w{2})/.exec(rest)?.[1],
  });

const certificateRefused: Reading = (name, rest) =>
  typed('wifi.uplink.certificate-refused', {
    interface: name,
    detail: rest,
    subject: /subject='([^']{1,200})'/.exec(rest)?.[1],
  });

const eapStep =
  (step: string): Reading =>
  (name, rest) =>
    typed('wifi.uplink.eap-step', { interface: name, step, detail: rest === '' ? undefined : rest });

const eapFailed: Reading = (name, rest) =>
  typed('wifi.uplink.eap-failed', { interface: name, detail: rest === '' ? undefined : rest });

const note =
  (event: string): Reading =>
  (name, rest) =>
    typed('wifi.daemon.note', { interface: name, text: `${event} ${rest}`.trimEnd() });

const peer =
  (type: 'wifi.mesh.peer-connected' | 'wifi.mesh.peer-disconnected'): Reading =>
  (name, rest) => {
    const peerMac = macAt(rest, 0);
    return peerMac === null ? null : typed(type, { interface: name, peerMac });
  };

const meshRefused =
  (isBlocked: boolean): Reading =>
  (name, rest) => {
    const peerMac = macAfter(rest, 'addr=');
    const durationSeconds = numberAfter(rest, 'duration=');
    return peerMac === null
      ? null
      : typed('wifi.mesh.authentication-failed', { interface: name, peerMac, isBlocked, durationSeconds });
  };

const EVENTS: Readonly<Record<string, Reading>> = {
  'CTRL-EVENT-CONNECTED': connected,
  'CTRL-EVENT-DISCONNECTED': disconnected,
  'CTRL-EVENT-AUTH-REJECT': authenticationRejected,
  'CTRL-EVENT-ASSOC-REJECT': associationRejected,
  'CTRL-EVENT-SSID-TEMP-DISABLED': networkDisabled,
  'CTRL-EVENT-SSID-REENABLED': (name, rest) =>
    typed('wifi.uplink.network-reenabled', {
      interface: name,
      networkId: numberAfter(rest, 'id='),
      ssid: ssidOf(rest),
    }),
  'CTRL-EVENT-NETWORK-NOT-FOUND': (name) => typed('wifi.uplink.network-not-found', { interface: name }),
  'CTRL-EVENT-SCAN-STARTED': (name) => typed('wifi.uplink.scan-started', { interface: name }),
  'CTRL-EVENT-SCAN-RESULTS': (name) => typed('wifi.uplink.scan-completed', { interface: name }),
  'CTRL-EVENT-SCAN-FAILED': (name, rest) =>
    typed('wifi.uplink.scan-failed', { interface: name, errorCode: errorCode(rest) }),
  'CTRL-EVENT-BEACON-LOSS': (name) => typed('wifi.uplink.beacon-lost', { interface: name }),
  'CTRL-EVENT-SIGNAL-CHANGE': signalChanged,
  'CTRL-EVENT-REGDOM-CHANGE': regulatory,
  'CTRL-EVENT-EAP-SUCCESS': (name) => typed('wifi.uplink.eap-succeeded', { interface: name }),
  'CTRL-EVENT-EAP-FAILURE': eapFailed,
  'CTRL-EVENT-EAP-TIMEOUT-FAILURE': eapFailed,
  'EAP-ERROR-CODE': eapFailed,
  'CTRL-EVENT-EAP-TLS-CERT-ERROR': certificateRefused,
  'CTRL-EVENT-EAP-STARTED': eapStep('started'),
  'CTRL-EVENT-EAP-PROPOSED-METHOD': eapStep('proposed-method'),
  'CTRL-EVENT-EAP-METHOD': eapStep('method'),
  'CTRL-EVENT-EAP-STATUS': eapStep('status'),
  'CTRL-EVENT-EAP-PEER-CERT': eapStep('peer-cert'),
  'CTRL-EVENT-EAP-PEER-ALT': eapStep('peer-alt'),
  'CTRL-EVENT-EAP-NOTIFICATION': eapStep('notification'),
  'CTRL-EVENT-EAP-RETRANSMIT': eapStep('retransmit'),
  'MESH-GROUP-STARTED': (name, rest) => typed('wifi.mesh.started', { interface: name, meshId: ssidOf(rest) }),
  'MESH-GROUP-REMOVED': (name) => typed('wifi.mesh.ended', { interface: name }),
  'MESH-PEER-CONNECTED': peer('wifi.mesh.peer-connected'),
  'MESH-PEER-DISCONNECTED': peer('wifi.mesh.peer-disconnected'),
  'MESH-SAE-AUTH-FAILURE': meshRefused(false),
  'MESH-SAE-AUTH-BLOCKED': meshRefused(true),
  joining: (name, rest) =>
    rest.startsWith('mesh ') ? typed('wifi.mesh.joining', { interface: name, meshId: rest.slice(5) }) : null,
  leaving: (name, rest) => (rest === 'mesh' ? typed('wifi.mesh.ended', { interface: name }) : null),
};

/** Families of events that say nothing about the link: Wi-Fi Direct, provisioning, Hotspot 2.0, radio work, caches. */
const CHATTER =
  /^(?:CTRL-(?:EVENT|REQ|RSP)-|P2P|DPP-|GAS-|ANQP-|RX-|HS20-|INTERWORKING-|CRED-|TSPEC-|EXT-RADIO-|RRM-|PMKSA-|IBSS-|NAN-|WPS-|ESS-DISASSOC|MBO-|FILS-|DSCP-|MSCS-|SCS-|TWT-|PASN-|COLOC-)[A-Z0-9-]{0,48}$/;

function ofInterface(name: string, text: string): TypedMessage | null {
  const space = text.indexOf(' ');
  const event = space < 0 ? text : text.slice(0, space);
  const rest = space < 0 ? '' : text.slice(space + 1).trim();
  if (Object.hasOwn(EVENTS, event)) return EVENTS[event]!(name, rest);
  if (CHATTER.test(event)) return isOfHostapd(event) ? null : note(event)(name, rest);
  return sentence(name, text);
}

/** Channel switches, terminations and WPS are hostapd's events too, with types of their own. */
const SHARED = new Set(['CTRL-EVENT-CHANNEL-SWITCH', 'CTRL-EVENT-STARTED-CHANNEL-SWITCH', 'CTRL-EVENT-TERMINATING']);
const SHARED_WPS =
  /^WPS-(?:PBC-(?:ACTIVE|DISABLE)|PIN-ACTIVE|CANCEL|TIMEOUT|SUCCESS|FAIL|OVERLAP-DETECTED|REG-SUCCESS|AP-SETUP-(?:UN)?LOCKED)$/;
const isOfHostapd = (event: string): boolean => SHARED.has(event) || SHARED_WPS.test(event);

const TRYING =
  /(?:SME: )?Trying to (authenticate|associate) with (\S{17})(?: \(SSID='(.{0,128})' freq=(\d{4,5}) MHz\))?/y;
const COMPLETED = /WPA: Key negotiation completed with (\S{17}) \[PTK=([\w-]{1,16}) GTK=([\w-]{1,16})/y;
const REKEYED = /WPA: Group rekeying completed with (\S{17}) \[GTK=([\w-]{1,16})/y;
const TIMED_OUT = /(?:SME: )?(Authentication|Association)(?: with (\S{17}))? timed out/y;

function trying(name: string, text: string): TypedMessage | null {
  const found = matchStart(TRYING, text);
  const bssid = found === null ? null : macAt(found[2]!, 0);
  if (found === null || bssid === null) return null;
  const step = `${found[1]!} with`;
  const target = { ssid: found[3], frequencyMhz: wholeNumber(found[4]) };
  return typed('wifi.uplink.connecting', { interface: name, bssid, step, ...target });
}

function keys(name: string, text: string): TypedMessage | null {
  const completed = matchStart(COMPLETED, text);
  const agreed = completed === null ? null : macAt(completed[1]!, 0);
  if (completed !== null && agreed !== null) {
    const ciphers = { pairwiseCipher: completed[2]!, groupCipher: completed[3]! };
    return typed('wifi.uplink.handshake-completed', { interface: name, bssid: agreed, ...ciphers });
  }
  const rekeyed = matchStart(REKEYED, text);
  const bssid = rekeyed === null ? null : macAt(rekeyed[1]!, 0);
  if (rekeyed !== null && bssid !== null) {
    return typed('wifi.uplink.group-key-renewed', { interface: name, bssid, groupCipher: rekeyed[2]! });
  }
  return /^WPA: (?:4-Way Handshake failed|.{0,60}invalid (?:EAPOL-Key )?MIC|.{0,40}IE in 3\/4 msg does not match)/.test(
    text,
  )
    ? typed('wifi.uplink.handshake-failed', { interface: name, detail: text.slice(5) })
    : null;
}

function sentence(name: string, text: string): TypedMessage | null {
  const first = trying(name, text) ?? keys(name, text);
  if (first !== null) return first;
  const bssid = text.startsWith('Associated with ') ? macAt(text, 16) : null;
  if (bssid !== null) return typed('wifi.uplink.associated', { interface: name, bssid });
  const late = matchStart(TIMED_OUT, text);
  if (late !== null) {
    const from = late[2] === undefined ? undefined : (macAt(late[2], 0) ?? undefined);
    return typed('wifi.uplink.timed-out', { interface: name, step: late[1]!.toLowerCase(), bssid: from });
  }
  return failure(name, text);
}

const MESH_FAILED = /^(?:Could not join mesh|mesh join error|mesh: (?:Could not|Failed)|Failed to (?:init|join) mesh)/;
const DRIVER_FAILED =
  /^(?:SME: )?(?:.{0,60}request to the driver failed|Failed to initialize driver interface|Could not set interface|Failed to (?:set|add|start|initialize) .{0,80})$/;

function failure(name: string, text: string): TypedMessage | null {
  if (text === 'Failed to initiate AP scan') return typed('wifi.uplink.scan-failed', { interface: name });
  if (text.startsWith('mesh leave error')) {
    return typed('wifi.daemon.fault', { cause: 'mesh', detail: text, interface: name });
  }
  if (MESH_FAILED.test(text)) return typed('wifi.mesh.join-failed', { interface: name, detail: text });
  return DRIVER_FAILED.test(text)
    ? typed('wifi.daemon.fault', { cause: 'driver', detail: text, interface: name })
    : null;
}

const invalid: Phrase[1] = (message) => typed('wifi.config.invalid', { detail: message.trimEnd() });
const fault: Phrase[1] = (message) => typed('wifi.daemon.fault', { cause: 'driver', detail: message.trimEnd() });
const chatter: Phrase[1] = (message) => typed('wifi.daemon.note', { text: message.trimEnd() });

const ofItself = phrasebook([
  ['Successfully initialized wpa_supplicant', () => typed('wifi.daemon.started', { daemon: 'wpa_supplicant' })],
  ...alike(
    ['Failed to read or parse configuration', 'Failed to open config file', 'Invalid configuration line'],
    invalid,
  ),
  ['Could not set interface ', fault],
  ['WEXT: Could not ', fault],
  ...alike(['rfkill: WLAN soft blocked', 'rfkill: WLAN hard blocked'], (): TypedMessage =>
    typed('wifi.radio.kill-switch-changed', { isBlocked: true }),
  ),
  ['rfkill: WLAN unblocked', () => typed('wifi.radio.kill-switch-changed', { isBlocked: false })],
  ...alike(['CTRL_IFACE: ', 'dbus: ', 'p2p-', 'CTRL-REQ-'], chatter),
]);
