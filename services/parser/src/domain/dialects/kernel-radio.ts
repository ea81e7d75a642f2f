/** What the drivers of radios say, mac80211 above them, and cfg80211 of the rules of a country. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { alike, matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

/** `driver bus-address: text` of a radio's driver, or mac80211's `ieee80211 phy0: text`. `rtl83..` are switches, not radios. */
const RADIO =
  /(ath\w{1,24}|mt7\w{3,8}|mt76|iwlwifi|brcmfmac|brcmsmac|rtw\w{1,12}|rtl8(?!3)\w{2,10}|rt[23]\w{2,12}|mwlwifi|mwl8k|mwifiex\w{0,10}|wl|wlcore|wl1\w{3,8}|wil6210|wcn36xx|carl9170|qcom-q6v5-wcss-pil|b43|ieee80211) ([\w:.@-]{1,40}): (.{1,2000})/y;
const CRASHED =
  /(?:firmware crashed|firmware has crashed|Firmware has halted or crashed|Microcode SW error|Hardware error detected|target assert|(?:device|firmware) is wedged|Hardware became unavailable|chip (?:full )?reset failed|device has crashed|fatal error received|crash detected|firmware (?:hang|stuck))/i;
const RESTARTED =
  /(?:Hardware restart was requested|device successfully recovered|successfully recovered|restarting hardware|restart(?:ed)? (?:successfully|complete)|SER recovery|^chip (?:full )?reset$|resetting (?:chip|device)|^Restarting)/i;
