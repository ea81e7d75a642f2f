/** Trouble on the air. */
import { pskMismatch } from '../daemons/hostapd.js';
import { PRI } from '../script.js';
import type { Incident, Scenario } from './scenario.js';
import { victim } from './scenario.js';

/** One station fails the four-way handshake 25 times within 50 s. */
export const wifiAuthFailures: Scenario = (stage) => {
  const device = victim(stage, () => true);
  const client = stage.random.pick(device.clients);
  return Array.from({ length: 25 }, (_, step): Incident => ({
    atMicros: stage.atMicros + step * 2e6,
    device,
    write: (script) => pskMismatch(client, script),
  }));
};

/** Forged deauthentication frames throw every station off, again and again: 20 rounds within 10 s. */
export const deauthFlood: Scenario = (stage) => {
  const device = victim(stage, () => true);
  const radio = stage.random.pick(device.radios);
  const stations = device.clients.slice(0, 6);
  return Array.from({ length: 20 }, (_, round): Incident => ({
    atMicros: stage.atMicros + round * 500_000,
    device,
    write: (script) => {
      for (const { mac } of stations) {
        script.say(PRI.daemonNotice, `hostapd: ${radio}: AP-STA-DISCONNECTED ${mac}`, 'wifi.client.disconnected');
        script.say(
          PRI.daemonInfo,
          `hostapd: ${radio}: STA ${mac} IEEE 802.11: deauthenticated`,
          'wifi.client.deauthenticated',
        );
        script.wait(30);
      }
    },
  }));
};
