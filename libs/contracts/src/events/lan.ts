/** LAN: DHCP leases and DNS for the router's own clients. */
import { z } from 'zod';
import { interfaceName, ip, mac } from './fields.js';

const lease = {
  interface: interfaceName,
  clientMac: mac.optional(),
  clientIp: ip.optional(),
  clientName: z.string().optional(),
};

export const lanEvents = {
  'lan.lease.discover': z.strictObject({ ...lease, detail: z.string().optional() }),
  'lan.lease.offered': z.strictObject(lease),
  'lan.lease.requested': z.strictObject(lease),
  'lan.lease.acked': z.strictObject(lease),
  'lan.lease.refused': z.strictObject({ ...lease, detail: z.string().optional() }),
  'lan.lease.released': z.strictObject(lease),
  'lan.lease.declined': z.strictObject(lease),
  'lan.lease.informed': z.strictObject(lease),
  'lan.lease.pool-exhausted': z.strictObject({ interface: interfaceName, clientMac: mac.optional() }),
  'lan.dns.started': z.strictObject({ version: z.string(), cacheSize: z.number().int().optional() }),
  'lan.dns.stopped': z.strictObject({}),
  'lan.dns.query': z.strictObject({ queryType: z.string(), domainName: z.string(), clientIp: ip }),
  'lan.dns.overloaded': z.strictObject({ limit: z.number().int() }),
  'lan.bridge.port-state': z.strictObject({ bridge: interfaceName, portName: interfaceName, state: z.string() }),
} as const;
