/** A router's personality: what it is, what runs on it, who its clients are. Same seed and index, same router. */
import { Random } from './random.js';

const CITIES = [
  'berlin',
  'hamburg',
  'munich',
  'cologne',
  'leipzig',
  'vienna',
  'zurich',
  'prague',
  'warsaw',
  'lyon',
  'turin',
  'porto',
  'malmo',
  'tampere',
  'utrecht',
  'ghent',
] as const;

const RELEASES = ['21.02', '22.03', '23.05', '24.10'] as const;
export type Release = (typeof RELEASES)[number];

const CLIENT_NAMES = [
  'Galaxy-S23',
  'iPhone',
  'android-8f1c',
  'MacBook-Air',
  'DESKTOP-4QK2',
  'raspberrypi',
  'Chromecast',
  'ESP-7C21B0',
  'Pixel-8',
  'printer-hp',
  'LAPTOP-9XR1',
  'tv-livingroom',
  'shelly1pm',
  'NAS',
  'Switch',
  'ipcam-yard',
] as const;

const VENDOR_PREFIXES = [
  '3c:22:fb',
  'a4:83:e7',
  '54:e1:ad',
  'b8:27:eb',
  'dc:a6:32',
  '24:0a:c4',
  '70:85:c2',
  'f0:18:98',
  'e4:5f:01',
  '9c:b6:d0',
] as const;

/** A station in range of one router; it keeps its MAC and address for good. */
export interface Client {
  mac: string;
  ip: string;
  name: string;
  radio: string;
  algorithm: 'open' | 'sae';
  isConnected: boolean;
  associationId: number;
  accountingSession: string;
}

export interface Device {
  index: number;
  hostname: string;
  release: Release;
  /** `gateway` routes (WAN, DHCP, firewall); `ap` only bridges. */
  role: 'gateway' | 'ap';
  wanProtocol: 'dhcp' | 'pppoe';
  /** Network device of the WAN. */
  wanDevice: string;
  hasMwan3: boolean;
  logsDnsQueries: boolean;
  lanBridge: string;
  lanPorts: string[];
  radios: string[];
  lanPrefix: string;
  wanAddress: string;
  wanGateway: string;
  adminAddress: string;
  bootMicros: number;
  clients: Client[];
  pids: {
    dnsmasq: number;
    odhcpd: number;
    uhttpd: number;
    crond: number;
    udhcpc: number;
    pppd: number;
    mwan3track: number;
  };
  /** The last process id given out; every forked child gets a later one. */
  lastPid: number;
  random: Random;
  /** Instants (µs) of what must stay rare on a healthy router, by name. */
  lastAt: Map<string, number>;
}

export function createDevice(seed: string, index: number, startMicros: number): Device {
  const random = new Random(`${seed}/device/${index}`);
  const release = random.pick(RELEASES);
  const role = random.chance(0.78) ? 'gateway' : 'ap';
  const wanProtocol = random.chance(0.35) ? 'pppoe' : 'dhcp';
  const wanPort = release === '21.02' ? 'eth1' : 'wan';
  const lanPrefix = `192.168.${random.between(1, 99)}`;
  const radios = radiosOf(release, random);
  const pid = (first: number): number => first + random.below(900);
  const city = CITIES[index % CITIES.length];
  const number = String(Math.floor(index / CITIES.length) + 1).padStart(2, '0');
  return {
    index,
    hostname: `${role === 'gateway' ? 'gw' : 'ap'}-${city}-${number}`,
    release,
    role,
    wanProtocol,
    wanDevice: wanProtocol === 'pppoe' ? 'pppoe-wan' : wanPort,
    hasMwan3: role === 'gateway' && random.chance(0.2),
    logsDnsQueries: role === 'gateway' && random.chance(0.125),
    lanBridge: 'br-lan',
    lanPorts: ['lan1', 'lan2', 'lan3', 'lan4'],
    radios,
    lanPrefix,
    wanAddress: `100.${random.between(64, 127)}.${random.below(256)}.${random.between(2, 254)}`,
    wanGateway: `100.${random.between(64, 127)}.${random.below(256)}.1`,
    adminAddress: `${lanPrefix}.${random.between(10, 40)}`,
    bootMicros: startMicros - random.between(3600, 40 * 86_400) * 1e6 - random.below(1e6),
    clients: createClients(random, radios, lanPrefix),
    pids: {
      dnsmasq: release === '21.02' ? pid(2000) : 1,
      odhcpd: pid(1500),
      uhttpd: pid(2400),
      crond: pid(1200),
      udhcpc: pid(3000),
      pppd: pid(4000),
      mwan3track: pid(5000),
    },
    lastPid: pid(7000),
    random,
    lastAt: new Map(),
  };
}

/** The next process id that this router's kernel would give. */
export function nextPid(device: Device): number {
  device.lastPid = device.lastPid >= 32_000 ? 7001 : device.lastPid + device.random.between(1, 9);
  return device.lastPid;
}

/**
 * True, and noted, when `name` last happened at least `seconds` before `atMicros`: keeps a healthy router healthy however
 * high the rate of lines.
 */
export function isDue(device: Device, name: string, atMicros: number, seconds: number): boolean {
  const last = device.lastAt.get(name);
  if (last !== undefined && atMicros - last < seconds * 1e6) return false;
  device.lastAt.set(name, atMicros);
  return true;
}

function radiosOf(release: Release, random: Random): string[] {
  const names = release === '21.02' || release === '22.03' ? ['wlan0', 'wlan1'] : ['phy0-ap0', 'phy1-ap0'];
  if (random.chance(0.3)) names.push(names[1] === 'wlan1' ? 'wlan1-1' : 'phy1-ap1');
  return names;
}

function createClients(random: Random, radios: string[], lanPrefix: string): Client[] {
  const count = random.between(6, 24);
  const clients: Client[] = [];
  for (let index = 0; index < count; index++) {
    clients.push({
      mac: clientMac(random),
      ip: `${lanPrefix}.${100 + index}`,
      name: random.pick(CLIENT_NAMES),
      radio: random.pick(radios),
      algorithm: random.chance(0.3) ? 'sae' : 'open',
      isConnected: random.chance(0.6),
      associationId: index + 1,
      accountingSession: hex(random, 16).toUpperCase(),
    });
  }
  return clients;
}

/** A vendor's address, or a randomised (locally administered) one as phones use. */
function clientMac(random: Random): string {
  const octet = (): string => random.below(256).toString(16).padStart(2, '0');
  const first = random.chance(0.6)
    ? random.pick(VENDOR_PREFIXES)
    : `${random.pick(['02', '06', '0a', '0e', '4a', '7e', 'ba', 'f2'])}:${octet()}:${octet()}`;
  return `${first}:${octet()}:${octet()}:${octet()}`;
}

export function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += random.next().toString(16).padStart(8, '0');
  return text.slice(0, digits);
}

/** A public address that belongs to nobody's documentation range, so that it looks like the Internet's noise. */
export function internetAddress(random: Random): string {
  return `${random.pick([45, 61, 80, 89, 91, 103, 141, 162, 185, 193, 194, 218])}.${random.below(256)}.${random.below(256)}.${random.between(1, 254)}`;
}
