/** What the kernel says of links, bridges and network devices, and of its own time as a Wi-Fi station. */
import { macAt, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart } from './phrasebook.js';
import type { Phrase } from './phrasebook.js';

const PORT_STATE = /port \d{1,5}\((\S{1,64})\) entered (\w{1,20}) state/y;
const NEIGHBOR = /port \d{1,5}\((\S{1,64})\) neighbor \S{1,40} lost/y;
const TOPOLOGY = /topology change detected, .{1,40}/y;
const OWN_ADDRESS = /received packet on (\S{1,64}) with own address as source address(?: \(addr:(\S{17}))?/y;

/** `br-lan: port 1(lan1) entered forwarding state`: the bridge's name, and what stands behind it. */
export function bridge(name: string, text: string): TypedMessage | null {
  if (text.startsWith('port ')) {
    const state = matchStart(PORT_STATE, text);
    if (state !== null) {
      return typed('lan.bridge.port-state', { bridge: name, portName: state[1]!, state: state[2]! });
    }
    const lost = matchStart(NEIGHBOR, text);
    return lost === null ? null : typed('lan.bridge.neighbor-lost', { bridge: name, portName: lost[1]! });
  }
  if (text.startsWith('topology ')) {
    const change = matchStart(TOPOLOGY, text);
    return change === null ? null : typed('lan.bridge.topology-changed', { bridge: name, detail: change[0].trimEnd() });
  }
  const own = text.startsWith('received ') ? matchStart(OWN_ADDRESS, text) : null;
  if (own === null) return null;
  const address = own[2] === undefined ? undefined : (macAt(own[2], 0) ?? undefined);
  return typed('lan.bridge.loop-suspected', { bridge: name, portName: own[1]!, address });
}

const LINK_UP = /^Link is Up - (\d{1,6})(M|G)bps\/(Full|Half)/i;
const OLD_LINK_UP = /^link (?:is )?up,? \(?(\d{1,6}) ?(?:Mbps)?[ /,]+(Full|Half)/i;

/** `driver bus wan: Link is Up - 1Gbps/Full - flow control rx/tx`; older drivers `eth0: link up (1000Mbps/Full duplex)`. */
export function link(message: string): TypedMessage | null {
  const at = linkAt(message);
  if (at < 2) return null;
  const text = message.slice(at).trimEnd();
  const portName = interfaceOf(message.slice(message.lastIndexOf(' ', at - 3) + 1, at - 2));
  if (portName === null || message.slice(at - 2, at) !== ': ') return null;
  const words = text.toLowerCase();
  if (words === 'link is down' || words === 'link down') return typed('lan.port.link-down', { portName });
  const up = LINK_UP.exec(text);
  if (up !== null) {
    const speedMbps = Number(up[1]) * (up[2]!.toUpperCase() === 'G' ? 1000 : 1);
    return typed('lan.port.link-up', { portName, speedMbps, isFullDuplex: up[3]!.toLowerCase() === 'full' });
  }
  const old = OLD_LINK_UP.exec(text);
  if (old !== null) {
    const isFullDuplex = old[2]!.toLowerCase() === 'full';
    return typed('lan.port.link-up', { portName, speedMbps: Number(old[1]), isFullDuplex });
  }
  return words === 'link up' || words === 'link is up' ? typed('lan.port.link-up', { portName }) : null;
}

function linkAt(message: string): number {
  const upper = message.indexOf(': Link ');
  if (upper >= 0) return upper + 2;
  const lower = message.indexOf(': link ');
  return lower >= 0 ? lower + 2 : -1;
}

const NIC_LINK =
  /(?:\S{1,64} ){1,3}?(\S{1,64}): (?:igb: \S{1,64} |GMAC |NIC )?(?:NIC )?Link is (up|down)(?:(?: with phy_speed=| )(\d{1,6})(?: Mbps (Full|Half))?)?/iy;

/** `igb 0000:04:00.0 eth3: igb: eth3 NIC Link is Up 1000 Mbps Full Duplex`, `ess_edma c080000.edma: eth1: GMAC Link is up ...`. */
export function adapterLink(message: string): TypedMessage | null {
  const found = message.includes('Link is ') ? matchStart(NIC_LINK, message) : null;
  if (found === null) return null;
  const portName = found[1]!;
  if (found[2]!.toLowerCase() === 'down') return typed('lan.port.link-down', { portName });
  const isFullDuplex = found[4] === undefined ? undefined : found[4].toLowerCase() === 'full';
  return typed('lan.port.link-up', { portName, speedMbps: wholeNumber(found[3]), isFullDuplex });
}

const PROMISCUOUS = /(?:device |.{1,80} )?(\S{1,64}?):? (entered|left) promiscuous mode/y;

function promiscuous(message: string): TypedMessage | null {
  const found = matchStart(PROMISCUOUS, message);
  return found === null
    ? null
    : typed('lan.device.promiscuous-changed', { device: found[1]!, isOn: found[2] === 'entered' });
}

const RENAMED = /(?:\S{1,64} ){0,2}?(\S{1,64}?)(?: \(.{1,40}\))?: renamed from (\S{1,64})/y;

function renamed(message: string): TypedMessage | null {
  const found = matchStart(RENAMED, message);
  return found === null ? null : typed('lan.device.renamed', { device: found[1]!, formerName: found[2]! });
}

const LINK_READY = /IPv6: ADDRCONF\(NETDEV_(?:UP|CHANGE)\): (\S{1,64}): link (becomes ready|is not ready)/y;

function linkReady(message: string): TypedMessage | null {
  const found = matchStart(LINK_READY, message);
  return found === null
    ? null
    : typed('lan.device.link-changed', { device: found[1]!, isReady: found[2] === 'becomes ready' });
}

const STOOD_STILL =
  /NETDEV WATCHDOG: (?:CPU: \d{1,4}: )?(\S{1,64}) \((\S{0,64})\): transmit queue (\d{1,5}) timed out/y;

function transmitTimeout(message: string): TypedMessage | null {
  const found = matchStart(STOOD_STILL, message);
  if (found === null) return null;
  return typed('lan.port.transmit-timeout', { portName: found[1]!, driver: found[2]!, queue: wholeNumber(found[3]) });
}

const SWITCH_PORT = /Atheros AR82\S{0,40} \S{1,40}: Port (\d{1,3}) is (up|down)/y;

function switchPort(message: string): TypedMessage | null {
  const found = matchStart(SWITCH_PORT, message);
  if (found === null) return null;
  const portName = `port ${found[1]!}`;
  return found[2] === 'up' ? typed('lan.port.link-up', { portName }) : typed('lan.port.link-down', { portName });
}

const ALLMULTICAST = /(?:device |.{1,80} )?(\S{1,64}?):? (entered|left) allmulticast mode/y;

function allmulticast(message: string): TypedMessage | null {
  const found = matchStart(ALLMULTICAST, message);
  return found === null
    ? null
    : typed('lan.device.allmulticast-changed', { device: found[1]!, isOn: found[2] === 'entered' });
}

/** What any network device may do, whatever stands in front of its name. */
export function deviceState(message: string): TypedMessage | null {
  if (message.includes(' promiscuous mode')) return promiscuous(message);
  if (message.includes(' allmulticast mode')) return allmulticast(message);
  return message.includes(': renamed from ') ? renamed(message) : null;
}

const STOOD = /NETDEV WATCHDOG: (?:CPU: \d{1,4}: )?transmit queue (\d{1,5}) timed out/y;
const DAMAGED = /^(?:bad rx status|Ring contention|RX buffer overrun|rx (?:error|overflow)|Rx (?:error|overrun))/i;
const SWITCH_LINK = /port (\d{1,2}) link (up|down)(?: \((\d{1,6})Mbps\/(Full|Half))?/y;
const PORT_WRONG = /\b(?:cannot|can't|could not|unable to|failed|error -?\d)\b/i;

/** `driver address interface: text` of a network device's driver. */
export function portLine(driver: string, portName: string, text: string): TypedMessage {
  const stood = matchStart(STOOD, text);
  if (stood !== null) return typed('lan.port.transmit-timeout', { portName, driver, queue: wholeNumber(stood[1]) });
  if (DAMAGED.test(text)) return typed('lan.port.receive-error', { portName, driver, detail: text });
  const link = matchStart(SWITCH_LINK, text);
  if (link !== null) return switchLink(link);
  return PORT_WRONG.test(text)
    ? typed('health.driver.fault', { driver, device: portName, detail: text })
    : typed('lan.device.note', { device: portName, driver, text });
}

function switchLink(found: RegExpExecArray): TypedMessage {
  const portName = `port ${found[1]!}`;
  if (found[2] === 'down') return typed('lan.port.link-down', { portName });
  const isFullDuplex = found[4] === undefined ? undefined : found[4] === 'Full';
  return typed('lan.port.link-up', { portName, speedMbps: wholeNumber(found[3]), isFullDuplex });
}

const SPEED = /(\d{1,6}) Mbps (Full|Half) duplex\b/y;
const INTERFACE_CHATTER =
  /(?:mtu greater than device maximum|configuring for |PHY \[|attached PHY driver|registered PTP clock|no IPv6 routers|IPv6 duplicate address|Configured |Adding interface|Removing interface|Interface (?:activated|deactivated)|link up with|The newly added mac address|hw csum failure|Warning: )/y;

const OLD_USB = /register (usbnet|\w{2,20}) usb-\S{1,40}, /y;

/** `lan0: text`, the name of a network device alone in front. */
export function interfaceLine(name: string, text: string): TypedMessage | null {
  const driver = matchStart(OLD_USB, text)?.[1];
  if (driver !== undefined) return typed('lan.device.attached', { device: name, driver });
  const speed = matchStart(SPEED, text);
  if (speed !== null) {
    const isFullDuplex = speed[2] === 'Full';
    return typed('lan.port.link-up', { portName: name, speedMbps: Number(speed[1]), isFullDuplex });
  }
  if (text.startsWith('hw csum failure')) return typed('lan.port.receive-error', { portName: name, detail: text });
  return matchStart(INTERFACE_CHATTER, text) === null ? null : typed('lan.device.note', { device: name, text });
}

const FILTER = /8021q: (adding|removing) VLAN \d{1,5} (?:to|from) HW filter on device (\S{1,64})/y;

function vlanFilter(message: string): TypedMessage | null {
  const found = matchStart(FILTER, message);
  return found === null
    ? null
    : typed('lan.device.note', { device: found[2]!, driver: '8021q', text: message.slice(7).trimEnd() });
}

export const networkPhrases: readonly Phrase[] = [
  ['IPv6: ADDRCONF(', linkReady],
  ['NETDEV WATCHDOG: ', transmitTimeout],
  ['Atheros ', switchPort],
  ['device ', deviceState],
  ['8021q: ', vlanFilter],
  ...alike(['RX buffer overrun: '], (message) => typed('lan.port.receive-error', { detail: message.trimEnd() })),
];
