/** Committed changes made into what listeners get: whole REST items, each device at most four times a second. */
import type { ChangedItem } from '../projections/facts/projection.js';
import type { FindingItem } from '../domain/projections/finding.js';
import type { DeviceStore } from '../stores/device-store.js';
import type { LiveHub } from './hub.js';

const DEVICE_MS = 250;
/** In a catch-up thousands of devices change at once; who listens reads the list again. */
const MAX_DEVICES = 200;

export class LiveChanges {
  readonly #hub: LiveHub;
  readonly #devices: DeviceStore;
  readonly #changed = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(hub: LiveHub, devices: DeviceStore) {
    this.#hub = hub;
    this.#devices = devices;
    this.#timer = setInterval(() => void this.#flush(), DEVICE_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  add(items: readonly ChangedItem[]): void {
    if (!this.#hub.hasListeners()) return;
    for (const { kind, id, item } of items) {
      if (kind === 'finding') {
        this.#hub.publish({ channel: 'findings', item });
        const { deviceId } = item as FindingItem;
        if (deviceId !== null) this.#changed.add(deviceId);
      } else if (kind === 'action') this.#hub.publish({ channel: 'actions', item });
      else if (kind === 'device') this.#changed.add(id);
    }
  }

  async #flush(): Promise<void> {
    const ids = [...this.#changed].slice(0, MAX_DEVICES);
    this.#changed.clear();
    for (const id of ids) {
      const item = await this.#devices.byId(id).catch(() => null);
      if (item) this.#hub.publish({ channel: 'devices', item });
    }
  }
}
