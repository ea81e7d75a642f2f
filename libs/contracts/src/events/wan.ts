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
} as const;
