/** odhcpd: IPv6 leases and router advertisements. */
import type { Device } from '../device.js';
import type { ScriptWriter } from '../script.js';
import { PRI } from '../script.js';

export function ipv6Lease(device: Device, script: ScriptWriter): void {
  const client = device.random.pick(device.clients);
  const duid = `00030001${client.mac.replaceAll(':', '')}`;
  const message = device.random.pick(['RENEW', 'RENEW', 'SOLICIT', 'REQUEST']);
  const suffix = (0x100 + device.clients.indexOf(client)).toString(16);
  script.say(
    PRI.daemonInfo,
    `odhcpd[${device.pids.odhcpd}]: DHCPV6 ${message} IA_NA from ${duid} on lan: ok fd18:c474:${(0x1000 + device.index).toString(16)}::${suffix}/128`,
  );
}

export function noDefaultRoute(device: Device, script: ScriptWriter): void {
  script.say(PRI.daemonWarn, `odhcpd[${device.pids.odhcpd}]: No default route present, setting ra_lifetime to 0!`);
}
