/** What drivers say of their devices: USB, modems, radios' firmware, probes that failed; and the boot's own milestones. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const BOOTED = /Linux version (\S{1,64})(?: (.{1,400}))?/y;

function booted(message: string): TypedMessage | null {
  const found = matchStart(BOOTED, message);
  return found === null ? null : typed('health.boot.started', { kernelVersion: found[1]!, build: found[2]?.trimEnd() });
}

function bootStep(message: string, rest: string): TypedMessage | null {
  const end = rest.indexOf(' -');
  return end > 0 && end < 40 ? typed('health.boot.step', { step: rest.slice(0, end) }) : null;
}

const USB_NEW = /usb (\S{1,32}): new (\S{1,40}(?: Gen \S{1,8})?)(?: USB)? (?:USB )?device number (\d{1,5})/y;
const USB_GONE = /usb (\S{1,32}): USB disconnect, device number (\d{1,5})/y;
const USB_RESET = /usb (\S{1,32}): reset .{1,40}? device number (\d{1,5})/y;
const USB_WRONG =
  /usb (\S{1,32}): (device descriptor read.{1,40}error|device not accepting address|unable to enumerate|can't set config|over-current|.{0,40}failed)/y;

function usb(message: string): TypedMessage | null {
  const attached = matchStart(USB_NEW, message);
  if (attached !== null) {
    const [, port, speed, number] = attached;
    return typed('health.usb.attached', { port: port!, deviceNumber: Number(number), speed });
  }
  const gone = matchStart(USB_GONE, message);
  if (gone !== null) return typed('health.usb.detached', { port: gone[1]!, deviceNumber: Number(gone[2]) });
  const reset = matchStart(USB_RESET, message);
  if (reset !== null) return typed('health.usb.reset', { port: reset[1]!, deviceNumber: Number(reset[2]) });
  const serial = matchStart(SERIAL, message);
  if (serial !== null) return serialModem(serial);
  const wrong = matchStart(USB_WRONG, message);
  return wrong === null
    ? null
    : typed('health.usb.fault', { port: wrong[1]!, detail: message.slice(message.indexOf(': ') + 2).trimEnd() });
}

/** `usb 1-1: GSM modem (1-port) converter now attached to ttyUSB0`. */
const SERIAL = /usb \S{1,32}: (.{1,60}?) converter now (attached to|disconnected from) (tty\S{1,32})/y;
const SERIAL_GONE = /(.{1,60}?) (ttyUSB\d{1,5}): .{1,60}? converter now disconnected from ttyUSB/y;

function serialModem(found: RegExpExecArray): TypedMessage | null {
  const device = found[3]!;
  if (!/modem|Qualcomm|Sierra/i.test(found[1]!)) return null;
  return found[2] === 'attached to'
    ? typed('wan.modem.attached', { device, driver: 'usb-serial' })
    : typed('wan.modem.detached', { device, driver: 'usb-serial' });
}

const MODEM_DRIVERS = new Set(['qmi_wwan', 'qmi_wwan_q', 'cdc_mbim', 'huawei_cdc_ncm', 'sierra_net', 'hso']);
const REGISTERED = /(\S{1,40}) \S{1,32} (\S{1,64})(?: \(uninitialized\))?: (register|unregister) '\S{1,40}'/y;

/** `qmi_wwan 1-1:1.4 wwan0: register 'qmi_wwan' at usb-..., WWAN/QMI device, 02:...`. */
function usbNetwork(message: string): TypedMessage | null {
  const found = matchStart(REGISTERED, message);
  const device = found === null ? null : interfaceOf(found[2]!);
  if (found === null || device === null) return null;
  const adapter = { device, driver: found[1]! };
  const isThere = found[3] === 'register';
  if (MODEM_DRIVERS.has(adapter.driver)) {
    return isThere ? typed('wan.modem.attached', adapter) : typed('wan.modem.detached', adapter);
  }
  return isThere ? typed('lan.device.attached', adapter) : typed('lan.device.detached', adapter);
}

/** `driver bus-address: text` of a radio's driver, or mac80211's `ieee80211 phy0: text`. */
const RADIO =
  /(ath\w{1,12}|mt7\w{3,8}|mt76|iwlwifi|brcmfmac|rtw\w{1,12}|rtl8\w{2,10}|rt2\w{2,10}|mwlwifi|mwifiex\w{0,10}|wl|wlcore|wcn36xx|ieee80211) ([\w:.@-]{1,40}): (.{1,2000})/y;
const CRASHED =
  /(?:firmware crashed|firmware has crashed|Firmware has halted or crashed|Microcode SW error|target assert|device is wedged|Hardware became unavailable|chip reset failed)/i;
const RESTARTED =
  /(?:Hardware restart was requested|device successfully recovered|restarting hardware|restart(?:ed)? (?:successfully|complete))/i;
