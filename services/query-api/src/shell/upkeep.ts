/** What must be done now and then: partitions ahead, old ones dropped, lag measured. */
import type { Projections } from '../projections/registry.js';
import type { Signals } from '../signals.js';
import type { Database } from './database.js';

const PARTITIONS_MS = 3600_000;
const LAG_MS = 2000;

export interface UpkeepPorts {
  database: Database;
  projections: Projections;
  signals: Signals;
}

/** Starts the timers; answers what ends them. */
export function startUpkeep(
  ports: UpkeepPorts,
  retention: { eventDays: number; countDays: number },
): () => Promise<void> {
  const { database, projections, signals } = ports;
  let running = Promise.resolve();
  const partitions = async (): Promise<void> => {
    try {
      await database.partitions.ensureAhead(database.pool, Date.now());
      const dropped = await database.partitions.dropOld(
        database.pool,
        Date.now(),
        retention.eventDays,
        retention.countDays,
      );
      if (dropped.length > 0) signals.partitionsDropped(dropped);
    } catch (error) {
      signals.upkeepFailed(error);
    }
  };
  const lag = (): void => {
    for (const { name, pending } of projections.info()) signals.projectionLag(name, pending);
  };
  running = partitions();
  const timers = [setInterval(() => void (running = partitions()), PARTITIONS_MS), setInterval(lag, LAG_MS)];
  for (const timer of timers) timer.unref();
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await running;
  };
}
