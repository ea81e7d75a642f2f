/**
 * How grave an event is by what it says, where the level of its line says otherwise: LuCI logs a login that went well as
 * `err`, busybox crond every run of a job, odhcpd every lease; netifd calls a lost connection `notice`. The numbers are
 * RFC 5424's (section 6.2.1). A type without an entry is as grave as its line claims.
 */
import type { EventType } from '@opmas/contracts';

const EMERGENCY = 0;
const CRITICAL = 2;
const ERROR = 3;
const WARNING = 4;
const NOTICE = 5;
const INFO = 6;

/** What becomes of the line's own level, which is null where the line has none. */
type Rating = (severity: number | null, fields: Readonly<Record<string, unknown>>) => number | null;

const always =
  (level: number): Rating =>
  () =>
    level;

/** A lesser level is raised, a graver one is believed. */
const atLeast =
  (level: number): Rating =>
  (severity) =>
    severity === null ? level : Math.min(severity, level);

/** Less is believed, anything graver is not. */
const atMost =
  (level: number): Rating =>
  (severity) =>
    severity === null ? null : Math.max(severity, level);

/** What goes on every day: `notice` and less is believed, anything graver is not. */
const routine: Rating = (severity) => (severity === null || severity >= NOTICE ? severity : INFO);

function rated(rating: Rating, types: readonly EventType[]): [EventType, Rating][] {
  return types.map((type) => [type, rating]);
}

