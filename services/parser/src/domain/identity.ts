/**
 * Whose line it is: what a person bound, else the sender key's device, else a device that the key registers, up to a
 * cap. Where a key's lines cannot all be of one device they are left without one: nobody is guessed.
 */
import { deviceIdOf, factIdOf } from '@opmas/contracts';
import type {
  AttributionMethod,
  Confidence,
  ConfigFactOf,
  Device,
  RawRecord,
  SenderBinding,
  UnattributedReason,
} from '@opmas/contracts';
import { ConnectionLedger } from './connections.js';
import type { ConnectionSnapshot } from './connections.js';
import { DeviceClock } from './device-clock.js';
import type { ClockSnapshot } from './device-clock.js';
import type { Header } from './header/header.js';
import { SenderWatch } from './sender-watch.js';
import type { Sighting, WatchSnapshot, WatchVerdict } from './sender-watch.js';
import { deviceInstant, effectiveZone } from './time.js';

export type DeviceFact = ConfigFactOf<'opmas.config.device.discovered'> | ConfigFactOf<'opmas.config.device.changed'>;

/** How a line's device was told, or why it was not. */
export type Attribution =
  | { isAttributed: true; method: AttributionMethod; confidence: Confidence }
  | { isAttributed: false; reason: UnattributedReason; key: string; peer: string };

/** What the configuration says of a device, as far as the parser needs it. */
interface DeviceValue {
  deviceId: string;
  status: Device['status'];
  timeZone: string | null;
  keys: readonly string[];
  bindings: readonly SenderBinding[];
  tokens: readonly string[];
}

/** What the parser keeps of a device. */
export interface KnownDevice extends DeviceValue {
  connections: ConnectionLedger;
  clock: DeviceClock;
}

/** A key's device, and what its lines showed of who sends them. */
interface Sender {
  device: KnownDevice;
  watch: SenderWatch;
}

export type DeviceSnapshot = DeviceValue & {
  connections: ConnectionSnapshot;
  clock: ClockSnapshot;
  /** In the order of `keys`. */
  watches: WatchSnapshot[];
};

/** A raw record, and what its header says. */
export interface Sight {
  record: Pick<RawRecord, 'id' | 'key' | 'peer' | 'port' | 'transport' | 'receivedAt'>;
  receivedMicros: number;
  header: Pick<Header, 'hostname' | 'uptimeMicros' | 'time'>;
  shard: number;
  /** A line read long after it was written, or handed on by somebody: when it comes from where says nothing. */
  isForwarded: boolean;
}

export interface IdentityLimits {
  /** Devices of one shard that may wait for somebody's decision; lines of further senders carry no device. */
  maxUnknownDevices: number;
  /** See `ClockTrust`. */
  defaultTimeZone: string;
}

export interface Attributed {
  attribution: Attribution;
  device: KnownDevice | null;
  /** Where the line registered its device. */
  fact: DeviceFact | null;
}

const attributed = (method: AttributionMethod, confidence: Confidence): Attribution =>
  Object.freeze({ isAttributed: true, method, confidence });

const BY_BINDING = attributed('binding', 'high');
const BY_TLS = attributed('tls-subject', 'high');
const BY_TOKEN = attributed('token', 'high');
const BY_HOSTNAME = attributed('hostname', 'medium');
const BY_CONTESTED_HOSTNAME = attributed('hostname', 'low');
const BY_ADDRESS = attributed('address', 'low');

/** The devices of one shard by their sender keys, and the bindings of all shards. */
export class DeviceRegister {
  readonly #byKey = new Map<string, Sender>();
  readonly #byId = new Map<string, KnownDevice>();
  /** By `bindingName`. */
  readonly #bound = new Map<string, KnownDevice>();
  #unknownCount = 0;

