/** dnsmasq: leases for the clients, names for everybody. odhcpd, its IPv6 neighbour, is in odhcpd.ts. */
import type { Client, Device } from '../device.js';
import { isDue } from '../device.js';
import type { ScriptWriter } from '../script.js';
import { PRI } from '../script.js';

const NAMES = [
  'connectivitycheck.gstatic.com',
  'www.openwrt.org',
  'captive.apple.com',
  'api.weather.example',
  'time.cloudflare.com',
  'mqtt.shelly.example',
];

/** DISCOVER, OFFER, REQUEST, ACK: a client that has no lease. */
export function leaseRun(device: Device, client: Client, script: ScriptWriter): void {
  const daemon = `dnsmasq-dhcp[${device.pids.dnsmasq}]:`;
  const bridge = device.lanBridge;
  script.say(PRI.daemonInfo, `${daemon} DHCPDISCOVER(${bridge}) ${client.mac}`, 'lan.lease.discover');
  script.say(PRI.daemonInfo, `${daemon} DHCPOFFER(${bridge}) ${client.ip} ${client.mac}`, 'lan.lease.offered');
  script.wait(device.random.between(3, 40));
  leaseConfirmed(device, client, script);
}

/** REQUEST, ACK: a client that renews. */
export function leaseRenewed(device: Device, script: ScriptWriter): void {
  leaseConfirmed(device, device.random.pick(device.clients), script);
}

function leaseConfirmed(device: Device, client: Client, script: ScriptWriter): void {
  const daemon = `dnsmasq-dhcp[${device.pids.dnsmasq}]:`;
  const bridge = device.lanBridge;
  script.say(PRI.daemonInfo, `${daemon} DHCPREQUEST(${bridge}) ${client.ip} ${client.mac}`, 'lan.lease.requested');
  script.say(
    PRI.daemonInfo,
    `${daemon} DHCPACK(${bridge}) ${client.ip} ${client.mac} ${client.name}`,
    'lan.lease.acked',
  );
}

export function dnsQueries(device: Device, script: ScriptWriter): void {
  const client = device.random.pick(device.clients);
  const name = device.random.pick(NAMES);
  for (const type of ['A', 'AAAA']) {
    script.say(
      PRI.daemonInfo,
      `dnsmasq[${device.pids.dnsmasq}]: query[${type}] ${name} from ${client.ip}`,
      'lan.dns.query',
    );
  }
}

/** Somebody's home server answers with a private address: once in a while. */
export function rebindSeen(device: Device, script: ScriptWriter): void {
  if (!isDue(device, 'rebind', script.atMicros, 3600)) return leaseRenewed(device, script);
  script.say(
    PRI.daemonWarn,
    `dnsmasq[${device.pids.dnsmasq}]: possible DNS-rebind attack detected: nas.home.example`,
    'security.dns.rebind-detected',
  );
}
