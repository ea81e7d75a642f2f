/** netifd, its udhcpc, pppd and mwan3: the WAN and the ports. */
import type { Device } from '../device.js';
import { isDue, nextPid } from '../device.js';
import type { ScriptWriter } from '../script.js';
import { PRI } from '../script.js';

/** The DHCP client renews its lease; the interface stays up. */
export function wanLeaseRenewed(device: Device, script: ScriptWriter): void {
  const udhcpc = `netifd: wan (${device.pids.udhcpc}): udhcpc:`;
  script.say(PRI.daemonNotice, `${udhcpc} sending renew to server ${device.wanGateway}`, 'wan.lease.requested');
  script.wait(device.random.between(5, 60));
  script.say(
    PRI.daemonNotice,
    `${udhcpc} lease of ${device.wanAddress} obtained from ${device.wanGateway}, lease time 3600`,
    'wan.lease.obtained',
  );
}

/** Somebody unplugs a cable in the LAN and plugs it in again. */
export function lanPortBounces(device: Device, script: ScriptWriter): void {
  const port = device.random.pick(device.lanPorts);
  if (!isDue(device, `port/${port}`, script.atMicros, 3600)) return interfaceQuietly(device, script);
  const index = device.lanPorts.indexOf(port) + 1;
  const bridge = device.lanBridge;
  script.kernel(PRI.kernInfo, `mt7530-mdio mdio-bus:1f ${port}: Link is Down`, 'lan.port.link-down');
  script.kernel(PRI.kernInfo, `${bridge}: port ${index}(${port}) entered disabled state`, 'lan.bridge.port-state');
  script.say(PRI.daemonNotice, `netifd: Network device '${port}' link is down`, 'wan.device.link-down');
  script.wait(device.random.between(2000, 9000));
  script.kernel(
    PRI.kernInfo,
    `mt7530-mdio mdio-bus:1f ${port}: Link is Up - 1Gbps/Full - flow control rx/tx`,
    'lan.port.link-up',
  );
  script.kernel(PRI.kernInfo, `${bridge}: port ${index}(${port}) entered forwarding state`, 'lan.bridge.port-state');
  script.say(PRI.daemonNotice, `netifd: Network device '${port}' link is up`, 'wan.device.link-up');
}

/** The WAN goes away and comes back after `downMs`: one swing of a flapping line. */
export function wanSwing(device: Device, script: ScriptWriter, downMs: number): void {
  const cause = device.wanProtocol === 'pppoe' ? pppHangsUp : cableOut;
  cause(device, script);
  script.say(PRI.daemonNotice, "netifd: Interface 'wan' is now down", 'wan.interface.down');
  script.wait(downMs);
  script.say(PRI.daemonNotice, "netifd: Interface 'wan' is setting up now", 'wan.interface.setting-up');
  if (device.wanProtocol === 'pppoe') pppDials(device, script);
  else wanLeaseDiscovered(device, script);
  script.wait(40);
  script.say(PRI.daemonNotice, "netifd: Interface 'wan' is now up", 'wan.interface.up');
  script.wait(300);
  script.say(PRI.userNotice, `firewall: Reloading firewall due to ifup of wan (${device.wanDevice})`);
}

/** The provider's forced reconnect, once a day. */
export function nightlyReconnect(device: Device, script: ScriptWriter): void {
  if (device.wanProtocol !== 'pppoe' || !isDue(device, 'reconnect', script.atMicros, 20 * 3600)) {
    return interfaceQuietly(device, script);
  }
  wanSwing(device, script, 2500);
}

function cableOut(device: Device, script: ScriptWriter): void {
  script.kernel(PRI.kernInfo, `mt7530-mdio mdio-bus:1f ${device.wanDevice}: Link is Down`);
  script.say(PRI.daemonNotice, `netifd: Network device '${device.wanDevice}' link is down`, 'wan.device.link-down');
  script.say(PRI.daemonNotice, "netifd: Interface 'wan' has link connectivity loss", 'wan.interface.link-lost');
  script.say(PRI.daemonNotice, `netifd: wan (${device.pids.udhcpc}): udhcpc: received SIGTERM`);
}

function wanLeaseDiscovered(device: Device, script: ScriptWriter): void {
  device.pids.udhcpc = nextPid(device);
  const udhcpc = `netifd: wan (${device.pids.udhcpc}): udhcpc:`;
  script.say(PRI.daemonNotice, `netifd: Network device '${device.wanDevice}' link is up`, 'wan.device.link-up');
  script.say(PRI.daemonNotice, "netifd: Interface 'wan' has link connectivity", 'wan.interface.link-restored');
  script.wait(120);
  script.say(PRI.daemonNotice, `${udhcpc} broadcasting discover`, 'wan.lease.requested');
  script.wait(400);
  script.say(
    PRI.daemonNotice,
    `${udhcpc} lease of ${device.wanAddress} obtained from ${device.wanGateway}, lease time 3600`,
    'wan.lease.obtained',
  );
}

function pppHangsUp(device: Device, script: ScriptWriter): void {
  const pppd = `pppd[${device.pids.pppd}]:`;
  script.say(PRI.daemonInfo, `${pppd} No response to 5 echo-requests`);
  script.say(PRI.daemonNotice, `${pppd} Serial link appears to be disconnected.`);
  script.say(
    PRI.daemonInfo,
    `${pppd} Connect time ${device.random.between(3, 1400)}.${device.random.below(10)} minutes.`,
  );
  script.say(
    PRI.daemonInfo,
    `${pppd} Sent ${device.random.between(1e5, 9e8)} bytes, received ${device.random.between(1e6, 4e9)} bytes.`,
  );
  script.say(PRI.daemonNotice, "netifd: Network device 'pppoe-wan' link is down", 'wan.device.link-down');
  script.say(PRI.daemonNotice, "netifd: Interface 'wan' has lost the connection", 'wan.interface.connection-lost');
}

function pppDials(device: Device, script: ScriptWriter): void {
  device.pids.pppd = nextPid(device);
  const pppd = `pppd[${device.pids.pppd}]:`;
  script.say(PRI.daemonInfo, `${pppd} PPP session is ${device.random.between(1, 4000)}`);
  script.wait(90);
  script.say(PRI.daemonNotice, `${pppd} CHAP authentication succeeded`);
  script.say(PRI.daemonNotice, `${pppd} local  IP address ${device.wanAddress}`);
  script.say(PRI.daemonNotice, `${pppd} remote IP address ${device.wanGateway}`);
  script.say(PRI.daemonNotice, "netifd: Network device 'pppoe-wan' link is up", 'wan.device.link-up');
}

/** mwan3's tracker pings its targets and says so. */
export function mwan3Checks(device: Device, script: ScriptWriter): void {
  const tracker = `mwan3track[${device.pids.mwan3track}]:`;
  const target = device.random.pick(['1.1.1.1', '8.8.8.8', '9.9.9.9']);
  script.say(
    PRI.userInfo,
    `${tracker} Check (ping) success for target "${target}" on interface wan (${device.wanDevice}). Current score: 10`,
  );
}

/** What an interface says while nothing happens to it. */
export function interfaceQuietly(device: Device, script: ScriptWriter): void {
  if (device.role === 'gateway' && device.wanProtocol === 'dhcp') return wanLeaseRenewed(device, script);
  script.say(PRI.daemonNotice, `netifd: radio0 (${1700 + device.index}): Command failed: Not found`);
}
