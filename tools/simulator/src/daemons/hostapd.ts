/** hostapd: a station's life from authentication to inactivity, in the order in which hostapd tells of it. */
import type { Client, Device } from '../device.js';
import { isDue } from '../device.js';
import type { ScriptWriter } from '../script.js';
import { PRI } from '../script.js';
import { leaseRun } from './dnsmasq.js';

/** Authentication, association, four-way handshake; then the client asks for its address. */
export function clientJoins(device: Device, script: ScriptWriter): void {
  const client = pickClient(device, false);
  if (!client) return clientLeaves(device, script);
  const { random } = device;
  const station = `hostapd: ${client.radio}: STA ${client.mac}`;
  client.isConnected = true;
  script.say(PRI.daemonInfo, `${station} IEEE 802.11: authenticated`, 'wifi.client.authenticated');
  script.wait(random.between(2, 20));
  script.say(
    PRI.daemonInfo,
    `${station} IEEE 802.11: associated (aid ${client.associationId})`,
    'wifi.client.associated',
  );
  script.wait(random.between(10, 90));
  const algorithm = device.release >= '23.05' ? ` auth_alg=${client.algorithm}` : '';
  script.say(
    PRI.daemonNotice,
    `hostapd: ${client.radio}: AP-STA-CONNECTED ${client.mac}${algorithm}`,
    'wifi.client.connected',
  );
  script.say(PRI.daemonInfo, `${station} RADIUS: starting accounting session ${client.accountingSession}`);
  script.say(
    PRI.daemonInfo,
    `${station} WPA: pairwise key handshake completed (RSN)`,
    'wifi.client.handshake-completed',
  );
  if (device.release >= '23.05') {
    script.say(
      PRI.daemonNotice,
      `hostapd: ${client.radio}: EAPOL-4WAY-HS-COMPLETED ${client.mac}`,
      'wifi.client.handshake-completed',
    );
  }
  if (device.role === 'gateway') leaseRun(device, client, script.wait(random.between(80, 600)));
}

/** The client goes, or falls silent; after a silence hostapd adds its deauthentication timer's line. */
export function clientLeaves(device: Device, script: ScriptWriter): void {
  const client = pickClient(device, true);
  if (!client) return clientJoins(device, script);
  client.isConnected = false;
  const station = `hostapd: ${client.radio}: STA ${client.mac} IEEE 802.11:`;
  script.say(
    PRI.daemonNotice,
    `hostapd: ${client.radio}: AP-STA-DISCONNECTED ${client.mac}`,
    'wifi.client.disconnected',
  );
  if (device.random.chance(0.5)) {
    script.say(PRI.daemonInfo, `${station} disassociated`, 'wifi.client.disassociated');
    script.wait(1000);
    script.say(
      PRI.daemonInfo,
      `${station} deauthenticated due to inactivity (timer DEAUTH/REMOVE)`,
      'wifi.client.deauthenticated',
    );
    return;
  }
  script.say(PRI.daemonInfo, `${station} disassociated due to inactivity`, 'wifi.client.disassociated');
  script.wait(1000);
  script.say(
    PRI.daemonInfo,
    `${station} deauthenticated due to inactivity (timer DEAUTH/REMOVE)`,
    'wifi.client.deauthenticated',
  );
}

/** Power saving: the commonest idle talk of a busy radio. */
export function operatingModeChanged(device: Device, script: ScriptWriter): void {
  const client = pickClient(device, true);
  if (!client) return clientJoins(device, script);
  const mode = device.random.pick(['static', 'off', 'dynamic']);
  script.say(
    PRI.daemonNotice,
    `hostapd: ${client.radio}: STA-OPMODE-SMPS-MODE-CHANGED ${client.mac} ${mode}`,
    'wifi.client.mode-changed',
  );
}

/** One mistyped passphrase, as happens in every house: rare. */
export function mistypedPassphrase(device: Device, script: ScriptWriter): void {
  const client = pickClient(device, false);
  if (!client || !isDue(device, 'psk-mismatch', script.atMicros, 1800)) return operatingModeChanged(device, script);
  pskMismatch(client, script);
}

/** A station that fails the four-way handshake once. */
export function pskMismatch(client: Pick<Client, 'mac' | 'radio'>, script: ScriptWriter): void {
  const station = `hostapd: ${client.radio}: STA ${client.mac} IEEE 802.11:`;
  script.say(PRI.daemonInfo, `${station} authenticated`, 'wifi.client.authenticated');
  script.wait(6);
  script.say(PRI.daemonInfo, `${station} associated (aid 30)`, 'wifi.client.associated');
  script.wait(1010);
  script.say(
    PRI.daemonNotice,
    `hostapd: ${client.radio}: AP-STA-POSSIBLE-PSK-MISMATCH ${client.mac}`,
    'wifi.client.auth-failed',
  );
}

function pickClient(device: Device, connected: boolean): Client | null {
  const { clients, random } = device;
  const start = random.below(clients.length);
  for (let step = 0; step < clients.length; step++) {
    const client = clients[(start + step) % clients.length];
    if (client && client.isConnected === connected) return client;
  }
  return null;
}
