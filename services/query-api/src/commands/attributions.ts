/** Decisions whose the lines of a sender are that the parser left without a device. */
import type { ConfigFact, Device, SenderBinding } from '@opmas/contracts';
import { deviceIdOf, formatInstant, shardOf } from '@opmas/contracts';
import { Problem, notFound } from '../http/problem.js';
import type { UnattributedStore } from '../stores/unattributed-store.js';
import type { ConfigWriter } from './config-writer.js';

/** A sender as the parser names it. */
export interface SenderName {
  key: string;
  peer: string;
}

/** `anyAddress`: the decision holds for the key wherever its lines come from. */
export type SenderDecision =
  | { decision: 'bind'; deviceId: string; anyAddress: boolean }
  | { decision: 'new' | 'ignore'; name?: string | undefined; anyAddress: boolean }
  | { decision: 'undo' };

export class Attributions {
  readonly #writer: ConfigWriter;
  readonly #store: UnattributedStore;
  readonly #shards: number;

  constructor(writer: ConfigWriter, store: UnattributedStore, shards: number) {
    this.#writer = writer;
    this.#store = store;
    this.#shards = shards;
  }

  async decide(sender: SenderName, decision: SenderDecision): Promise<void> {
    const known = await this.#store.one(sender.key, sender.peer);
    if (known === null) throw notFound('unattributed sender', `${sender.key} at ${sender.peer}`);
    if (decision.decision === 'undo') {
      if (known.decision === null)
        throw new Problem(409, 'not-decided', `Nothing was decided of "${sender.key}" at ${sender.peer}.`);
      await this.#unbind(sender.key, known.decision.peer, null);
      return;
    }
    const peer = decision.anyAddress ? null : sender.peer;
    const deviceId =
      decision.decision === 'bind'
        ? await this.#bind(sender.key, peer, decision.deviceId)
        : await this.#make(sender, peer, decision);
    await this.#unbind(sender.key, peer, deviceId);
  }

  async #bind(key: string, peer: string | null, deviceId: string): Promise<string> {
    await this.#writer.change('device', deviceId, ({ current, envelope }) => {
      const device = deviceOf(current);
      if (device === null) throw notFound('device', deviceId);
      const data: Device = { ...device, bindings: [...bindingsBut(device, key, peer), { key, peer }] };
      return { ...envelope, type: 'opmas.config.device.changed', data };
    });
    return deviceId;
  }

  /** A device without keys of its own, known by this binding alone. */
  async #make(
    { key, peer }: SenderName,
    boundPeer: string | null,
    { decision, name }: { decision: 'new' | 'ignore'; name?: string | undefined },
  ): Promise<string> {
    const firstRecordId = (await this.#store.firstEventId(key, peer))!;
    const deviceId = deviceIdOf(`${peer} ${key}`, firstRecordId);
    await this.#writer.change('device', deviceId, ({ current, envelope }) => {
      const before = deviceOf(current) ?? {
        deviceId,
        name: `${key.slice(key.indexOf(':') + 1)} at ${peer}`,
        shard: shardOf(key, this.#shards),
        keys: [],
        firstRecordId,
        discoveredAt: formatInstant(Date.now() * 1000),
        timeZone: null,
        labels: {},
        ssh: null,
      };
      const data: Device = {
        ...before,
        name: name ?? before.name,
        bindings: [{ key, peer: boundPeer }],
        status: decision === 'new' ? 'adopted' : 'ignored',
      };
      return { ...envelope, type: 'opmas.config.device.changed', data };
    });
    return deviceId;
  }

  /** Takes the binding from whoever has it but `keeper`. */
  async #unbind(key: string, peer: string | null, keeper: string | null): Promise<void> {
    for (const deviceId of await this.#store.boundDevices(key, peer)) {
      if (deviceId === keeper) continue;
      await this.#writer.change('device', deviceId, ({ current, envelope }) => {
        const device = deviceOf(current);
        if (device === null) throw notFound('device', deviceId);
        const data: Device = { ...device, bindings: bindingsBut(device, key, peer) };
        return { ...envelope, type: 'opmas.config.device.changed', data };
      });
    }
  }
}

function deviceOf(fact: ConfigFact | null): Device | null {
  const isDevice = fact?.type === 'opmas.config.device.discovered' || fact?.type === 'opmas.config.device.changed';
  return isDevice ? fact.data : null;
}

function bindingsBut({ bindings }: Device, key: string, peer: string | null): SenderBinding[] {
  return (bindings ?? []).filter((one) => one.key !== key || one.peer !== peer);
}
