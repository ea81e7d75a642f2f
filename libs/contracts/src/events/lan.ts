/** LAN: DHCP leases and DNS for the router's own clients. */
import { z } from 'zod';
import { interfaceName, ip, mac, port } from './fields.js';

/** `interface` is absent where the server does not tell it (odhcpd's answers). */
const lease = {
  interface: interfaceName.optional(),
  clientMac: mac.optional(),
  clientIp: ip.optional(),
  clientName: z.string().optional(),
};

/** DHCPv6: `clientDuid` in hexadecimal without colons; `clientMac` is the one inside a DUID that is made of it. */
const lease6 = {
  interface: interfaceName,
  clientDuid: z.string().optional(),
  clientMac: mac.optional(),
  /** The message: `solicit`, `request`, `renew`, `rebind`, `confirm`, `information-request`, `advertise`, `reply`. */
  step: z.string(),
};
const mapping = {
  protocol: z.string(),
  externalPort: port,
  clientIp: ip.optional(),
  clientPort: port.optional(),
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
  'lan.lease6.requested': z.strictObject({ ...lease6, clientIp: ip.optional() }),
  /** `kind` is what is lent: addresses, or prefixes for networks of the client's own. */
  'lan.lease6.granted': z.strictObject({
    ...lease6,
    kind: z.enum(['address', 'prefix']).optional(),
    leases: z.array(z.string()),
    clientName: z.string().optional(),
  }),
  'lan.lease6.refused': z.strictObject({
    ...lease6,
    kind: z.enum(['address', 'prefix']).optional(),
    reason: z.string(),
  }),
  'lan.lease6.released': z.strictObject({ ...lease6, leases: z.array(z.string()).optional() }),
  'lan.dhcp.started': z.strictObject({}),
  'lan.dhcp.stopped': z.strictObject({}),
  'lan.dhcp.failed': z.strictObject({ detail: z.string(), interface: interfaceName.optional() }),
  'lan.dhcp.config-invalid': z.strictObject({ detail: z.string() }),
  /** The script that a DHCP server runs for each lease failed. */
  'lan.dhcp.script-failed': z.strictObject({ detail: z.string() }),
  /** A DHCP server told the rest of the system of a client. */
  'lan.lease.announced': z.strictObject({
    topic: z.string(),
    action: z.string(),
    clientMac: mac.optional(),
    clientIp: ip.optional(),
    clientName: z.string().optional(),
  }),
  'lan.ra.sent': z.strictObject({ interface: interfaceName, prefix: z.string().optional() }),
  'lan.ra.solicited': z.strictObject({ interface: interfaceName, clientMac: mac.optional() }),
  'lan.ra.received': z.strictObject({ interface: interfaceName }),
  'lan.ra.address-confirmed': z.strictObject({
    interface: interfaceName,
    address: ip,
    clientName: z.string().optional(),
  }),
  /** Clients get no default route over IPv6: there is none, or no public prefix to go with it. */
  'lan.ra.no-default-route': z.strictObject({ interface: interfaceName.optional(), detail: z.string() }),
  'lan.ra.send-failed': z.strictObject({ interface: interfaceName, destination: ip.optional(), detail: z.string() }),
  'lan.ra.prefix-renewed': z.strictObject({ interface: interfaceName, prefix: z.string() }),
  'lan.ra.note': z.strictObject({ text: z.string() }),
  'lan.tftp.sent': z.strictObject({ file: z.string(), clientIp: ip }),
  'lan.tftp.failed': z.strictObject({ detail: z.string(), file: z.string().optional(), clientIp: ip.optional() }),
  'lan.tftp.note': z.strictObject({ text: z.string() }),
  /** The answer for a name went into a set of the firewall. */
  'lan.dns.set-added': z.strictObject({ setName: z.string(), address: ip, domainName: z.string() }),
  'lan.dns.set-failed': z.strictObject({ detail: z.string() }),
  'lan.dns.validated': z.strictObject({ domainName: z.string(), result: z.string() }),
  'lan.port-mapping.added': z.strictObject({ ...mapping, description: z.string().optional() }),
  'lan.port-mapping.removed': z.strictObject(mapping),
  'lan.port-mapping.refused': z.strictObject({
    protocol: z.string().optional(),
    externalPort: port.optional(),
    clientIp: ip.optional(),
    clientPort: port.optional(),
    detail: z.string(),
  }),
  'lan.upnp.started': z.strictObject({ version: z.string().optional(), device: interfaceName.optional() }),
  'lan.upnp.stopped': z.strictObject({}),
  'lan.upnp.listening': z.strictObject({ service: z.string(), port: port.optional(), address: ip.optional() }),
  /** The provider's address is no public one, or unknown: mappings would lead nowhere. */
  'lan.upnp.unreachable': z.strictObject({ detail: z.string() }),
  'lan.upnp.fault': z.strictObject({ detail: z.string() }),
  'lan.upnp.note': z.strictObject({ text: z.string() }),
  'lan.multicast.joined': z.strictObject({ group: ip, interface: interfaceName.optional() }),
  'lan.multicast.left': z.strictObject({ group: ip, interface: interfaceName.optional() }),
  'lan.multicast.refused': z.strictObject({ group: ip.optional(), sourceIp: ip.optional(), detail: z.string() }),
  'lan.multicast.fault': z.strictObject({ detail: z.string() }),
  'lan.multicast.note': z.strictObject({ text: z.string() }),
  'lan.mdns.started': z.strictObject({ version: z.string().optional() }),
  'lan.mdns.stopped': z.strictObject({}),
  'lan.mdns.interface-joined': z.strictObject({ interface: interfaceName, address: ip.optional() }),
  'lan.mdns.interface-left': z.strictObject({ interface: interfaceName, address: ip.optional() }),
  'lan.mdns.name-conflict': z.strictObject({ name: z.string(), detail: z.string() }),
  'lan.mdns.fault': z.strictObject({ detail: z.string() }),
  'lan.mdns.note': z.strictObject({ text: z.string() }),
  /** Known chatter of the DHCP servers. */
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
  'lan.device.allmulticast-changed': z.strictObject({ device: interfaceName, isOn: z.boolean() }),
  /** Frames that came in damaged, or too many for the port's buffers. */
  'lan.port.receive-error': z.strictObject({
    detail: z.string(),
    portName: interfaceName.optional(),
    driver: z.string().optional(),
  }),
  /** Chatter of a network device or of its driver. */
  'lan.device.note': z.strictObject({ device: interfaceName, text: z.string(), driver: z.string().optional() }),
} as const;
