/** What drivers say of their devices: USB, modems, probes that failed, and whatever else stands behind `driver address: `. */
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { adapterLink, deviceState, link, portLine } from './kernel-network.js';
import { radioLine } from './kernel-radio.js';
import { matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

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
  const text = message.slice(message.indexOf(': ') + 2).trimEnd();
  const wrong = matchStart(USB_WRONG, message);
  if (wrong !== null) return typed('health.usb.fault', { port: wrong[1]!, detail: text });
  const port = matchStart(/usb (\S{1,32}): /y, message)?.[1];
  return port === undefined ? null : typed('health.driver.note', { driver: 'usb', device: port, text });
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

const PROBE = /([\w.,/ -]{1,64}): probe of (\S{1,64}) failed with error -(\d{1,5})/y;
const NEW_PROBE = /(\S{1,64}) (\S{1,160}): (?:\S{1,64}: )?probe with driver \S{1,64} failed with error -(\d{1,5})/y;
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
  /([\w-]{2,40}) ([\w:.@-]{2,64})(?<!:)(?: ([^\s:]{1,64}))?(?: \([\w ]{1,40}\)){0,2}: (transmit timed out|Tx timeout|timeout waiting for .{1,200}|error -?\d{1,5}.{0,200}|.{0,60}\bfailed\b.{0,200})/iy;

/** Trouble in words that a driver of any kind may have: `mtk_soc_eth 1e100000.ethernet eth0: transmit timed out`. */
function faulty(message: string): TypedMessage | null {
  const found = matchStart(FAULTY, message);
  if (found === null) return null;
  const detail = message.slice(found[0].length - found[4]!.length).trimEnd();
  return typed('health.driver.fault', { driver: found[1]!, device: found[3] ?? found[2]!, detail });
}

/**
 * `driver address: text`, `driver address interface: text`. An address is one of a bus: PCI, USB, SCSI, MDIO, a place in
 * memory (`1e100000.ethernet`), or a name with the bus in front or a number behind. Prose has none.
 */
const DRIVER_LINE =
  /([\w.,+/-]{2,40}) ([\da-f]{4}:[\da-f]{2}(?::[\da-f]{2}\.[\da-f])?|\d{1,2}-[\d.]{1,12}(?::\d\.\d{1,2})?|\d{1,3}:\d{1,3}:\d{1,3}:\d{1,5}|[\da-f]{5,16}\.[\w.,@:-]{1,64}|[\w.,-]{0,32}mdio[\w.,:-]{0,32}|(?:soc|platform|spi|i2c|mmc|phy|host|hub|gpio|ssb|bcma|usb|sfp|serial|tty|virtio|mtd|nand|ahb|amba|leds|keys|regulator|rtc|pwm)[\w:.@,-]{0,40}|[\w-]{2,32}[.-]\d{1,3}(?::\d{1,3})?|\d-00[\da-f]{2}|\1)(?<!:)(?: (\S{1,32}))?(?: \([\w ]{1,40}\)){0,2}: {1,3}(\S.{0,1000})/y;
const GUARD = /(?:wdt|watchdog)/i;
const GUARDS = /\b(?:enabled|initiali[sz]ed|init done|registered|started)\b/i;
const UNABLE = /\b(?:cannot|can't|could not|unable to|unsupported|failure|ERROR|not responding|invalid state)\b/i;
const EVERYDAY = /using (?:dummy|random|fallback|default)|falling back|skipping/i;

function driverNote(message: string): TypedMessage | null {
  const found = matchStart(DRIVER_LINE, message);
  if (found === null) return null;
  const driver = found[1]!;
  const device = found[2]!;
  const text = found[4]!.trimEnd();
  const port = found[3] === undefined || found[3].startsWith('(') ? null : interfaceOf(found[3]);
  if (port !== null) return portLine(driver, port, text);
  if (GUARD.test(driver) && GUARDS.test(text)) return typed('health.watchdog.started', { device, detail: text });
  return UNABLE.test(text) && !EVERYDAY.test(text)
    ? typed('health.driver.fault', { driver, device, detail: text })
    : typed('health.driver.note', { driver, device, text });
}

/** PHYs are named in words, brackets and all: `Realtek RTL8218B (internal) mdio-bus:08: Detected internal RTL8218B`. */
const PHY =
  /(\S.{1,70}?) ([\w.-]{1,32}:[\da-f]{1,2}): (attached PHY driver|Detected |Firmware |Loading firmware|Master\/Slave|Link |phy:|failed )/y;

function phy(message: string): TypedMessage | null {
  const found = matchStart(PHY, message);
  if (found === null) return null;
  const text = message.slice(found[0].length - found[3]!.length).trimEnd();
  const what = { driver: found[1]!, device: found[2]! };
  return /\bfailed\b/.test(text)
    ? typed('health.driver.fault', { ...what, detail: text })
    : typed('health.driver.note', { ...what, text });
}

/** What stands in front of the first colon has words: a driver and its device, most often. */
export function deviceLine(message: string): TypedMessage | null {
  const stated = link(message) ?? adapterLink(message) ?? deviceState(message);
  if (stated !== null) return stated;
  if (message.includes("register '")) {
    const adapter = usbNetwork(message);
    if (adapter !== null) return adapter;
  }
  if (message.includes(' failed with error -')) {
    const start = driverStart(message);
    if (start !== null) return start;
  }
  return radioLine(message) ?? phy(message) ?? faulty(message) ?? driverNote(message);
}

/** `lantiq,xrx200-net: probe of 1e108000.eth failed with error -22`: one word in front of the colon. */
export function probeFailed(message: string): TypedMessage | null {
  return message.includes(' failed with error -') ? driverStart(message) : null;
}

function serialGone(message: string): TypedMessage | null {
  const found = matchStart(SERIAL_GONE, message);
  return found === null ? null : typed('wan.modem.detached', { device: found[2]!, driver: 'usb-serial' });
}

function mapFailed(message: string): TypedMessage | null {
  const name = matchStart(MAP_FAILED, message)?.[1];
  return name === undefined
    ? null
    : typed('health.driver.fault', { driver: 'firmware', device: name, detail: 'map pages failed' });
}

const REGISTERED_DRIVER = /registered new (?:interface|device) driver (\S{1,64})/y;
const REGISTERED_SERIAL = /USB Serial support registered for (.{1,64})/y;

function usbDriver(_message: string, rest: string): TypedMessage | null {
  const driver = matchStart(REGISTERED_DRIVER, rest)?.[1] ?? matchStart(REGISTERED_SERIAL, rest)?.[1];
  if (driver !== undefined) return typed('health.driver.registered', { driver, bus: 'usb' });
  return /^deregistering /.test(rest) ? typed('health.kernel.note', { family: 'usb', text: rest }) : null;
}

const SSDK = /(\w{3,64})\[\d{1,6}\]:(ERROR|WARN|INFO|DEBUG):(.{1,400})/y;

/** qca-ssdk, the driver of Qualcomm's switches, names function and line: `regi_init[2104]:INFO:qca-ssdk module init succeeded!`. */
export function switchKit(message: string): TypedMessage | null {
  const found = matchStart(SSDK, message);
  if (found === null) return null;
  const what = { driver: 'qca-ssdk', device: found[1]! };
  const text = found[3]!.trimEnd();
  return found[2] === 'ERROR'
    ? typed('health.driver.fault', { ...what, detail: text })
    : typed('health.driver.note', { ...what, text });
}

export const devicePhrases: readonly Phrase[] = [
  ['usb ', usb],
  ['option1 ', serialGone],
  ['firmware ', mapFailed],
  ['usbcore: ', usbDriver],
  ['usbserial: ', usbDriver],
];
