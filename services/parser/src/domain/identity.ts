/** Which device a sender key belongs to: bound by configuration, else the key registers a device of its own, up to a cap. */
import { deviceIdOf, factIdOf } from '@opmas/contracts';
import type { ConfigFactOf, Device } from '@opmas/contracts';
import { ConnectionLedger } from './connections.js';
import type { ConnectionSnapshot } from './connections.js';

export type DeviceFact = ConfigFactOf<'opmas.config.device.discovered'> | ConfigFactOf<'opmas.config.device.changed'>;

/** What the parser keeps of a device. */
export interface KnownDevice {
  deviceId: string;
  status: Device['status'];
  timeZone: string | null;
  keys: readonly string[];
  connections: ConnectionLedger;
}

export type DeviceSnapshot = Omit<KnownDevice, 'connections'> & { connections: ConnectionSnapshot };

/** What a raw record and its header say about a sender that nobody has seen before. */
export interface FirstSight {
  key: string;
  recordId: string;
  receivedAt: string;
  hostname: string | null;
  peer: string;
  shard: number;
}

/** The devices of one shard by their sender keys. */
export class DeviceRegister {
  readonly #byKey = new Map<string, KnownDevice>();
  readonly #byId = new Map<string, KnownDevice>();
  #unknownCount = 0;

  /** Devices that registered themselves and that nobody has adopted or set aside yet. */
  get unknownCount(): number {
    return this.#unknownCount;
  }

  get size(): number {
    return this.#byId.size;
  }

  find(key: string): KnownDevice | undefined {
    return this.#byKey.get(key);
  }

  /** Registers the key's device, or answers null where `maxUnknown` devices wait for somebody's decision already. */
  discover(sight: FirstSight, maxUnknown: number): { device: KnownDevice; fact: DeviceFact } | null {
    if (this.#unknownCount >= maxUnknown) return null;
    const deviceId = deviceIdOf(sight.key, sight.recordId);
    const device = this.#put({ deviceId, status: 'discovered', timeZone: null, keys: [sight.key] });
    return { device, fact: discoveredFact(deviceId, sight) };
  }

  /**
   * Takes a device's current value from the configuration. A device of another shard matters only where it has taken a
   * key from this one: late lines there are still its own.
   */
  apply(device: Device, shard: number): void {
    const isOurs = device.shard === shard || this.#byId.has(device.deviceId);
    const keys = isOurs ? device.keys : device.keys.filter((key) => this.#byKey.has(key));
    if (keys.length === 0) return;
    this.#put({ deviceId: device.deviceId, status: device.status, timeZone: device.timeZone, keys });
  }

  #put(value: Omit<KnownDevice, 'connections'>): KnownDevice {
    const before = this.#byId.get(value.deviceId);
    if (before !== undefined) this.#forget(before);
    const device = { ...value, connections: before?.connections ?? new ConnectionLedger() };
    for (const key of device.keys) {
      const owner = this.#byKey.get(key);
      if (owner !== undefined) this.#lose(owner, key);
      this.#byKey.set(key, device);
    }
    this.#byId.set(device.deviceId, device);
    if (device.status === 'discovered') this.#unknownCount++;
    return device;
  }

  #forget(device: KnownDevice): void {
    for (const key of device.keys) this.#byKey.delete(key);
    this.#byId.delete(device.deviceId);
    if (device.status === 'discovered') this.#unknownCount--;
  }

  /** Another device took a key over; one that has none left is gone from this shard. */
  #lose(owner: KnownDevice, key: string): void {
    const rest = { ...owner, keys: owner.keys.filter((other) => other !== key) };
    this.#forget(owner);
    if (rest.keys.length > 0) this.#put(rest);
  }

  /** In the order of their registration, which decides nothing but must survive a restore. */
  *snapshot(): Iterable<DeviceSnapshot> {
    for (const device of this.#byId.values()) yield { ...device, connections: device.connections.snapshot() };
  }

  restore({ connections, ...value }: DeviceSnapshot): void {
    const device = this.#put(value);
    device.connections = ConnectionLedger.restore(connections);
  }
}

const LONGEST_NAME = 255;

function discoveredFact(deviceId: string, sight: FirstSight): DeviceFact {
  return {
    specversion: '1.0',
    id: factIdOf(deviceId, 'discovered', 1),
    type: 'opmas.config.device.discovered',
    source: '/opmas/parser',
    subject: deviceId,
    time: sight.receivedAt,
    data: {
      deviceId,
      name: (sight.hostname ?? nameFromKey(sight)).slice(0, LONGEST_NAME),
      shard: sight.shard,
      keys: [sight.key],
      status: 'discovered',
      firstRecordId: sight.recordId,
      discoveredAt: sight.receivedAt,
      timeZone: null,
      labels: {},
      ssh: null,
    },
  };
}

/** `host:gw` and `tls:gw` name the device; an address names it where nothing else does. */
function nameFromKey({ key, peer }: FirstSight): string {
  const colon = key.indexOf(':');
  const named = key.startsWith('host:') || key.startsWith('tls:') ? key.slice(colon + 1) : '';
  return named || peer || key;
}
