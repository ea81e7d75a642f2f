/** LAN: DHCP leases and DNS for the router's own clients. */
import { z } from 'zod';
import { interfaceName, ip, mac, port } from './fields.js';

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
  /** The resolver could not start, or not listen where it should. */
  'lan.dns.failed': z.strictObject({ detail: z.string() }),
  'lan.dns.hosts-read': z.strictObject({ file: z.string(), entries: z.number().int() }),
  /** A server that queries go to; `domainName` where only those of one domain do. */
  'lan.dns.upstream-used': z.strictObject({
    serverIp: ip,
    serverPort: port.optional(),
    domainName: z.string().optional(),
  }),
  'lan.dns.query': z.strictObject({ queryType: z.string(), domainName: z.string(), clientIp: ip }),
  'lan.dns.overloaded': z.strictObject({ limit: z.number().int() }),
  'lan.bridge.port-state': z.strictObject({ bridge: interfaceName, portName: interfaceName, state: z.string() }),
  /** Another DHCP server answers on the interface. */
  'lan.dhcp.server-conflict': z.strictObject({ interface: interfaceName }),
  /** The wire of a physical port, as its driver tells of it; netifd's view is `wan.device.link-up`. */
  'lan.port.link-up': z.strictObject({
    portName: interfaceName,
    speedMbps: z.number().int().optional(),
    isFullDuplex: z.boolean().optional(),
  }),
  'lan.port.link-down': z.strictObject({ portName: interfaceName }),
} as const;
