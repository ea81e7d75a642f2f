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
  'wifi.client.roamed': z.strictObject({ ...client, detail: z.string().optional() }),
  'wifi.radio.radar-detected': z.strictObject({ interface: interfaceName, frequencyMhz: z.number().int().optional() }),
  'wifi.radio.channel-changed': z.strictObject({
    interface: interfaceName,
    frequencyMhz: z.number().int().optional(),
    channel: z.number().int().optional(),
    cause: z.string().optional(),
  }),
  'wifi.radio.state-changed': z.strictObject({ interface: interfaceName, from: z.string(), to: z.string() }),
} as const;
