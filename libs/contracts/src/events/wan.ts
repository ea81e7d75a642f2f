/** WAN: logical interfaces and their links, as netifd and its protocol handlers tell of them. */
import { z } from 'zod';
import { dialUpEvents } from './dial-up.js';
import { interfaceName, ip, seconds } from './fields.js';
import { vpnEvents } from './vpn.js';

/** An uplink that mwan3 watches: its logical interface, and the device below it. */
const uplink = { interface: interfaceName, device: interfaceName.optional() };
const check = {
  ...uplink,
  target: z.string(),
  method: z.string(),
  score: z.number().int().optional(),
  latencyMs: z.number().optional(),
  lossPercent: z.number().optional(),
};

export const wanEvents = {
  ...dialUpEvents,
  ...vpnEvents,
  'wan.interface.up': z.strictObject({ interface: interfaceName }),
  'wan.interface.down': z.strictObject({ interface: interfaceName }),
  'wan.interface.setting-up': z.strictObject({ interface: interfaceName }),
  'wan.interface.enabled': z.strictObject({ interface: interfaceName }),
  'wan.interface.disabled': z.strictObject({ interface: interfaceName }),
  'wan.interface.link-lost': z.strictObject({ interface: interfaceName }),
  'wan.interface.link-restored': z.strictObject({ interface: interfaceName }),
  /** The protocol gave the connection up (PPP, WireGuard, a modem), whatever the link says. */
  'wan.interface.connection-lost': z.strictObject({ interface: interfaceName }),
  /** A command of the interface's protocol handler failed. */
  'wan.interface.command-failed': z.strictObject({ interface: interfaceName, detail: z.string() }),
  'wan.device.link-up': z.strictObject({ device: interfaceName }),
  'wan.device.link-down': z.strictObject({ device: interfaceName }),
  /** Of a lease, `interface` is absent where the DHCP client logs by itself and not through netifd. */
  'wan.lease.obtained': z.strictObject({
    interface: interfaceName.optional(),
    address: ip,
    serverIp: ip.optional(),
    leaseSeconds: seconds.optional(),
  }),
  'wan.lease.lost': z.strictObject({ interface: interfaceName.optional(), detail: z.string().optional() }),
  'wan.lease.requested': z.strictObject({ interface: interfaceName.optional(), step: z.string() }),
  'wan.dns.upstream-failed': z.strictObject({ detail: z.string() }),
  'wan.lease.client-started': z.strictObject({ interface: interfaceName.optional(), version: z.string().optional() }),
  'wan.lease.client-stopped': z.strictObject({ interface: interfaceName.optional() }),
  'wan.lease.released': z.strictObject({
    interface: interfaceName.optional(),
    address: ip.optional(),
    serverIp: ip.optional(),
  }),
  /** The protocol handler could not make the interface: its configuration is wrong, or it lacks what it needs. */
  'wan.interface.setup-failed': z.strictObject({ interface: interfaceName, detail: z.string() }),
  /** A line of the protocol handler's script failed in the shell. */
  'wan.interface.script-error': z.strictObject({ interface: interfaceName, detail: z.string() }),
  /** The name of the other end (a tunnel's peer) has no address. */
  'wan.interface.resolve-failed': z.strictObject({ interface: interfaceName, peer: z.string() }),
  'wan.modem.step': z.strictObject({ interface: interfaceName, step: z.string() }),
  /** The name of an AT command, without its arguments: they may hold a PIN. */
  'wan.modem.command-sent': z.strictObject({ interface: interfaceName, command: z.string() }),
  'wan.modem.fault': z.strictObject({ interface: interfaceName, detail: z.string() }),
  /** The kernel found a modem: its network device (`wwan0`) or its serial one (`ttyUSB0`). */
  'wan.modem.attached': z.strictObject({ device: interfaceName, driver: z.string() }),
  'wan.modem.detached': z.strictObject({ device: interfaceName, driver: z.string() }),
  /** The provider delegated a prefix, and no interface of the LAN takes part of it. */
  'wan.prefix.unassigned': z.strictObject({ detail: z.string() }),
  /** A name server lost long answers: the resolver now asks it for short ones. */
  'wan.dns.packet-size-reduced': z.strictObject({ serverIp: ip, bytes: z.number().int() }),
  /** A name server answered for a signed domain with what its signatures do not bear out. */
  'wan.dns.validation-failed': z.strictObject({ domainName: z.string(), result: z.string() }),
  'wan.device.created': z.strictObject({ device: interfaceName }),
  'wan.device.setup-failed': z.strictObject({ device: interfaceName.optional(), detail: z.string() }),
  /** The DHCPv6 client could not send (no address yet, no route, a firewall). */
  'wan.lease.send-failed': z.strictObject({ message: z.string(), detail: z.string() }),
  /** mwan3's verdict of an uplink, from its checks. */
  'wan.uplink.online': z.strictObject(uplink),
  'wan.uplink.offline': z.strictObject(uplink),
  'wan.uplink.check-passed': z.strictObject(check),
  'wan.uplink.check-failed': z.strictObject(check),
  'wan.uplink.pings-lost': z.strictObject({
    ...uplink,
    lost: z.number().int(),
    score: z.number().int().optional(),
  }),
  /** `action` is `ifup`, `ifdown`, `connected` or `disconnected`. */
  'wan.uplink.event-handled': z.strictObject({ ...uplink, action: z.string() }),
  'wan.uplink.tracking-started': z.strictObject({ interface: interfaceName }),
  'wan.uplink.tracking-stopped': z.strictObject({ interface: interfaceName }),
  'wan.uplink.route-failed': z.strictObject({ detail: z.string() }),
  'wan.uplink.fault': z.strictObject({ detail: z.string() }),
  /** Known chatter of mwan3. */
  'wan.uplink.note': z.strictObject({ text: z.string() }),
  'wan.shaping.started': z.strictObject({
    device: interfaceName,
    script: z.string().optional(),
    downKbps: z.number().int().optional(),
    upKbps: z.number().int().optional(),
  }),
  'wan.shaping.stopped': z.strictObject({ device: interfaceName }),
  'wan.shaping.failed': z.strictObject({ detail: z.string() }),
  'wan.shaping.note': z.strictObject({ text: z.string() }),
  /** `section` is the service's name in the configuration. */
  'wan.ddns.updated': z.strictObject({ section: z.string().optional(), detail: z.string() }),
  'wan.ddns.update-failed': z.strictObject({ section: z.string().optional(), detail: z.string() }),
  'wan.ddns.retried': z.strictObject({ section: z.string().optional(), detail: z.string() }),
  'wan.ddns.config-invalid': z.strictObject({ section: z.string().optional(), detail: z.string() }),
  'wan.ddns.note': z.strictObject({ section: z.string().optional(), text: z.string() }),
  'wan.daemon.fault': z.strictObject({ detail: z.string() }),
  /** Known chatter of netifd and its protocol handlers. */
  'wan.daemon.note': z.strictObject({ text: z.string(), interface: interfaceName.optional() }),
} as const;
