/** What the kernel says of links, bridges and network devices, and of its own time as a Wi-Fi station. */
import { macAt, wholeNumber } from './addresses.js';
import { typed } from './dialect.js';
import type { TypedMessage } from './dialect.js';
import { interfaceOf } from './names.js';
import { alike, matchStart, phrasebook } from './phrasebook.js';

const PORT_STATE = /(\S{1,64}): port \d{1,5}\((\S{1,64})\) entered (\w{1,20}) state/y;
const NEIGHBOR = /(\S{1,64}): port \d{1,5}\((\S{1,64})\) neighbor \S{1,40} lost/y;
const TOPOLOGY = /(\S{1,64}): (topology change detected, .{1,40})/y;
const OWN_ADDRESS =
  /(\S{1,64}): received packet on (\S{1,64}) with own address as source address(?: \(addr:(\S{17}))?/y;

export function bridge(message: string): TypedMessage | null {
  const isPort = message.includes(' entered ') || message.includes(' neighbor ');
  if (isPort) {
    const state = matchStart(PORT_STATE, message);
    if (state !== null) {
      return typed('lan.bridge.port-state', { bridge: state[1]!, portName: state[2]!, state: state[3]! });
    }
    const lost = matchStart(NEIGHBOR, message);
    if (lost !== null) return typed('lan.bridge.neighbor-lost', { bridge: lost[1]!, portName: lost[2]! });
  }
  const change = matchStart(TOPOLOGY, message);
  if (change !== null) {
    return typed('lan.bridge.topology-changed', { bridge: change[1]!, detail: change[2]!.trimEnd() });
  }
  const own = matchStart(OWN_ADDRESS, message);
  if (own === null) return null;
  const address = own[3] === undefined ? undefined : (macAt(own[3], 0) ?? undefined);
  return typed('lan.bridge.loop-suspected', { bridge: own[1]!, portName: own[2]!, address });
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

const readNetwork = phrasebook([
  ...alike(['IPv6: ADDRCONF('], linkReady),
  ['NETDEV WATCHDOG: ', transmitTimeout],
  ['Atheros AR82', switchPort],
]);

const UPLINK =
  /(\S{1,64}): (authenticate with|send auth to|associate with|RX AssocResp from|RX ReassocResp from|deauthenticated from|disassociated from|deauthenticating from|disassociating from|authentication with|association with|aborting authentication with|aborting association with|Connection to AP|authenticated$|associated$)(?: (\S{17}))?/y;
const TRIED = /timed out|denied|rejected|lost|status=[1-9]/;
const REASON = /\(Reason: ([^)]{1,80})\)/i;

/** mac80211 as a station: `wlan0: authenticate with 02:aa:bb:00:00:01`. */
function uplink(message: string): TypedMessage | null {
  const found = matchStart(UPLINK, message);
  if (found === null) return null;
  const name = found[1]!;
  const verb = found[2]!;
  if (verb === 'authenticated') return typed('wifi.uplink.authenticated', { interface: name });
  if (verb === 'associated') return typed('wifi.uplink.associated', { interface: name });
  const bssid = found[3] === undefined ? null : macAt(found[3], 0);
  if (bssid === null) return null;
  const detail = message.slice(name.length + 2).trimEnd();
  if (TRIED.test(detail) || verb.startsWith('aborting')) {
    return typed('wifi.uplink.failed', { interface: name, bssid, detail });
  }
  if (/^(?:de|dis)a/.test(verb)) {
    return typed('wifi.uplink.disconnected', { interface: name, bssid, reason: REASON.exec(detail)?.[1] });
  }
  return typed('wifi.uplink.connecting', { interface: name, bssid, step: verb });
}

export function networkDevice(message: string): TypedMessage | null {
  const said = readNetwork(message);
  if (said !== null) return said;
  if (message.includes(' promiscuous mode')) return promiscuous(message);
  if (message.includes(': renamed from ')) return renamed(message);
  return uplink(message);
}
