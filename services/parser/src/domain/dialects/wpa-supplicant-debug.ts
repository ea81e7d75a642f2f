/** What wpa_supplicant and its driver write once somebody turned their debug output on: known forms, chatter all of it. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const STATE = /State: (\w{2,32}) -> (\w{2,32})/y;
const OF_INTERFACE =
  /(?:Event [\w-]{2,48} \(\d{1,4}\) received|Unknown event \d{1,4}|Deauthentication notification|Disassociation notification| \* (?:reason|address) |Reject scan trigger since|Scan-only results received|nl80211: |set_\w{3,40}: |Cancelling scan request|Setting scan request|Starting AP scan|Request association|Selecting BSS|Selected BSS|Automatic auth_alg|RSN: |WPA: (?:clearing|using|RX message|TX|Sending|Installing|EAPOL|Renewed|No |set own|Set|IE |AP |EAPOL-Key|Cancel|RSN)|SME: |Blacklist count \d|BSS: |No keys have been configured|Ignored |Not rescheduling|Own MAC address|Added interface|Removing interface|Radio work|Fast associate|Short delay|Determining shared radio|Checking for other virtual|Activating|Configuring |Control interface|Using |WMM AC|Association info event|freq=\d| {2,4}(?:skip|allow|selected)|\d{1,3}: )/y;

/** `wlan0: text`. */
export function interfaceDebug(name: string, text: string): TypedMessage | null {
  const state = matchStart(STATE, text);
  if (state !== null) {
    return typed('wifi.uplink.state-changed', { interface: name, from: state[1]!, to: state[2]! });
  }
  return matchStart(OF_INTERFACE, text) === null ? null : typed('wifi.daemon.note', { interface: name, text });
}

const note: Phrase[1] = (message) => typed('wifi.daemon.note', { text: message.trim() });
const FAILED = /\bfailed\b|Could not|Failed /;

/** `nl80211: send_and_recv->nl_recvmsgs failed: -33` is trouble, `nl80211: Drv Event 64 (...) received for wlan0` is none. */
const driver: Phrase[1] = (message, rest) =>
  FAILED.test(rest)
    ? typed('wifi.daemon.fault', { cause: 'driver', detail: message.trimEnd() })
    : rest === ''
      ? null
      : note(message, rest);

const DUMP = /.{1,80} - hexdump(?:_ascii)?\(len=\d{1,6}\): /y;
const LISTED = /\s{1,8}\* [\w ]{1,40}(?:=| - |: | \d)/y;

const byStart = phrasebook([
  ['nl80211: ', driver],
  ['netlink: ', note],
  ['RTM_NEWLINK: ', note],
  ['RTM_DELLINK: ', note],
  ...alike(
    ['BSS: ', 'WPS: ', 'RRM: ', 'EAPOL: ', 'EAP: ', 'RSN: ', 'WPA: ', 'SME: ', 'SAE: ', 'mesh: ', 'MESH: '],
    note,
  ),
  ...alike(
    ['Added BSSID ', 'Removed BSSID ', 'random: ', 'TDLS: ', 'l2_packet', 'Scan results', 'wpa_driver_nl80211_'],
    note,
  ),
]);

export function debugLine(message: string): TypedMessage | null {
  const said = byStart(message);
  if (said !== null) return said;
  return matchStart(DUMP, message) !== null || matchStart(LISTED, message) !== null ? note(message, '') : null;
}
