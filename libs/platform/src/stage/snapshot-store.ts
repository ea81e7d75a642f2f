/**
 * Snapshots of a shard's state in NATS KV: chunks under new names, and a pointer that moves by `update`. The newest
 * ones are kept (enough to reach behind a server that lost its last minute), and one every six hours.
 */
import type { StreamPosition } from '@opmas/contracts';
import { createHash } from 'node:crypto';
import { StorageType } from 'nats';
import { z } from 'zod';
import type { Bus } from '../nats/bus.js';
import { publishFenced } from '../nats/fenced-subject.js';
import { lastMessage } from '../nats/stored-message.js';

const BUCKET = 'OPMAS_SNAPSHOTS';
const STREAM = `KV_${BUCKET}`;
const SIX_HOURS_MS = 6 * 3600 * 1000;
const KEPT_MS = 7 * 24 * 3600 * 1000;
/** Newest snapshots that are kept whatever their age. */
const NEWEST_KEPT = 8;

const progressSchema = z.record(z.string(), z.number());

const snapshotSchema = z.object({
  id: z.string(),
  version: z.string(),
  /** The last input message that the state holds. */
  position: z.object({ sequence: z.number(), frameId: z.string() }),
  progress: progressSchema,
  /** Output subject → progress that was stored on it when the snapshot was taken. */
  outputs: z.record(z.string(), progressSchema),
  configSequence: z.number(),
  clockMs: z.number(),
  chunks: z.number(),
  digest: z.string(),
});

export type Snapshot = z.infer<typeof snapshotSchema>;

const pointerSchema = z.object({ snapshots: z.array(snapshotSchema) });

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function digestOf(chunks: readonly string[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk).update('\0');
  return hash.digest('hex');
}

/** Newest first: which snapshots stay. Of each six hours of the clock it is the oldest one, so that the choice is stable. */
export function keptSnapshots(snapshots: readonly Snapshot[], nowMs: number): Snapshot[] {
  const oldestOf = new Map<number, string>();
  for (const { clockMs, id } of snapshots) oldestOf.set(Math.floor(clockMs / SIX_HOURS_MS), id);
  return snapshots.filter(
    ({ clockMs, id }, index) =>
      index < NEWEST_KEPT || (nowMs - clockMs <= KEPT_MS && oldestOf.get(Math.floor(clockMs / SIX_HOURS_MS)) === id),
  );
}

export class SnapshotStore {
  readonly #bus: Bus;
  readonly #key: string;
  #snapshots: Snapshot[] = [];
  #revision = 0;

  private constructor(bus: Bus, stage: string, shard: number) {
    this.#bus = bus;
    this.#key = `${stage}.${shard}`;
  }

  static async open(bus: Bus, stage: string, shard: number): Promise<SnapshotStore> {
    await bus.js.views.kv(BUCKET, { history: 1, storage: StorageType.File });
    const store = new SnapshotStore(bus, stage, shard);
    await store.reload();
    return store;
  }

  /** Newest first. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  async reload(): Promise<void> {
    const stored = await lastMessage(this.#bus, STREAM, this.#subject('pointer'));
    this.#revision = stored?.sequence ?? 0;
    const pointer = stored ? pointerSchema.safeParse(JSON.parse(decoder.decode(stored.data))) : null;
    this.#snapshots = pointer?.success ? pointer.data.snapshots : [];
  }

  /** The chunks of a snapshot; null where one is missing or was changed. */
  async read(snapshot: Snapshot): Promise<string[] | null> {
    const chunks: string[] = [];
    for (let index = 0; index < snapshot.chunks; index++) {
      const stored = await lastMessage(this.#bus, STREAM, this.#subject(`${snapshot.id}.${index}`));
      if (!stored) return null;
      chunks.push(decoder.decode(stored.data));
    }
    return digestOf(chunks) === snapshot.digest ? chunks : null;
  }

  /** Stores the chunks, then moves the pointer; throws `FencedOut` where a newer owner moved it. */
  async save(
    about: {
      version: string;
      position: StreamPosition;
      progress: Record<string, number>;
      outputs: Record<string, Record<string, number>>;
      configSequence: number;
      clockMs: number;
    },
    chunks: readonly string[],
  ): Promise<void> {
    const digest = digestOf(chunks);
    const snapshot: Snapshot = {
      ...about,
      id: `${about.position.sequence}-${digest.slice(0, 12)}-${process.pid}`,
      chunks: chunks.length,
      digest,
    };
    for (const [index, chunk] of chunks.entries()) {
      await this.#bus.js.publish(this.#subject(`${snapshot.id}.${index}`), encoder.encode(chunk));
    }
    const kept = keptSnapshots([snapshot, ...this.#snapshots.filter(({ id }) => id !== snapshot.id)], about.clockMs);
    const dropped = this.#snapshots.filter(({ id }) => !kept.some((one) => one.id === id));
    const ack = await publishFenced(this.#bus, {
      subject: this.#subject('pointer'),
      id: `${this.#key}:${snapshot.id}:${this.#revision}`,
      headers: {},
      data: encoder.encode(JSON.stringify({ snapshots: kept })),
      expectedLastSequence: this.#revision,
    });
    this.#revision = ack.sequence;
    this.#snapshots = kept;
    for (const { id } of dropped) await this.#bus.jsm.streams.purge(STREAM, { filter: this.#subject(`${id}.*`) });
  }

  #subject(name: string): string {
    return `$KV.${BUCKET}.${this.#key}.${name}`;
  }
}