  /** Devices that registered themselves and that nobody has adopted or set aside yet. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  get size(): number {
    return this.#byId.size;
  }

  find(key: string): KnownDevice | undefined {
    return this.#byKey.get(key)?.device;
  }

  /** Tells a line's device; a key that nobody knows registers one, unless too many wait for a decision already. */
  attribute(sight: Sight, limits: IdentityLimits): Attributed {
    const { key, peer } = sight.record;
    if (this.#bound.size > 0) {
      const bound = this.#bound.get(bindingName(key, peer)) ?? this.#bound.get(bindingName(key, null));
      if (bound !== undefined) return { attribution: BY_BINDING, device: bound, fact: null };
    }
    const known = this.#byKey.get(key);
    if (known !== undefined) return this.#attributeTo(known, sight, limits);
    if (this.#unknownCount >= limits.maxUnknownDevices) return unattributed('capped', key, peer);
    const { id, receivedAt } = sight.record;
    const deviceId = deviceIdOf(key, id);
    this.#put({ deviceId, status: 'discovered', timeZone: null, keys: [key], bindings: [], tokens: [] });
    return {
      ...this.#attributeTo(this.#byKey.get(key)!, sight, limits),
      fact: discoveredFact(deviceId, sight, receivedAt),
    };
  }

  #attributeTo({ device, watch }: Sender, sight: Sight, limits: IdentityLimits): Attributed {
    const { key, peer } = sight.record;
    if (key.startsWith('tls:')) return { attribution: BY_TLS, device, fact: null };
    if (device.tokens.includes(key)) return { attribution: BY_TOKEN, device, fact: null };
    const verdict = sight.isForwarded ? 'sole' : watch.take(sightingOf(sight, device, limits.defaultTimeZone));
    if (verdict === 'ambiguous') return unattributed('ambiguous', key, peer);
    return { attribution: byKey(key, verdict), device, fact: null };
  }

  /**
   * Takes a device's current value from the configuration. A device of another shard matters only where it has taken a
   * key from this one, late lines there being still its own, and by its bindings.
   */
  apply(device: Device, shard: number): void {
    const before = this.#byId.get(device.deviceId);
    const isOurs = device.shard === shard || before !== undefined;
    const keys = isOurs ? device.keys : device.keys.filter((key) => this.#byKey.has(key));
    const { deviceId, status, timeZone, bindings = [], tokens = [] } = device;
    if (keys.length > 0 || bindings.length > 0) {
      this.#put({ deviceId, status, timeZone, keys, bindings, tokens });
    } else if (before !== undefined) this.#forget(before);
    for (const { key } of bindings) this.#byKey.get(key)?.watch.settle();
  }

  #put(value: DeviceValue, kept?: Pick<KnownDevice, 'connections' | 'clock'>): void {
    const before = this.#byId.get(value.deviceId);
    const watches = new Map(before?.keys.map((key) => [key, this.#byKey.get(key)?.watch]));
    if (before !== undefined) this.#forget(before);
    const { clock, connections } = kept ?? before ?? { clock: new DeviceClock(), connections: new ConnectionLedger() };
    if (before !== undefined && before.timeZone !== value.timeZone) clock.forgetOffsets();
    const device: KnownDevice = { ...value, connections, clock };
    for (const key of device.keys) this.#take(key, { device, watch: watches.get(key) ?? new SenderWatch() });
    for (const { key, peer } of device.bindings) this.#bind(bindingName(key, peer), device);
    this.#byId.set(device.deviceId, device);
    if (device.status === 'discovered') this.#unknownCount++;
  }

  #take(key: string, sender: Sender): void {
    const owner = this.#byKey.get(key);
    if (owner !== undefined) this.#lose(owner.device, key);
    this.#byKey.set(key, sender);
  }

  #bind(name: string, device: KnownDevice): void {
    const owner = this.#bound.get(name);
    if (owner !== undefined) this.#unbind(owner, name);
    this.#bound.set(name, device);
  }

  #forget(device: KnownDevice): void {
    for (const key of device.keys) if (this.#byKey.get(key)?.device === device) this.#byKey.delete(key);
    for (const { key, peer } of device.bindings) {
      const name = bindingName(key, peer);
      if (this.#bound.get(name) === device) this.#bound.delete(name);
    }
    this.#byId.delete(device.deviceId);
    if (device.status === 'discovered') this.#unknownCount--;
  }

  /** Another device took a key over; one that has nothing left is gone from this shard. */
  #lose(owner: KnownDevice, key: string): void {
    this.#replace(owner, { keys: owner.keys.filter((other) => other !== key) });
  }

  #unbind(owner: KnownDevice, name: string): void {
    this.#replace(owner, { bindings: owner.bindings.filter(({ key, peer }) => bindingName(key, peer) !== name) });
  }

