/** mac80211 on a router that is a station of another access point: `wlan0: authenticate with 02:aa:bb:00:00:01`. */
import { macAt } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { matchStart } from './phrasebook.js';

const UPLINK =
  /(authenticate with|send auth to|associate with|RX AssocResp from|RX ReassocResp from|deauthenticated from|disassociated from|deauthenticating from|disassociating from|authentication with|association with|aborting authentication with|aborting association with|Connection to AP|authenticated$|associated$)(?: (\S{17}))?/y;
const TRIED = /timed out|denied|rejected|lost|status=[1-9]/;
const REASON = /\(Reason: ([^)]{1,80})\)/i;

export function uplink(name: string, text: string): TypedMessage | null {
  const found = matchStart(UPLINK, text);
  if (found === null) return null;
  const verb = found[1]!;
  if (verb === 'authenticated') return typed('wifi.uplink.authenticated', { interface: name });
  if (verb === 'associated') return typed('wifi.uplink.associated', { interface: name });
  const bssid = found[2] === undefined ? null : macAt(found[2], 0);
  if (bssid === null) return null;
  if (TRIED.test(text) || verb.startsWith('aborting')) {
    return typed('wifi.uplink.failed', { interface: name, bssid, detail: text });
  }
  if (/^(?:de|dis)a/.test(verb)) {
    return typed('wifi.uplink.disconnected', { interface: name, bssid, reason: REASON.exec(text)?.[1] });
  }
  return typed('wifi.uplink.connecting', { interface: name, bssid, step: verb });
}

const CHATTER =
  /(?:failed to remove key |failed to set key |associating with AP with corrupt |RX .{1,20} (?:CSA|channel switch)|AP .{1,40} changed bandwidth|Limiting TX power|HW problem|bad VHT|capabilities\/regulatory|Allocated STA|Inserted STA|moving STA|Destroyed STA|Trigger new scan|No active IBSS|Creating new IBSS|detected beacon loss|No ack for nullfunc|dropping own frame|cancelling (?:auth|assoc))/y;

/** Other lines of mac80211 about one of its interfaces. */
export function stationChatter(name: string, text: string): TypedMessage | null {
  if (matchStart(CHATTER, text) === null) return null;
  const what = { driver: 'mac80211', device: name };
  return text.startsWith('failed ') || text.startsWith('HW problem')
    ? typed('wifi.driver.fault', { ...what, detail: text })
    : typed('wifi.driver.note', { ...what, text });
}