const TIMED_OUT = /(?:\btimed? ?out\b|\btimeout\b|\btx hang\b|\bbaseband hang\b|TX hang)/i;
const IN_TROUBLE =
  /(?:\bfailed\b|\berror\b|could not|unable to|Failed|Error|unknown peer id|overrun|failure|\bERROR\b|cannot|can't|DMA failed|not responding)/;
const HARMLESS = /(?:ACK timeout \d|crc32|Error Log Dump|FSEQ_ERROR|with error -2$|Falling back to)/;
const RADAR = /\bradar (?:found|detected|event)/i;
const FREQUENCY = /\bfreq(?:uency)?[ =:](\d{4})\b/;
const FIRMWARE =
  /(?:WM |WA |N9 |CR4 |WO |DSP )?(?:firmware ver(?:sion:?)?|Firmware Version:?|fw_version 0x\w{1,8} fw_build_timestamp \S{1,20} \S{1,8} fw_build_id|loaded firmware version|[Ff]irmware version:?|Firmware:) (.{1,400}?)(?: api \d|, Build Time| features |$)/y;

interface RadioLine {
  driver: string;
  device: string;
  detail: string;
}

function trouble(line: RadioLine): TypedMessage | null {
  if (CRASHED.test(line.detail)) return typed('wifi.driver.crashed', line);
  if (RESTARTED.test(line.detail)) return typed('wifi.driver.restarted', line);
  if (HARMLESS.test(line.detail)) return null;
  if (TIMED_OUT.test(line.detail)) return typed('wifi.driver.timeout', line);
  return IN_TROUBLE.test(line.detail) ? typed('wifi.driver.fault', line) : null;
}

function said(line: RadioLine): TypedMessage {
  const { driver, device, detail } = line;
  if (RADAR.test(detail)) {
    const frequency = FREQUENCY.exec(detail)?.[1];
    const frequencyMhz = frequency === undefined ? undefined : Number(frequency);
    return typed('wifi.driver.radar-reported', { driver, device, frequencyMhz });
  }
  const version = matchStart(FIRMWARE, detail)?.[1]?.trim();
  if (version !== undefined && version !== '') return typed('wifi.driver.firmware-loaded', { driver, device, version });
  return trouble(line) ?? typed('wifi.driver.note', { driver, device, text: detail });
}

/** Null where the first word is no radio's driver. */
export function radioLine(message: string): TypedMessage | null {
  const found = matchStart(RADIO, message);
  if (found === null) return null;
  return said({ driver: found[1]!, device: found[2]!, detail: found[3]!.trimEnd() });
}

const COUNTRY = /\b(?:Country alpha2 being used|[Cc]ountry|domain changed to country|alpha2)[: ]+([A-Z0-9]{2})\b/;

const regulatory: Phrase[1] = (message) =>
  typed('wifi.regulatory.note', { text: message.trimEnd(), countryCode: COUNTRY.exec(message)?.[1] });

/** ath9k names its radio behind a prefix of its own, `ath: phy0: Failed to stop TX DMA!`; the rest is about countries. */
const ATH = /ath: (phy\d{1,3}): (.{1,2000})/y;
const ATH_COUNTRY = /^(?:EEPROM|doing EEPROM|country maps|Country alpha2|Regpair|invalid regulatory|regdomain )/;

function ath(message: string, rest: string): TypedMessage | null {
  if (rest.startsWith('regdomain ') && rest.includes(' dynamically updated ')) {
    return typed('wifi.radio.regulatory-changed', { detail: rest });
  }
  if (ATH_COUNTRY.test(rest)) return regulatory(message, rest);
  const found = matchStart(ATH, message);
  return found === null ? null : said({ driver: 'ath', device: found[1]!, detail: found[2]!.trimEnd() });
}

function cfg80211(message: string, rest: string): TypedMessage | null {
  if (/^(?:Regulatory domain changed|Current regulatory domain)/.test(rest)) {
    return typed('wifi.radio.regulatory-changed', { detail: rest, countryCode: COUNTRY.exec(rest)?.[1] });
  }
  if (rest.startsWith('failed ')) return typed('health.kernel.fault', { family: 'wireless', detail: rest });
  if (/^loading /i.test(rest)) return typed('health.kernel.note', { family: 'wireless', text: rest });
  return regulatory(message, rest);
}

/** `brcmfmac: brcmf_fw_crashed: Firmware has halted or crashed`: no device, the function instead. */
const nameless =
  (driver: string): Phrase[1] =>
  (_message, rest) =>
    rest === '' ? null : said({ driver, device: driver, detail: rest });

const note: Phrase[1] = (message) => typed('health.kernel.note', { family: 'wireless', text: message.trimEnd() });

/** mt_wifi, MediaTek's own driver: `7981@C13L2,MacTableInsertEntry() 1537: New Sta:02:...`. */
const MT_WIFI = /(7\d{3})@C\d{1,2}L\d,(.{1,1000})/y;

export function vendorRadio(message: string): TypedMessage | null {
  const found = message.charCodeAt(4) === 64 ? matchStart(MT_WIFI, message) : null;
  if (found === null) return null;
  return typed('wifi.driver.note', { driver: 'mt_wifi', device: found[1]!, text: found[2]!.trimEnd() });
}

/** With debug on, backports name the place: `(backports-5.15.8-1/drivers/net/wireless/ath/ath9k/init.c:608) Found a ...`. */
const BACKPORTS = /\(backports-\S{1,40}\/wireless\/(\S{1,60})\.c:\d{1,6}\) (.{1,400})/y;

function backports(message: string): TypedMessage | null {
  const found = matchStart(BACKPORTS, message);
  if (found === null) return null;
  const [family, driver = family] = found[1]!.split('/');
  return typed('wifi.driver.note', { driver: driver!, device: found[1]!, text: found[2]!.trimEnd() });
}

const FIRST_PROBE = /(ath1\dk) \S{1,12} driver, /y;

function ath10kStart(message: string): TypedMessage | null {
  const found = matchStart(FIRST_PROBE, message);
  return found === null
    ? null
    : typed('wifi.driver.note', { driver: found[1]!, device: found[1]!, text: message.trimEnd() });
}

export const radioPhrases: readonly Phrase[] = [
  ['ath: ', ath],
  ['cfg80211: ', cfg80211],
  ...[
    'brcmfmac',
    'brcmutil',
    'brcmsmac',
    'ath9k_htc',
    'ath9k',
    'ath10k',
    'ath11k',
    'ath12k',
    'mwlwifi',
    'rtw88',
    'rtw89',
  ].map((driver): Phrase => [`${driver}: `, nameless(driver)]),
  ...alike(['ath10k ', 'ath11k ', 'ath12k '], ath10kStart),
  ['(backports-', backports],
  ...alike(['rt2x00mmio_regbusy_read', 'rt2x00usb_vendor_request', 'rt2x00pci_regbusy_read'], (message) =>
    nameless('rt2x00')(message, message.trimEnd()),
  ),
  ...alike(['Loading modules backported from ', 'Backport generated by ', 'No ack for nullfunc frame '], note),
];
