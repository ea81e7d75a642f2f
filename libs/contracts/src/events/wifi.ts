/** Wi-Fi: clients and radios, as hostapd tells of them. */
import { z } from 'zod';
import { interfaceName, mac } from './fields.js';

const client = { interface: interfaceName, clientMac: mac };

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
} as const;
