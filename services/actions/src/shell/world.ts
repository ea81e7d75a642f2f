/** Configuration as the workflow sees it: the newest of every playbook and device that was read so far. */
import type { ConfigFact, Device } from '@opmas/contracts';
import type { SecretBox } from '@opmas/platform';
import { z } from 'zod';
import { parseHostAddress } from '../domain/address.js';
import type { Catalogue } from '../domain/catalogue/action.js';
import type { Playbook } from '../domain/playbook.js';
import { parsePlaybook } from '../domain/playbook.js';
import type { World } from '../domain/workflow.js';
import type { Signals } from '../signals.js';
import type { SshTarget } from './ssh.js';

const credentialSchema = z.union([
  z.object({ privateKey: z.string().min(1) }).transform(({ privateKey }) => ({ privateKey })),
  z.object({ password: z.string().min(1) }).transform(({ password }) => ({ password })),
]);

export class ConfiguredWorld {
  readonly #devices = new Map<string, Device>();
  readonly #playbooks = new Map<string, Playbook>();
  readonly #catalogue: Catalogue;
  readonly #protectedAddresses: readonly string[];
  readonly #signals: Signals;

  constructor(options: { catalogue: Catalogue; protectedAddresses: readonly string[]; signals: Signals }) {
    this.#catalogue = options.catalogue;
    this.#protectedAddresses = options.protectedAddresses;
    this.#signals = options.signals;
  }

  /** A playbook that cannot be read, or is switched off, is as if it were not there; the others go on. */
  apply(fact: ConfigFact): void {
    if (fact.type === 'opmas.config.device.discovered' || fact.type === 'opmas.config.device.changed') {
      this.#devices.set(fact.data.deviceId, fact.data);
    } else if (fact.type === 'opmas.config.playbook.published') {
      this.#playbooks.delete(fact.data.id);
      if (!fact.data.enabled) return;
      const reading = parsePlaybook(`playbook ${fact.data.id}`, fact.data.source, this.#catalogue);
      if (reading.ok)
        this.#playbooks.set(fact.data.id, { ...reading.playbook, id: fact.data.id, version: fact.data.version });
      else this.#signals.playbookRefused(reading.faults);
    }
  }

  world(): World {
    return {
      playbooks: [...this.#playbooks.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
      catalogue: this.#catalogue,
      protectedAddresses: this.#protectedAddresses,
      device: (deviceId) => {
        const device = this.#devices.get(deviceId);
        if (!device) return null;
        const host = device.ssh === null ? null : parseHostAddress(device.ssh.host);
        return {
          deviceId,
          name: device.name,
          isIgnored: device.status === 'ignored',
          hasSsh: device.ssh !== null,
          address: host?.ok ? host.address : null,
        };
      },
    };
  }

  /** How to reach a device now; its credential is opened here and nowhere else. */
  target(deviceId: string, secrets: SecretBox): { ok: true; target: SshTarget } | { ok: false; reason: string } {
    const device = this.#devices.get(deviceId);
    if (!device) return { ok: false, reason: 'this device is not in the configuration' };
    if (!device.ssh) return { ok: false, reason: 'no SSH connection is configured for this device' };
    const { host, port, user, hostKeys, credential } = device.ssh;
    try {
      const opened = credentialSchema.parse(JSON.parse(secrets.open(credential)));
      return { ok: true, target: { host, port, user, hostKeys, credential: opened } };
    } catch {
      return { ok: false, reason: "the device's SSH credential cannot be opened with this deployment's key" };
    }
  }
}
