/** WAN: point-to-point links and modems. Part of the domain `wan`. */
import { z } from 'zod';
import { interfaceName, ip, mac, seconds } from './fields.js';

/** ModemManager's name for a modem (`modem0`), where the line has one. */
const modem = { modem: z.string().optional() };
const bytes = z.number().int().min(0);

export const dialUpEvents = {
  'wan.ppp.started': z.strictObject({ version: z.string(), userName: z.string().optional() }),
  'wan.ppp.exited': z.strictObject({}),
  'wan.ppp.plugin-loaded': z.strictObject({ plugin: z.string() }),
  /** No access concentrator answered, or it refused (PADO, PADS). */
  'wan.ppp.discovery-failed': z.strictObject({ detail: z.string() }),
  'wan.ppp.session-opened': z.strictObject({ sessionId: z.number().int() }),
  'wan.ppp.concentrator-found': z.strictObject({ serverMac: mac.optional(), device: interfaceName.optional() }),
  'wan.ppp.interface-assigned': z.strictObject({ interface: interfaceName, formerName: interfaceName.optional() }),
  /** The link's own negotiation begins; `peer` is a MAC address or a serial device. */
  'wan.ppp.connected': z.strictObject({ interface: interfaceName, peer: z.string() }),
  'wan.ppp.auth-succeeded': z.strictObject({ method: z.string().optional(), peerName: z.string().optional() }),
  'wan.ppp.auth-failed': z.strictObject({ method: z.string().optional(), detail: z.string() }),
  /** `address` is absent where the line's own is masked. */
  'wan.ppp.address-assigned': z.strictObject({
    role: z.enum(['local', 'remote', 'local-link', 'remote-link', 'primary-dns', 'secondary-dns']),
    address: ip.optional(),
  }),
  /** LCP echo requests that nobody answered: the other end is gone. */
  'wan.ppp.echo-lost': z.strictObject({ requests: z.number().int() }),
  'wan.ppp.link-lost': z.strictObject({ detail: z.string() }),
  /** This end closes the link: a signal, a limit, its user. */
  'wan.ppp.closing': z.strictObject({ detail: z.string() }),
  'wan.ppp.terminated': z.strictObject({}),
  'wan.ppp.session-ended': z.strictObject({ connectSeconds: seconds }),
  'wan.ppp.traffic': z.strictObject({ sentBytes: bytes, receivedBytes: bytes }),
  /** Options that the ends could not agree on. */
  'wan.ppp.negotiation-failed': z.strictObject({ detail: z.string() }),
  /** One packet of a negotiation (with `debug`): `sent [LCP ConfReq id=0x1 ...]`. */
  'wan.ppp.packet': z.strictObject({ direction: z.enum(['sent', 'received']), protocol: z.string(), code: z.string() }),
  'wan.ppp.config-invalid': z.strictObject({ detail: z.string() }),
  'wan.ppp.fault': z.strictObject({ detail: z.string() }),
  /** Known chatter of pppd. */
  'wan.ppp.note': z.strictObject({ text: z.string() }),
  /** The name of an AT command that a dial script sent, without its arguments: they may hold a PIN. */
  'wan.modem.dial-sent': z.strictObject({ command: z.string() }),
  'wan.modem.dial-failed': z.strictObject({ detail: z.string() }),
  'wan.modem.dial-note': z.strictObject({}),
  'wan.modem.daemon-started': z.strictObject({ version: z.string().optional() }),
  'wan.modem.state-changed': z.strictObject({
    ...modem,
    from: z.string(),
    to: z.string(),
    reason: z.string().optional(),
  }),
  'wan.modem.registration-changed': z.strictObject({ ...modem, from: z.string(), to: z.string() }),
  'wan.modem.signal-updated': z.strictObject({ ...modem, percent: z.number().int() }),
  'wan.modem.created': z.strictObject({
    ...modem,
    path: z.string().optional(),
    plugin: z.string().optional(),
  }),
  /** ModemManager could not make a modem of a device, or lost it. */
  'wan.modem.creation-failed': z.strictObject({ ...modem, path: z.string().optional(), detail: z.string() }),
  'wan.modem.port-lost': z.strictObject({ ...modem, portName: interfaceName, detail: z.string() }),
  'wan.modem.port-found': z.strictObject({ ...modem, portName: interfaceName, role: z.string() }),
  'wan.modem.bearer-connected': z.strictObject({ ...modem, bearer: z.string().optional() }),
  'wan.modem.bearer-disconnected': z.strictObject({ ...modem, bearer: z.string().optional() }),
  'wan.modem.sim-status': z.strictObject({ ...modem, detail: z.string() }),
  'wan.modem.sim-failed': z.strictObject({ ...modem, detail: z.string() }),
  'wan.modem.operation-failed': z.strictObject({ ...modem, detail: z.string() }),
  /** The system told ModemManager of a device. */
  'wan.modem.hotplug': z.strictObject({ action: z.string(), device: interfaceName, outcome: z.string().optional() }),
  /** Known chatter of ModemManager. */
  'wan.modem.note': z.strictObject({ ...modem, text: z.string() }),
} as const;