  #replace(owner: KnownDevice, change: Partial<Pick<DeviceValue, 'keys' | 'bindings'>>): void {
    const rest = { ...owner, ...change };
    if (rest.keys.length > 0 || rest.bindings.length > 0) this.#put(rest);
    else this.#forget(owner);
  }

  /** In the order of their registration, which decides nothing but must survive a restore. */
  *snapshot(): Iterable<DeviceSnapshot> {
    for (const device of this.#byId.values()) {
      const watches = device.keys.map((key) => (this.#byKey.get(key)?.watch ?? new SenderWatch()).snapshot());
      yield { ...device, connections: device.connections.snapshot(), clock: device.clock.snapshot(), watches };
    }
  }

  restore({ connections, clock, watches, ...value }: DeviceSnapshot): void {
    this.#put(value, { connections: ConnectionLedger.restore(connections), clock: DeviceClock.restore(clock) });
    value.keys.forEach((key, index) => {
      const device = this.#byId.get(value.deviceId)!;
      this.#byKey.set(key, { device, watch: new SenderWatch(watches[index]) });
    });
  }
}

/** An address holds no space. */
function bindingName(key: string, peer: string | null): string {
  return peer === null ? key : `${peer} ${key}`;
}

function unattributed(reason: UnattributedReason, key: string, peer: string): Attributed {
  return { attribution: { isAttributed: false, reason, key, peer }, device: null, fact: null };
}

function byKey(key: string, verdict: WatchVerdict): Attribution {
  if (!key.startsWith('host:')) return BY_ADDRESS;
  return verdict === 'sole' ? BY_HOSTNAME : BY_CONTESTED_HOSTNAME;
}

function sightingOf({ record, receivedMicros, header }: Sight, device: KnownDevice, defaultZone: string): Sighting {
  const { key, peer, port, transport } = record;
  const sighting = { key, peer, port, transport, receivedMicros, isAnotherKernel: false };
  const { uptimeMicros, time } = header;
  if (uptimeMicros === null) return sighting;
  const zone = effectiveZone(device.timeZone, defaultZone);
  const deviceMicros = time === null ? null : deviceInstant(time, receivedMicros, zone);
  sighting.isAnotherKernel = device.clock.boots.isAnotherKernel(uptimeMicros, receivedMicros, deviceMicros);
  return sighting;
}

const LONGEST_NAME = 255;

function discoveredFact(deviceId: string, { record, header, shard }: Sight, receivedAt: string): DeviceFact {
  return {
    specversion: '1.0',
    id: factIdOf(deviceId, 'discovered', 1),
    type: 'opmas.config.device.discovered',
    source: '/opmas/parser',
    subject: deviceId,
    time: receivedAt,
    data: {
      deviceId,
      name: (header.hostname ?? nameFromKey(record)).slice(0, LONGEST_NAME),
      shard,
      keys: [record.key],
      status: 'discovered',
      firstRecordId: record.id,
      discoveredAt: receivedAt,
      timeZone: null,
      labels: {},
      ssh: null,
    },
  };
}

/** `host:gw` and `tls:gw` name the device; an address names it where nothing else does. */
function nameFromKey({ key, peer }: Sight['record']): string {
  const colon = key.indexOf(':');
  const named = key.startsWith('host:') || key.startsWith('tls:') ? key.slice(colon + 1) : '';
  return named || peer || key;
}