const TIMED_OUT = /(?:\btimed? ?out\b|\btimeout\b)/i;
const IN_TROUBLE = /(?:\bfailed\b|\berror\b|could not|unable to|Failed|Error|unknown peer id|overrun|failure)/;
const HARMLESS = /(?:ACK timeout \d|crc32|Error Log Dump|FSEQ_ERROR|with error -2$)/;

function radioDriver(message: string): TypedMessage | null {
  const found = matchStart(RADIO, message);
  if (found === null) return null;
  const what = { driver: found[1]!, device: found[2]!, detail: found[3]!.trimEnd() };
  if (CRASHED.test(what.detail)) return typed('wifi.driver.crashed', what);
  if (RESTARTED.test(what.detail)) return typed('wifi.driver.restarted', what);
  if (HARMLESS.test(what.detail)) return null;
  if (TIMED_OUT.test(what.detail)) return typed('wifi.driver.timeout', what);
  return IN_TROUBLE.test(what.detail) ? typed('wifi.driver.fault', what) : null;
}

/** ath9k names its radio behind a prefix of its own: `ath: phy0: Failed to stop TX DMA!`. */
const ATH = /ath: (phy\d{1,3}): (.{1,2000})/y;

function ath(message: string): TypedMessage | null {
  if (message.startsWith('ath: regdomain ') && message.includes(' dynamically updated ')) {
    return typed('wifi.radio.regulatory-changed', { detail: message.slice(5).trimEnd() });
  }
  const found = matchStart(ATH, message);
  if (found === null) return null;
  const what = { driver: 'ath', device: found[1]!, detail: found[2]!.trimEnd() };
  if (CRASHED.test(what.detail)) return typed('wifi.driver.crashed', what);
  return !HARMLESS.test(what.detail) && (IN_TROUBLE.test(what.detail) || TIMED_OUT.test(what.detail))
    ? typed('wifi.driver.fault', what)
    : null;
}

const PROBE = /([\w.-]{1,64}): probe of (\S{1,64}) failed with error -(\d{1,5})/y;
const NEW_PROBE = /(\S{1,64}) (\S{1,64}): (?:\S{1,64}: )?probe with driver \S{1,64} failed with error -(\d{1,5})/y;
const FIRMWARE = /(?:\S{1,64} )?(\S{1,64}): Direct firmware load for (\S{1,256}) failed with error -(\d{1,5})/y;
const MAP_FAILED = /firmware (\S{1,256}): firmware_loading_store: map pages failed/y;

/** The kernel writes errors as negative numbers; `errorCode` is the number without its sign, as errno has it. */
function driverStart(message: string): TypedMessage | null {
  const probe = matchStart(PROBE, message) ?? matchStart(NEW_PROBE, message);
  if (probe !== null) {
    const [, driver, device, code] = probe;
    return typed('health.driver.probe-failed', { driver: driver!, device: device!, errorCode: Number(code) });
  }
  const file = matchStart(FIRMWARE, message);
  if (file !== null) {
    const [, device, name, code] = file;
    return typed('health.driver.firmware-missing', { device: device!, file: name!, errorCode: Number(code) });
  }
  return null;
}

const FAULTY =
  /([\w-]{2,40}) ([\w:.@-]{2,64})(?: (\S{1,64}))?: (transmit timed out|Tx timeout|.{0,60}\bfailed\b.{0,200})/iy;

/** Other drivers: `mtk_soc_eth 1e100000.ethernet eth0: transmit timed out`. */
function otherDriver(message: string): TypedMessage | null {
  const found = matchStart(FAULTY, message);
  if (found === null) return null;
  const detail = message.slice(found[0].length - found[4]!.length).trimEnd();
  return typed('health.driver.fault', { driver: found[1]!, device: found[3] ?? found[2]!, detail });
}

const readDevice = phrasebook([
  ['Linux version ', booted],
  ...alike(['procd: - ', 'init: - '], bootStep),
  ['usb ', usb],
  ['ath: ', ath],
  ['option1 ', serialGone],
]);

function serialGone(message: string): TypedMessage | null {
  const found = matchStart(SERIAL_GONE, message);
  return found === null ? null : typed('wan.modem.detached', { device: found[2]!, driver: 'usb-serial' });
}

export function device(message: string): TypedMessage | null {
  const said = readDevice(message);
  if (said !== null) return said;
  if (message.includes("register '")) return usbNetwork(message);
  if (message.includes(' failed with error -')) {
    const start = driverStart(message);
    if (start !== null) return start;
  }
  if (message.startsWith('firmware ')) {
    const name = matchStart(MAP_FAILED, message)?.[1];
    if (name !== undefined)
      return typed('health.driver.fault', { driver: 'firmware', device: name, detail: 'map pages failed' });
  }
  return radioDriver(message) ?? otherDriver(message);
}
