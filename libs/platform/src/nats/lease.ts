/**
 * Leases in NATS KV, without TTL: a holder renews by `update` with its revision; a rival that has seen one revision
 * unchanged for a lease's time on its own clock takes it by `update`. Fair shares among live replicas. A lease only
 * spares work: what keeps a paused owner from writing is the fence of the subjects (see `FencedSubject`).
 */
import { StorageType } from 'nats';
import type { Log } from '../telemetry/log.js';
import type { Bus } from './bus.js';
import { FencedOut, publishFenced } from './fenced-subject.js';
import { lastMessage } from './stored-message.js';

const BUCKET = 'OPMAS_LEASES';
const STREAM = `KV_${BUCKET}`;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface LeaseOptions {
  bus: Bus;
  log: Log;
  /** Names the group of leases, e.g. `parser`. */
  stage: string;
  /** What is leased, e.g. the shards' numbers as text. */
  units: string[];
  instance: string;
  leaseMs: number;
  onGained(unit: string): void;
  /** Ends the work on the unit; a lease that is given up is released when this resolves. */
  onLost(unit: string): Promise<void>;
}

interface LeaseValue {
  owner: string | null;
  beat: number;
}

interface Held {
  revision: number;
  renewedAt: number;
}

interface Seen {
  revision: number;
  value: LeaseValue;
  /** On this process's clock: when the revision was first seen. */
  since: number;
}

export class LeaseKeeper {
  readonly #options: LeaseOptions;
  readonly #held = new Map<string, Held>();
  readonly #seen = new Map<string, Seen>();
  #beat = 0;
  #timer: NodeJS.Timeout | null = null;
  #ticking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Makes the bucket, takes what is free, and goes on renewing. */
  async start(): Promise<void> {
    await this.#options.bus.js.views.kv(BUCKET, { history: 1, storage: StorageType.File });
    await this.#tick();
    this.#schedule();
  }

  /** True while the lease was renewed less than its time ago, on this process's clock. */
  isHeld(unit: string): boolean {
    const held = this.#held.get(unit);
    return held !== undefined && performance.now() - held.renewedAt < this.#options.leaseMs;
  }

  heldUnits(): string[] {
    return [...this.#held.keys()];
  }

  /** Ends all work, then releases all leases, so that a rival need not wait. */
  async drain(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#ticking;
    await Promise.all([...this.#held.keys()].map((unit) => this.#giveUp(unit)));
    await this.#write(this.#replicaKey(), { owner: null, beat: ++this.#beat }).catch(() => undefined);
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(
      () => {
        this.#ticking = this.#tick()
          .catch((error: unknown) => {
            this.#options.log.warn({ err: error, stage: this.#options.stage }, 'renewing leases failed, trying again');
            return this.#dropExpired();
          })
          .finally(() => this.#schedule());
      },
      Math.max(100, this.#options.leaseMs / 3),
    );
  }

  #replicaKey(): string {
    return `${this.#options.stage}.replica.${this.#options.instance}`;
  }

  async #tick(): Promise<void> {
    if (this.#options.bus.isDown()) return this.#dropExpired();
    await this.#write(this.#replicaKey(), { owner: this.#options.instance, beat: ++this.#beat });
    await this.#renew();
    const alive = await this.#aliveReplicas();
    const share = Math.ceil(this.#options.units.length / Math.max(1, alive));
    for (const unit of [...this.#held.keys()].slice(share)) await this.#giveUp(unit);
    await this.#take(share);
  }

  async #renew(): Promise<void> {
    await Promise.all(
      [...this.#held].map(async ([unit, held]) => {
        try {
          const value = { owner: this.#options.instance, beat: this.#beat };
          held.revision = await this.#publish(`${this.#options.stage}.${unit}`, value, held.revision);
          held.renewedAt = performance.now();
        } catch (error) {
          if (error instanceof FencedOut) await this.#lose(unit, 'another replica holds it');
        }
      }),
    );
    await this.#dropExpired();
  }

  async #dropExpired(): Promise<void> {
    for (const unit of [...this.#held.keys()]) {
      if (!this.isHeld(unit)) await this.#lose(unit, 'it could not be renewed in time');
    }
  }

  async #aliveReplicas(): Promise<number> {
    const prefix = `$KV.${BUCKET}.${this.#options.stage}.replica.`;
    const { state } = await this.#options.bus.jsm.streams.info(STREAM, { subjects_filter: `${prefix}*` });
    let alive = 0;
    for (const subject of Object.keys(state.subjects ?? {})) {
      const seen = await this.#look(subject.slice(`$KV.${BUCKET}.`.length));
      if (seen?.value.owner != null && performance.now() - seen.since < this.#options.leaseMs) alive++;
    }
    return alive;
  }

  async #take(share: number): Promise<void> {
    for (const unit of this.#options.units) {
      if (this.#held.size >= share || this.#stopped) return;
      if (this.#held.has(unit)) continue;
      const key = `${this.#options.stage}.${unit}`;
      const seen = await this.#look(key);
      if (!this.#isFree(seen)) continue;
      try {
        const revision = await this.#publish(
          key,
          { owner: this.#options.instance, beat: this.#beat },
          seen?.revision ?? 0,
        );
        this.#held.set(unit, { revision, renewedAt: performance.now() });
        this.#options.onGained(unit);
      } catch (error) {
        if (!(error instanceof FencedOut)) throw error;
      }
    }
  }

  #isFree(seen: Seen | null): boolean {
    if (!seen || seen.value.owner === null || seen.value.owner === this.#options.instance) return true;
    return performance.now() - seen.since >= this.#options.leaseMs;
  }

  async #look(key: string): Promise<Seen | null> {
    const stored = await lastMessage(this.#options.bus, STREAM, `$KV.${BUCKET}.${key}`);
    if (!stored) return null;
    const before = this.#seen.get(key);
    if (before?.revision === stored.sequence) return before;
    const value = JSON.parse(decoder.decode(stored.data)) as LeaseValue;
    const seen = { revision: stored.sequence, value, since: performance.now() };
    this.#seen.set(key, seen);
    return seen;
  }

  async #lose(unit: string, reason: string): Promise<void> {
    this.#held.delete(unit);
    this.#options.log.warn({ stage: this.#options.stage, unit, reason }, 'lease lost');
    await this.#options.onLost(unit);
  }

  async #giveUp(unit: string): Promise<void> {
    await this.#options.onLost(unit);
    const held = this.#held.get(unit);
    this.#held.delete(unit);
    if (!held) return;
    await this.#publish(`${this.#options.stage}.${unit}`, { owner: null, beat: ++this.#beat }, held.revision).catch(
      () => undefined,
    );
  }

  async #publish(key: string, value: LeaseValue, expectedLastSequence: number): Promise<number> {
    const { sequence } = await publishFenced(this.#options.bus, {
      subject: `$KV.${BUCKET}.${key}`,
      id: `${key}:${this.#options.instance}:${process.pid}:${expectedLastSequence}:${value.owner === null ? 'free' : 'held'}:${value.beat}`,
      headers: {},
      data: encoder.encode(JSON.stringify(value)),
      expectedLastSequence,
    });
    return sequence;
  }

  async #write(key: string, value: LeaseValue): Promise<void> {
    await this.#options.bus.js.publish(`$KV.${BUCKET}.${key}`, encoder.encode(JSON.stringify(value)));
  }
}
