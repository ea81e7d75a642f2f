/** WAN: logical interfaces and their links, as netifd and its protocol handlers tell of them. */
import { z } from 'zod';
import { interfaceName, ip, seconds } from './fields.js';

export const wanEvents = {
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
  'wan.lease.obtained': z.strictObject({
    interface: interfaceName,
    address: ip,
    serverIp: ip.optional(),
    leaseSeconds: seconds.optional(),
  }),
  'wan.lease.lost': z.strictObject({ interface: interfaceName, detail: z.string().optional() }),
  'wan.lease.requested': z.strictObject({ interface: interfaceName, step: z.string() }),
  'wan.dns.upstream-failed': z.strictObject({ detail: z.string() }),
  'wan.lease.client-started': z.strictObject({ interface: interfaceName, version: z.string().optional() }),
  'wan.lease.client-stopped': z.strictObject({ interface: interfaceName }),
  'wan.lease.released': z.strictObject({
    interface: interfaceName,
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
  'wan.daemon.fault': z.strictObject({ detail: z.string() }),
  /** Known chatter of netifd and its protocol handlers. */
  'wan.daemon.note': z.strictObject({ text: z.string(), interface: interfaceName.optional() }),
} as const;
