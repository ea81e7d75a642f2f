/** What a healthy router does, and how often: the daemon mix of the background. */
import type { Device } from './device.js';
import { clientJoins, clientLeaves, mistypedPassphrase, operatingModeChanged } from './daemons/hostapd.js';
import { dnsQueries, leaseRenewed, rebindSeen } from './daemons/dnsmasq.js';
import { clockDisciplined, cronJob, ledsSetUp, trafficAccounted } from './daemons/housekeeping.js';
import { strangerKnocks } from './daemons/kernel.js';
import { lanPortBounces, mwan3Checks, nightlyReconnect, wanLeaseRenewed } from './daemons/netifd.js';
import { ipv6Lease, noDefaultRoute } from './daemons/odhcpd.js';
import { adminMistypes, adminSession, luciLogin } from './daemons/sessions.js';
import type { ScriptWriter } from './script.js';

export type Activity = (device: Device, script: ScriptWriter) => void;

/** Activities with the share of starts that each gets; a share of 0 means that this router never does it. */
function shares(device: Device): [Activity, number][] {
  const routes = device.role === 'gateway';
  return [
    [clientJoins, 22],
    [clientLeaves, 22],
    [operatingModeChanged, 8],
    [mistypedPassphrase, 0.3],
    [leaseRenewed, routes ? 26 : 0],
    [dnsQueries, device.logsDnsQueries ? 30 : 0],
    [rebindSeen, routes ? 0.2 : 0],
    [ipv6Lease, routes ? 9 : 0],
    [noDefaultRoute, routes ? 0.5 : 0],
    [strangerKnocks, routes ? 38 : 0],
    [wanLeaseRenewed, routes && device.wanProtocol === 'dhcp' ? 4 : 0],
    [nightlyReconnect, routes ? 0.1 : 0],
    [lanPortBounces, 0.5],
    [mwan3Checks, device.hasMwan3 ? 10 : 0],
    [adminSession, 1.5],
    [adminMistypes, 0.2],
    [luciLogin, 0.8],
    [cronJob, 8],
    [clockDisciplined, 2],
    [ledsSetUp, 0.2],
    [trafficAccounted, 0.3],
  ];
}

/** Picks activities of one router by their shares. */
export class DailyRound {
  readonly #activities: Activity[] = [];
  readonly #limits: number[] = [];
  readonly #device: Device;
  #total = 0;

  constructor(device: Device) {
    this.#device = device;
    for (const [activity, share] of shares(device)) {
      if (share === 0) continue;
      this.#total += share;
      this.#activities.push(activity);
      this.#limits.push(this.#total);
    }
  }

  /** Writes the lines of the router's next activity. */
  next(script: ScriptWriter): void {
    const drawn = this.#device.random.fraction() * this.#total;
    let index = 0;
    while (drawn >= (this.#limits[index] ?? Infinity)) index++;
    this.#activities[index]?.(this.#device, script);
  }
}
