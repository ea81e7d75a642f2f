/** What an owner holds of a shard, and how it is won back after a crash, a hand-over or a server that lost its last minute. */
import type { StreamPosition } from '@opmas/contracts';
import type { ShardFold } from '../fold/index.js';
import type { Bus } from '../nats/bus.js';
import { messageAt } from '../nats/stored-message.js';
import type { Log } from '../telemetry/log.js';
import { unitIdOf } from './frame-message.js';
import type { OutputSubject } from './output-subject.js';
import type { Progress } from './progress.js';
import { covers } from './progress.js';
import type { Snapshot, SnapshotStore } from './snapshot-store.js';

export interface ShardMemory<State> {
  state: State;
  position: StreamPosition;
  progress: Progress;
  clockMs: number;
  configSequence: number;
}

export interface Restored<State> {
  memory: ShardMemory<State>;
  from: 'snapshot' | 'start';
}

function isUsable(snapshot: Snapshot, outputs: Map<string, OutputSubject>): boolean {
  return [...outputs].every(([subject, output]) => output.isConsistentWith(snapshot.outputs[subject] ?? {}));
}

async function restoreFrom<State>(
  fold: ShardFold<State>,
  shard: number,
  store: SnapshotStore,
  snapshot: Snapshot,
): Promise<ShardMemory<State>> {
  const chunks = await store.read(snapshot);
  if (!chunks) throw new Error('a chunk is missing or was changed');
  return {
    state: fold.restore(shard, chunks),
    position: snapshot.position,
    progress: { ...snapshot.progress },
    clockMs: snapshot.clockMs,
    configSequence: snapshot.configSequence,
  };
}

/** The newest snapshot that is whole, of this version, and not ahead of any output; else an empty state. */
export async function restoreShard<State>(
  fold: ShardFold<State>,
  shard: number,
  store: SnapshotStore,
  outputs: Map<string, OutputSubject>,
  log: Log,
): Promise<Restored<State>> {
  for (const snapshot of store.snapshots) {
    if (snapshot.version !== fold.snapshotVersion || !isUsable(snapshot, outputs)) {
      log.warn(
        { shard, snapshot: snapshot.id, version: snapshot.version },
        'a snapshot does not fit, going to the one before it',
      );
      continue;
    }
    try {
      const memory = await restoreFrom(fold, shard, store, snapshot);
      for (const [subject, output] of outputs) output.claim(snapshot.outputs[subject] ?? {});
      return { memory, from: 'snapshot' };
    } catch (error) {
      log.warn({ shard, snapshot: snapshot.id, err: error }, 'a snapshot cannot be read, going to the one before it');
    }
  }
  if (store.snapshots.length > 0)
    log.warn({ shard }, 'no snapshot fits: the state is folded again from the start of the stream');
  for (const output of outputs.values()) output.claim({});
  return {
    memory: {
      state: fold.initialState(shard),
      position: { sequence: 0, frameId: '' },
      progress: {},
      clockMs: 0,
      configSequence: 0,
    },
    from: 'start',
  };
}

async function nextAfter(bus: Bus, stream: string, position: StreamPosition): Promise<number | null> {
  const stored = await messageAt(bus, stream, position.sequence);
  if (stored) return unitIdOf(stored) === position.frameId ? position.sequence + 1 : null;
  const { state } = await bus.jsm.streams.info(stream);
  return state.first_seq > position.sequence && state.last_seq >= position.sequence ? state.first_seq : null;
}

/**
 * The sequence to read on from: behind the memory's position where the stream still agrees with it, else behind the last
 * older position that agrees, else the stream's start. What is read twice by that is known by its number.
 */
export async function resumeSequence(
  bus: Bus,
  stream: string,
  memory: Pick<ShardMemory<unknown>, 'position' | 'progress'>,
  snapshots: readonly Snapshot[],
): Promise<{ sequence: number; wentBack: boolean }> {
  if (memory.position.sequence === 0) return { sequence: 1, wentBack: false };
  const next = await nextAfter(bus, stream, memory.position);
  if (next !== null) return { sequence: next, wentBack: false };
  for (const snapshot of snapshots) {
    if (!covers(memory.progress, snapshot.progress) || snapshot.position.sequence === 0) continue;
    const older = await nextAfter(bus, stream, snapshot.position);
    if (older !== null) return { sequence: older, wentBack: true };
  }
  return { sequence: 1, wentBack: true };
}
