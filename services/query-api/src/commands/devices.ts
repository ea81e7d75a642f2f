/** Changes to devices that a person makes. */
import type { Device } from '@opmas/contracts';
import type { SecretBox } from '@opmas/platform';
import { notFound } from '../http/problem.js';
import type { ConfigWriter } from './config-writer.js';

export interface DeviceChange {
  name?: string | undefined;
  labels?: Record<string, string> | undefined;
  timeZone?: string | null | undefined;
  status?: Device['status'] | undefined;
}

/** How to reach a router; one of the two secrets. */
export interface SshAccess {
  host: string;
  port: number;
  user: string;
  hostKeys: string[];
  privateKey?: string | undefined;
  password?: string | undefined;
}

export class Devices {
  readonly #writer: ConfigWriter;
  readonly #secrets: SecretBox;

  constructor(writer: ConfigWriter, secrets: SecretBox) {
    this.#writer = writer;
    this.#secrets = secrets;
  }

  change(deviceId: string, change: DeviceChange): Promise<void> {
    return this.#rewrite(deviceId, (device) => ({
      ...device,
      name: change.name ?? device.name,
      labels: change.labels ?? device.labels,
      timeZone: change.timeZone === undefined ? device.timeZone : change.timeZone,
      status: change.status ?? device.status,
    }));
  }

  /** The credential is sealed before it leaves this process. */
  setSsh(deviceId: string, { host, port, user, hostKeys, privateKey, password }: SshAccess): Promise<void> {
    const secret = privateKey === undefined ? { password } : { privateKey };
    const credential = this.#secrets.seal(JSON.stringify(secret));
    return this.#rewrite(deviceId, (device) => ({ ...device, ssh: { host, port, user, hostKeys, credential } }));
  }

  #rewrite(deviceId: string, next: (device: Device) => Device): Promise<void> {
    return this.#writer.change('device', deviceId, ({ current, envelope }) => {
      if (current?.type !== 'opmas.config.device.discovered' && current?.type !== 'opmas.config.device.changed') {
        throw notFound('device', deviceId);
      }
      return { ...envelope, type: 'opmas.config.device.changed', data: next(current.data) };
    });
  }
}
