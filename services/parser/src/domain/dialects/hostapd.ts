/** hostapd: clients and radios. `wlan0: STA 00:11:22:33:44:55 IEEE 802.11: associated (aid 3)`, `wlan0: AP-STA-CONNECTED 00:11:...`. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { daemonLine, networkLine } from './hostapd-daemon.js';
import { controlEvent } from './hostapd-events.js';
import { stationLine } from './hostapd-station.js';
import { interfaceOf } from './names.js';

export function hostapd(message: string): TypedMessage | null {
  const cut = message.indexOf(': ');
  const name = cut > 0 ? interfaceOf(message.slice(0, cut)) : null;
  if (name !== null) {
    const at = cut + 2;
    if (message.startsWith('STA ', at)) return stationLine(name, message, at + 4);
    if (message.startsWith('interface state ', at)) return stateChange(name, message.slice(at + 16).trimEnd());
    const said = controlEvent(name, message, at) ?? networkLine(name, message.slice(at).trimEnd());
    if (said !== null) return said;
  }
  return daemonLine(message);
}

export function stateChange(name: string, text: string): TypedMessage | null {
  const arrow = text.indexOf('->');
  if (arrow <= 0 || arrow + 2 >= text.length) return null;
  return typed('wifi.radio.state-changed', { interface: name, from: text.slice(0, arrow), to: text.slice(arrow + 2) });
}
