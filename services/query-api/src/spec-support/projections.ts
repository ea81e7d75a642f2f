/** Projections over test servers, without Nest. */
import type { Bus } from '@opmas/platform';
import { Health, connectBus, createLog, createMetrics, ensureStreams } from '@opmas/platform';
import type { EventsFeed } from '../projections/events/projection.js';
import type { Projections } from '../projections/registry.js';
import { startProjections } from '../projections/registry.js';
import type { Database } from '../shell/database.js';
import { openDatabase } from '../shell/database.js';
import type { Signals } from '../signals.js';
import { createSignals } from '../signals.js';

export const quiet = createLog('test', process.env['LOG_LEVEL'] ?? 'fatal');

export function testSignals(): Signals {
  return createSignals({ log: quiet, metrics: createMetrics('test'), health: new Health() });
}

export async function connectTestBus(url: string): Promise<Bus> {
  const bus = await connectBus({ url, name: 'test', log: quiet });
  await ensureStreams(bus, { duplicateWindowMs: 1000 });
  return bus;
}

export function openTestDatabase(url: string): Promise<Database> {
  return openDatabase(url, testSignals(), () => true);
}

export const noFeed: EventsFeed = { isWanted: () => false, publish: () => undefined };

export function projectionsOver(
  bus: Bus,
  database: Database,
  over: { maxRows?: number; takeOverMs?: number } = {},
): Projections {
  return startProjections({
    bus,
    database,
    signals: testSignals(),
    maxRows: over.maxRows ?? 20_000,
    takeOverMs: over.takeOverMs ?? 1000,
    feed: noFeed,
    changed: () => undefined,
  });
}

/** Waits until `check` answers true; fails with `what` after `timeoutMs`. */
export async function eventually(what: string, check: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
