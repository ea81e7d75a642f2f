/** WAN: tunnels, whatever makes them. Part of the domain `wan`. */
import { z } from 'zod';
import { interfaceName, ip, port } from './fields.js';

/**
 * `tunnel` is what the router calls it: the interface (`wg0`), the section of its configuration (`openvpn(office)` →
 * `office`) or the connection (`<site-b|4>` → `site-b`). `peerName` is who the other end says to be: a certificate's
 * common name, an IKE identity, a host name.
 */
const tunnel = {
  product: z.enum(['wireguard', 'openvpn', 'ipsec', 'l2tp', 'pptp', 'fastd']),
  tunnel: z.string().optional(),
  peerName: z.string().optional(),
  peerIp: ip.optional(),
  peerPort: port.optional(),
};

export const vpnEvents = {
  'wan.vpn.started': z.strictObject({ ...tunnel, version: z.string().optional() }),
  'wan.vpn.stopped': z.strictObject({ ...tunnel, reason: z.string().optional() }),
  'wan.vpn.connecting': z.strictObject(tunnel),
  /** Both ends know each other, and traffic may go: OpenVPN's `Initialization Sequence Completed`, an IKE_SA established. */
  'wan.vpn.established': z.strictObject({ ...tunnel, localName: z.string().optional() }),
  'wan.vpn.ended': z.strictObject({ ...tunnel, reason: z.string().optional() }),
  'wan.vpn.restarting': z.strictObject({ ...tunnel, reason: z.string() }),
  /** New keys for a tunnel that stays; WireGuard says no more than this of a handshake that went well. */
  'wan.vpn.rekeyed': z.strictObject(tunnel),
  'wan.vpn.child-established': z.strictObject({ ...tunnel, child: z.string(), selectors: z.string().optional() }),
  'wan.vpn.child-closed': z.strictObject({
    ...tunnel,
    child: z.string(),
    receivedBytes: z.number().int().optional(),
    sentBytes: z.number().int().optional(),
  }),
  /** A server's client, or a client's server: the other end of one session is there. */
  'wan.vpn.peer-connected': z.strictObject({ ...tunnel, address: ip.optional() }),
  'wan.vpn.peer-disconnected': z.strictObject({ ...tunnel, reason: z.string().optional() }),
  /** Who the other end claims to be, or with what, was not accepted. */
  'wan.vpn.auth-failed': z.strictObject({ ...tunnel, detail: z.string() }),
  /** The ends did not agree: no common proposal, a TLS error, a handshake given up. */
  'wan.vpn.negotiation-failed': z.strictObject({ ...tunnel, detail: z.string() }),
  /** The other end does not answer. `silentSeconds` is absent where it never did. */
  'wan.vpn.peer-silent': z.strictObject({
    ...tunnel,
    silentSeconds: z.number().optional(),
    attempt: z.number().int().optional(),
    hasGivenUp: z.boolean().optional(),
  }),
  'wan.vpn.resolve-failed': z.strictObject({ ...tunnel, detail: z.string().optional() }),
  'wan.vpn.address-assigned': z.strictObject({ ...tunnel, address: ip }),
  'wan.vpn.device-opened': z.strictObject({ ...tunnel, device: interfaceName }),
  'wan.vpn.device-closed': z.strictObject({ ...tunnel, device: interfaceName.optional() }),
  'wan.vpn.certificate-verified': z.strictObject({ ...tunnel, depth: z.number().int(), subject: z.string() }),
  'wan.vpn.certificate-refused': z.strictObject({ ...tunnel, detail: z.string() }),
  /** What a client told of itself (`IV_VER=2.6.3`). */
  'wan.vpn.peer-info': z.strictObject({ ...tunnel, key: z.string(), value: z.string() }),
  /** A packet that came from where it may not, or was no valid one: a wrong key, a replay, a probe. */
  'wan.vpn.packet-refused': z.strictObject({ ...tunnel, detail: z.string() }),
  'wan.vpn.config-invalid': z.strictObject({ ...tunnel, detail: z.string() }),
  'wan.vpn.fault': z.strictObject({ ...tunnel, detail: z.string() }),
  'wan.vpn.step': z.strictObject({ ...tunnel, step: z.string() }),
  /** Known chatter of the tunnel's daemon. */
  'wan.vpn.note': z.strictObject({ ...tunnel, text: z.string() }),
} as const;
