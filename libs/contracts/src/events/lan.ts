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
  /** Two claim one address, or dnsmasq may not give the one that the configuration names. */
  'lan.lease.address-conflict': z.strictObject({ clientIp: ip, detail: z.string() }),
  'lan.lease.name-conflict': z.strictObject({ clientName: z.string(), clientIp: ip.optional(), detail: z.string() }),
  'lan.dhcp.range': z.strictObject({ firstIp: ip, lastIp: ip, leaseTime: z.string() }),
  'lan.dhcp.packet-ignored': z.strictObject({ interface: interfaceName, detail: z.string() }),
  /** Known chatter of dnsmasq's DHCP server. */
  'lan.dhcp.note': z.strictObject({ text: z.string() }),
  /** `address` is absent where the line's own is masked. */
  'lan.dns.listening': z.strictObject({ interface: interfaceName, address: ip.optional(), port: port.optional() }),
  'lan.dns.listening-ended': z.strictObject({
    interface: interfaceName,
    address: ip.optional(),
    port: port.optional(),
  }),
  /** Names of the domain are never asked of a name server. */
  'lan.dns.domain-local': z.strictObject({ domainName: z.string() }),
  'lan.dns.config-read': z.strictObject({ file: z.string() }),
  'lan.dns.config-invalid': z.strictObject({
    detail: z.string(),
    file: z.string().optional(),
    line: z.number().int().optional(),
  }),
  'lan.dns.forwarded': z.strictObject({ domainName: z.string(), serverIp: ip }),
  /** `source` is where the answer comes from: `reply` (a name server), `cached`, `config`, or a file. */
  'lan.dns.answered': z.strictObject({ domainName: z.string(), answer: z.string(), source: z.string() }),
  /** A query that the resolver would not answer: it came from outside the networks that it serves. */
  'lan.dns.query-ignored': z.strictObject({ detail: z.string(), clientIp: ip.optional() }),
  /** Known chatter of the resolver. */
  'lan.dns.note': z.strictObject({ text: z.string() }),
  /** A frame that left by the bridge came back to it: most often a loop of cables or radios. */
  'lan.bridge.loop-suspected': z.strictObject({
    bridge: interfaceName,
    portName: interfaceName,
    address: mac.optional(),
  }),
  'lan.bridge.topology-changed': z.strictObject({ bridge: interfaceName, detail: z.string() }),
  'lan.bridge.neighbor-lost': z.strictObject({ bridge: interfaceName, portName: interfaceName }),
  /** A port's transmit queue stood still (the kernel's NETDEV WATCHDOG). */
  'lan.port.transmit-timeout': z.strictObject({
    portName: interfaceName,
    driver: z.string(),
    queue: z.number().int().optional(),
  }),
  'lan.device.promiscuous-changed': z.strictObject({ device: interfaceName, isOn: z.boolean() }),
  'lan.device.renamed': z.strictObject({ device: interfaceName, formerName: interfaceName }),
  'lan.device.link-changed': z.strictObject({ device: interfaceName, isReady: z.boolean() }),
  /** A network adapter on USB. */
  'lan.device.attached': z.strictObject({ device: interfaceName, driver: z.string() }),
  'lan.device.detached': z.strictObject({ device: interfaceName, driver: z.string() }),
} as const;