const RATINGS: ReadonlyMap<string, Rating> = new Map<string, Rating>([
  ...rated(always(EMERGENCY), ['health.kernel.panic']),
  ...rated(always(CRITICAL), ['health.process.oom-killed', 'health.process.oom-chosen']),
  ...rated(atLeast(CRITICAL), ['health.kernel.oops', 'health.thermal.critical']),
  ...rated(atLeast(ERROR), [
    'health.memory.exhausted',
    'health.process.crashed',
    'health.kernel.stalled',
    'health.conntrack.full',
    'health.storage.read-only',
    'wifi.driver.crashed',
    'wifi.radio.no-channel',
    'wifi.radio.setup-failed',
    'wifi.config.invalid',
    'wan.interface.setup-failed',
    'lan.dns.failed',
    'health.service.crash-looping',
    'health.firmware.upgrade-failed',
    'lan.lease.pool-exhausted',
    'wan.vpn.fault',
    'wan.vpn.config-invalid',
    'wan.ppp.config-invalid',
    'wan.modem.creation-failed',
    'wan.modem.sim-failed',
    'lan.dhcp.failed',
  ]),
  ...rated(always(WARNING), ['security.login.failed', 'health.clock.source-failed', 'health.reboot.requested']),
  ...rated(atLeast(WARNING), [
    'security.network.syn-flood',
    'security.dns.rebind-detected',
    'health.watchdog.reset',
    'health.service.unresponsive',
    'health.clock.unsynchronized',
    'health.job.failed',
    'health.package.failed',
    'health.storage.error',
    'security.blocklist.failed',
    'security.address.suspected',
    'health.thermal.throttled',
    'health.log.send-failed',
    'wifi.client.auth-failed',
    'wifi.radius.unreachable',
    'wan.interface.connection-lost',
    'wan.interface.link-lost',
    'wan.lease.lost',
    'wan.dns.upstream-failed',
    'lan.dhcp.server-conflict',
    'lan.bridge.loop-suspected',
    'wan.ppp.discovery-failed',
    'wan.ppp.auth-failed',
    'wan.ppp.echo-lost',
    'wan.ppp.link-lost',
    'wan.ppp.negotiation-failed',
    'wan.ppp.fault',
    'wan.uplink.offline',
    'wan.uplink.route-failed',
    'wan.vpn.auth-failed',
    'wan.vpn.negotiation-failed',
    'wan.vpn.peer-silent',
    'wan.vpn.certificate-refused',
    'wan.vpn.packet-refused',
    'wan.vpn.resolve-failed',
    'wan.modem.port-lost',
    'wan.modem.dial-failed',
    'wan.dns.validation-failed',
    'lan.port-mapping.refused',
    'lan.lease6.refused',
    'lan.dhcp.script-failed',
  ]),
  ...rated(always(NOTICE), [
    'wifi.radio.radar-detected',
    'security.address.blocked',
    'health.clock.set',
    'health.firmware.upgrade-started',
  ]),
  // The kernel and its drivers log by habit: faults as `info`, chatter as `warning`.
  ...rated(atLeast(ERROR), ['health.neighbour-table.full', 'health.storage.bad-block']),
  ...rated(atLeast(WARNING), [
    'health.kernel.fault',
    'health.kernel.warning',
    'health.driver.fault',
    'health.storage.recovered',
    'lan.port.transmit-timeout',
    'lan.port.receive-error',
    'wifi.driver.timeout',
    'wifi.driver.fault',
    'wifi.daemon.fault',
    'wifi.mesh.join-failed',
    'wifi.mesh.authentication-failed',
    'wifi.radio.countermeasures-changed',
    'wifi.uplink.handshake-failed',
    'wifi.uplink.eap-failed',
    'wifi.uplink.certificate-refused',
    'wifi.uplink.network-disabled',
    'wifi.steering.peer-lost',
    'wifi.steering.fault',
  ]),
  ...rated(always(NOTICE), ['health.kernel.rebooting', 'wifi.driver.restarted', 'wifi.driver.radar-reported']),
  ...rated(routine, [
    'health.boot.machine',
    'health.boot.memory',
    'health.boot.command-line',
    'health.driver.registered',
    'health.storage.attached',
    'health.storage.partition-found',
    'health.storage.flash-condition',
    'health.storage.flash-wear',
    'health.watchdog.started',
    'lan.device.promiscuous-changed',
    'lan.device.allmulticast-changed',
    'lan.device.renamed',
    'lan.device.link-changed',
    'lan.port.link-up',
    'security.packet.traced',
    'wifi.driver.firmware-loaded',
    'wifi.uplink.connected',
    'wifi.uplink.scan-started',
    'wifi.uplink.scan-completed',
    'lan.lease6.requested',
    'lan.lease6.granted',
    'lan.lease6.released',
    'lan.dhcp.stopped',
    'lan.ra.sent',
    'lan.ra.received',
    'lan.ra.prefix-renewed',
    'wan.vpn.established',
    'wan.ppp.auth-succeeded',
    'wan.uplink.online',
  ]),
  // Old firmwares' scripts log all that they say at `emerg`.
  ...rated(atMost(ERROR), ['health.daemon.fault']),
  ['health.service.output', (severity, { isFault }) => (isFault === true ? WARNING : routine(severity, {}))],
  // A firewall that does its work; the kernel's LOG target claims `warning` unless told otherwise.
  [
    'security.packet.rejected',
    (severity, { verdict }) => (verdict === 'accept' ? INFO : Math.max(severity ?? 0, NOTICE)),
  ],
  ...rated(routine, [
    'security.login.succeeded',
    'security.session.opened',
    'security.session.closed',
    'health.boot.started',
    'health.boot.step',
    'health.boot.completed',
    'health.daemon.started',
    'health.daemon.stopped',
    'health.job.started',
    'health.clock.synchronized',
    'health.clock.jump-noticed',
    'health.log.started',
    'health.log.stopped',
    'health.log.repeated',
    'health.package.installed',
    'health.package.upgraded',
    'health.package.removed',
    'health.firmware.upgrade-step',
    'security.firewall.reloaded',
    'security.blocklist.loaded',
    'security.address.allowed',
    'health.log.connected',
    'health.memory.report',
    'health.storage.mounted',
    'lan.lease.discover',
    'lan.lease.offered',
    'lan.lease.requested',
    'lan.lease.acked',
    'lan.lease.released',
    'lan.lease.informed',
    'lan.dns.query',
    'lan.dns.forwarded',
    'lan.dns.answered',
    'wifi.client.connected',
    'wifi.client.disconnected',
    'wan.interface.up',
    'wan.device.link-up',
    'wan.lease.obtained',
  ]),
]);

/**
 * The severity of an event by its meaning, 0 (emergency) to 7 (debug); the line's own where nothing else is known, null
 * where the line has none either. Chatter (types that end in `.note`) is never graver than `notice`.
 */
export function effectiveSeverityOf(
  type: EventType,
  fields: Readonly<Record<string, unknown>> | null,
  severity: number | null,
): number | null {
  const rating = RATINGS.get(type) ?? (type.endsWith('.note') ? routine : undefined);
  return rating === undefined ? severity : rating(severity, fields ?? {});
}
