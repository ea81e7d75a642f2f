/** Wi-Fi: clients and radios, as hostapd, netifd and the kernel's drivers tell of them. */
import { z } from 'zod';
import { interfaceName, ip, mac, port } from './fields.js';

const client = { interface: interfaceName, clientMac: mac };
const steeredRequest = z.enum(['probe', 'auth', 'assoc']);
const steered = {
  clientMac: mac,
  node: z.string().optional(),
  reason: z.string().optional(),
  signalDbm: z.number().int().optional(),
  snrDb: z.number().int().optional(),
};

export const wifiEvents = {
  'wifi.client.authenticated': z.strictObject(client),
  'wifi.client.associated': z.strictObject({ ...client, associationId: z.number().int().optional() }),
  'wifi.client.connected': z.strictObject({ ...client, authAlgorithm: z.string().optional() }),
  'wifi.client.handshake-completed': z.strictObject({ ...client, protocol: z.string().optional() }),
  'wifi.client.disconnected': z.strictObject(client),
  'wifi.client.disassociated': z.strictObject({ ...client, reason: z.string().optional() }),
  'wifi.client.deauthenticated': z.strictObject({ ...client, reason: z.string().optional() }),
  /** The client could not prove the key, was refused, or ran out of time; `reason` says which. */
  'wifi.client.auth-failed': z.strictObject({
    ...client,
    reason: z.enum(['psk-mismatch', 'handshake-timeout', 'sae', 'eap', 'refused', 'other']),
    detail: z.string().optional(),
  }),
  'wifi.client.group-key-renewed': z.strictObject({ ...client, protocol: z.string().optional() }),
  /** The client said that it now uses another power saving mode, bandwidth or number of spatial streams. */
  'wifi.client.mode-changed': z.strictObject({ ...client, mode: z.string(), value: z.string().optional() }),
  'wifi.client.roamed': z.strictObject({ ...client, detail: z.string().optional() }),
  'wifi.radio.radar-detected': z.strictObject({ interface: interfaceName, frequencyMhz: z.number().int().optional() }),
  'wifi.radio.channel-changed': z.strictObject({
    interface: interfaceName,
    frequencyMhz: z.number().int().optional(),
    channel: z.number().int().optional(),
    cause: z.string().optional(),
  }),
  'wifi.radio.state-changed': z.strictObject({ interface: interfaceName, from: z.string(), to: z.string() }),
  /** Channel availability check: the radio listens for radar before it may use a DFS channel. */
  'wifi.radio.cac-started': z.strictObject({
    interface: interfaceName,
    frequencyMhz: z.number().int().optional(),
    channel: z.number().int().optional(),
    durationSeconds: z.number().int().optional(),
  }),
  'wifi.radio.cac-completed': z.strictObject({
    interface: interfaceName,
    frequencyMhz: z.number().int().optional(),
    isSuccess: z.boolean(),
  }),
  /** Automatic channel selection. */
  'wifi.radio.scan-started': z.strictObject({ interface: interfaceName }),
  'wifi.radio.scan-failed': z.strictObject({ interface: interfaceName }),
  /** hostapd's access point on the radio. */
  'wifi.radio.enabled': z.strictObject({ interface: interfaceName }),
  'wifi.radio.disabled': z.strictObject({ interface: interfaceName }),
  /** The whole radio, as netifd tells of it. */
  'wifi.radio.up': z.strictObject({ interface: interfaceName }),
  'wifi.radio.down': z.strictObject({ interface: interfaceName }),
  'wifi.radio.setup-failed': z.strictObject({ interface: interfaceName, detail: z.string() }),
  /** A station has 1 s or so for each step of the handshake; hostapd tries again a few times before it gives up. */
  'wifi.client.handshake-retried': z.strictObject({ ...client, detail: z.string() }),
  'wifi.client.group-key-failed': z.strictObject({ ...client, detail: z.string() }),
  /** The station does not answer on the air: too far away, asleep, or the radio is in trouble. */
  'wifi.client.unresponsive': z.strictObject({ ...client, detail: z.string() }),
  /** Turned away for want of room, or because the driver could not take it; nobody doubts its key. */
  'wifi.client.refused': z.strictObject({
    ...client,
    /** `protocol`: its request does not fit what the network offers or demands. */
    cause: z.enum(['capacity', 'driver', 'protocol']),
    detail: z.string(),
  }),
  'wifi.client.eap-succeeded': z.strictObject({ ...client, detail: z.string().optional() }),
  'wifi.client.eap-step': z.strictObject({ ...client, step: z.enum(['started', 'retransmitted']) }),
  /** The port of IEEE 802.1X: whether the station may send data. */
  'wifi.client.port-changed': z.strictObject({ ...client, isAuthorized: z.boolean() }),
  'wifi.client.accounting-started': z.strictObject({ ...client, sessionId: z.string() }),
  'wifi.client.accounting-stopped': z.strictObject({ ...client, sessionId: z.string() }),
  /** IEEE 802.11k: the access point asked a station which access points it hears. */
  'wifi.client.beacon-requested': z.strictObject({ ...client, isAcknowledged: z.boolean() }),
  'wifi.client.beacon-reported': z.strictObject({ ...client, detail: z.string().optional() }),
  /** IEEE 802.11v BSS transition management: 0 means that the station agrees to go to another access point. */
  'wifi.client.transition-answered': z.strictObject({
    ...client,
    statusCode: z.number().int().optional(),
    targetBssid: mac.optional(),
  }),
  'wifi.client.transition-queried': z.strictObject({ ...client, detail: z.string().optional() }),
  /** A step that hostapd only tells when it logs much; `module` is hostapd's own (MLME, WPA, RADIUS, ...). */
  'wifi.client.note': z.strictObject({ ...client, module: z.string(), text: z.string() }),
  'wifi.wps.activated': z.strictObject({ interface: interfaceName }),
  'wifi.wps.ended': z.strictObject({ interface: interfaceName, detail: z.string().optional() }),
  'wifi.wps.succeeded': z.strictObject({ interface: interfaceName, clientMac: mac.optional() }),
  'wifi.wps.failed': z.strictObject({ interface: interfaceName, detail: z.string() }),
  /** Too many wrong PINs: the access point takes no more. */
  'wifi.wps.locked': z.strictObject({ interface: interfaceName }),
  'wifi.wps.unlocked': z.strictObject({ interface: interfaceName }),
  'wifi.radius.unreachable': z.strictObject({
    interface: interfaceName,
    role: z.enum(['authentication', 'accounting']),
    serverIp: ip.optional(),
    serverPort: port.optional(),
  }),
  'wifi.radius.server-used': z.strictObject({
    interface: interfaceName,
    role: z.enum(['authentication', 'accounting']),
    serverIp: ip.optional(),
    serverPort: port.optional(),
  }),
  /** The channel may be used again: the time for which radar closed it is over. */
  'wifi.radio.channel-reopened': z.strictObject({
    interface: interfaceName,
    frequencyMhz: z.number().int().optional(),
  }),
  'wifi.radio.channel-switching': z.strictObject({
    interface: interfaceName,
    frequencyMhz: z.number().int().optional(),
  }),
  /** No channel is left that the radio may use. */
  'wifi.radio.no-channel': z.strictObject({ detail: z.string() }),
  'wifi.radio.width-reduced': z.strictObject({ detail: z.string() }),
  /** hostapd's instance for the interface ends. */
  'wifi.radio.terminated': z.strictObject({ interface: interfaceName }),
  /** The network interface below the access point went up or down, as the kernel told hostapd. */
  'wifi.radio.interface-up': z.strictObject({ interface: interfaceName }),
  'wifi.radio.interface-down': z.strictObject({ interface: interfaceName }),
  'wifi.radio.interface-configured': z.strictObject({
    interface: interfaceName,
    bssid: mac.optional(),
    ssid: z.string().optional(),
  }),
  'wifi.radio.interface-removed': z.strictObject({ interface: interfaceName }),
  /** A command of the radio's setup scripts failed. */
  'wifi.radio.script-error': z.strictObject({ interface: interfaceName, detail: z.string() }),
  'wifi.radio.regulatory-changed': z.strictObject({
    detail: z.string(),
    interface: interfaceName.optional(),
    countryCode: z.string().optional(),
  }),
  /** One line of what the kernel or a driver tells of the rules of a country that it goes by. */
  'wifi.regulatory.note': z.strictObject({ text: z.string(), countryCode: z.string().optional() }),
  /** TKIP countermeasures: after two frames with a wrong MIC the network is closed for a minute. */
  'wifi.radio.countermeasures-changed': z.strictObject({ interface: interfaceName, isActive: z.boolean() }),
  /** The switch that turns radios off (rfkill), in hardware or in software. */
  'wifi.radio.kill-switch-changed': z.strictObject({ isBlocked: z.boolean(), interface: interfaceName.optional() }),
  /** What hostapd was told to run with: a file, or `inline` where netifd handed the text over. */
  'wifi.config.loaded': z.strictObject({ source: z.string(), phy: z.string().optional() }),
  'wifi.config.invalid': z.strictObject({ detail: z.string(), line: z.number().int().optional() }),
  /** hostapd could not do what it had to; `cause` is the part that it was busy with. */
  'wifi.daemon.fault': z.strictObject({
    cause: z.enum([
      'setup',
      'driver',
      'beacon',
      'transmit',
      'bridge',
      'scan',
      'dfs',
      'vlan',
      'sae',
      'tls',
      'radius',
      'mesh',
    ]),
    detail: z.string(),
    interface: interfaceName.optional(),
  }),
  /** Known chatter of the Wi-Fi daemons. */
  'wifi.daemon.note': z.strictObject({ text: z.string(), interface: interfaceName.optional() }),
  /** The radio's firmware or hardware stopped, as its kernel driver tells. */
  'wifi.driver.crashed': z.strictObject({ driver: z.string(), device: z.string(), detail: z.string() }),
  /** The firmware did not answer a command in time; often the first sign of a crash. */
  'wifi.driver.timeout': z.strictObject({ driver: z.string(), device: z.string(), detail: z.string() }),
  'wifi.driver.restarted': z.strictObject({ driver: z.string(), device: z.string(), detail: z.string() }),
  'wifi.driver.fault': z.strictObject({ driver: z.string(), device: z.string(), detail: z.string() }),
  'wifi.driver.firmware-loaded': z.strictObject({ driver: z.string(), device: z.string(), version: z.string() }),
  /** The driver's own radar detector; what hostapd makes of it is `wifi.radio.radar-detected`. */
  'wifi.driver.radar-reported': z.strictObject({
    driver: z.string(),
    device: z.string(),
    frequencyMhz: z.number().int().optional(),
  }),
  /** Chatter of a radio's driver. */
  'wifi.driver.note': z.strictObject({ driver: z.string(), device: z.string(), text: z.string() }),
  /** The router as a station of another access point (client, repeater). */
  'wifi.uplink.connecting': z.strictObject({
    interface: interfaceName,
    bssid: mac,
    step: z.string(),
    ssid: z.string().optional(),
    frequencyMhz: z.number().int().optional(),
  }),
  'wifi.uplink.authenticated': z.strictObject({ interface: interfaceName }),
  'wifi.uplink.associated': z.strictObject({ interface: interfaceName, bssid: mac.optional() }),
  'wifi.uplink.disconnected': z.strictObject({
    interface: interfaceName,
    bssid: mac,
    reason: z.string().optional(),
  }),
  'wifi.uplink.failed': z.strictObject({ interface: interfaceName, bssid: mac, detail: z.string() }),
  /** wpa_supplicant's view: keys are agreed, data can flow. The kernel's view of the same link is told by the types above. */
  'wifi.uplink.connected': z.strictObject({
    interface: interfaceName,
    bssid: mac,
    networkId: z.number().int().optional(),
  }),
  /** `reasonCode` as IEEE 802.11 numbers them; `isLocal`: this router hung up, not the access point. */
  'wifi.uplink.connection-lost': z.strictObject({
    interface: interfaceName,
    bssid: mac,
    reasonCode: z.number().int().optional(),
    isLocal: z.boolean(),
  }),
  'wifi.uplink.authentication-rejected': z.strictObject({
    interface: interfaceName,
    bssid: mac,
    authType: z.number().int().optional(),
    statusCode: z.number().int().optional(),
  }),
  'wifi.uplink.association-rejected': z.strictObject({
    interface: interfaceName,
    bssid: mac.optional(),
    statusCode: z.number().int().optional(),
    isTimeout: z.boolean(),
  }),
  'wifi.uplink.handshake-completed': z.strictObject({
    interface: interfaceName,
    bssid: mac,
    pairwiseCipher: z.string().optional(),
    groupCipher: z.string().optional(),
  }),
  /** Most often a wrong key. */
  'wifi.uplink.handshake-failed': z.strictObject({ interface: interfaceName, detail: z.string() }),
  'wifi.uplink.group-key-renewed': z.strictObject({
    interface: interfaceName,
    bssid: mac,
    groupCipher: z.string().optional(),
  }),
  /** The network is left alone for a while, after `authFailures` failures. */
  'wifi.uplink.network-disabled': z.strictObject({
    interface: interfaceName,
    networkId: z.number().int().optional(),
    ssid: z.string().optional(),
    authFailures: z.number().int().optional(),
    durationSeconds: z.number().int().optional(),
    reason: z.string().optional(),
  }),
  'wifi.uplink.network-reenabled': z.strictObject({
    interface: interfaceName,
    networkId: z.number().int().optional(),
    ssid: z.string().optional(),
  }),
  'wifi.uplink.network-not-found': z.strictObject({ interface: interfaceName }),
  'wifi.uplink.timed-out': z.strictObject({ interface: interfaceName, step: z.string(), bssid: mac.optional() }),
  'wifi.uplink.scan-started': z.strictObject({ interface: interfaceName }),
  'wifi.uplink.scan-completed': z.strictObject({ interface: interfaceName }),
  /** `errorCode` is errno's number, without sign. */
  'wifi.uplink.scan-failed': z.strictObject({ interface: interfaceName, errorCode: z.number().int().optional() }),
  'wifi.uplink.beacon-lost': z.strictObject({ interface: interfaceName }),
  /** `isAbove`: the signal now is above the threshold that the driver watches. */
  'wifi.uplink.signal-changed': z.strictObject({
    interface: interfaceName,
    isAbove: z.boolean(),
    signalDbm: z.number().int(),
    noiseDbm: z.number().int().optional(),
    txRateKbps: z.number().int().optional(),
  }),
  'wifi.uplink.state-changed': z.strictObject({ interface: interfaceName, from: z.string(), to: z.string() }),
  'wifi.uplink.eap-succeeded': z.strictObject({ interface: interfaceName }),
  'wifi.uplink.eap-failed': z.strictObject({ interface: interfaceName, detail: z.string().optional() }),
  /** `step` is the event's own name, without its prefix. */
  'wifi.uplink.eap-step': z.strictObject({ interface: interfaceName, step: z.string(), detail: z.string().optional() }),
  /** The server's certificate was not accepted. */
  'wifi.uplink.certificate-refused': z.strictObject({
    interface: interfaceName,
    detail: z.string(),
    subject: z.string().optional(),
  }),
  'wifi.mesh.joining': z.strictObject({ interface: interfaceName, meshId: z.string() }),
  'wifi.mesh.started': z.strictObject({ interface: interfaceName, meshId: z.string().optional() }),
  'wifi.mesh.ended': z.strictObject({ interface: interfaceName }),
  'wifi.mesh.join-failed': z.strictObject({ interface: interfaceName, detail: z.string() }),
  'wifi.mesh.peer-connected': z.strictObject({ interface: interfaceName, peerMac: mac }),
  'wifi.mesh.peer-disconnected': z.strictObject({ interface: interfaceName, peerMac: mac }),
  /** Most often a wrong mesh key; `isBlocked`: the peer is not listened to for `durationSeconds`. */
  'wifi.mesh.authentication-failed': z.strictObject({
    interface: interfaceName,
    peerMac: mac,
    isBlocked: z.boolean(),
    durationSeconds: z.number().int().optional(),
  }),
  'wifi.daemon.started': z.strictObject({ daemon: z.string() }),
  /** usteer did not answer a client, so that it goes to another access point; `node` is usteer's name of the network. */
  'wifi.steering.request-denied': z.strictObject({
    ...steered,
    request: steeredRequest,
    betterNode: z.string().optional(),
  }),
  'wifi.steering.request-accepted': z.strictObject({ ...steered, request: steeredRequest }),
  /** A client was told to go, or thrown out, by usteer or DAWN. */
  'wifi.steering.client-kicked': z.strictObject({
    ...steered,
    cause: z.enum(['signal', 'load', 'better-node']),
    betterNode: z.string().optional(),
    count: z.number().int().optional(),
    detail: z.string().optional(),
  }),
  /** The radio's load passed the threshold for throwing clients out, or fell below it, or there is nobody to throw out. */
  'wifi.steering.load-changed': z.strictObject({
    node: z.string(),
    state: z.enum(['overloaded', 'normal', 'too-few-clients', 'no-client']),
    value: z.number().int().optional(),
    threshold: z.number().int().optional(),
  }),
  /** A request of a client, as the steering daemon heard of it. */
  'wifi.steering.client-heard': z.strictObject({
    clientMac: mac,
    request: steeredRequest,
    signalDbm: z.number().int().optional(),
    frequencyMhz: z.number().int().optional(),
    isHandled: z.boolean().optional(),
  }),
  /** The steering daemon follows a network of a router, or no longer does. */
  'wifi.steering.node-changed': z.strictObject({ node: z.string(), isConnected: z.boolean() }),
  'wifi.steering.beacon-request-failed': z.strictObject({ clientMac: mac, bssid: mac }),
  /** The daemons of two routers do not hear each other any more, or not in full. */
  'wifi.steering.peer-lost': z.strictObject({ detail: z.string() }),
  'wifi.steering.fault': z.strictObject({ detail: z.string() }),
  /** Known chatter of usteer and DAWN. */
  'wifi.steering.note': z.strictObject({ text: z.string(), clientMac: mac.optional() }),
} as const;
