/** Every projection of this process, listed by hand, and their life. */
import { STREAM_NAMES } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import type { Signals } from '../signals.js';
import type { Database } from '../shell/database.js';
import type { EventsFeed } from './events/projection.js';
import { eventsProjection } from './events/projection.js';
import type { ChangedItem } from './facts/projection.js';
import { factsProjection } from './facts/projection.js';
import { Follower } from './follower.js';
import type { Projection } from './projection.js';

export interface ProjectionsOptions {
  bus: Bus;
  database: Database;
  signals: Signals;
  maxRows: number;
  takeOverMs: number;
  feed: EventsFeed;
  /** Items of FINDINGS, ACTIONS and CONFIG that a commit changed. */
  changed: (items: ChangedItem[]) => void;
}

export type ProjectionName = 'events' | 'findings' | 'actions' | 'config';

export class Projections {
  readonly #followers: ReadonlyMap<string, Follower>;

  constructor(followers: readonly Follower[]) {
    this.#followers = new Map(followers.map((follower) => [follower.projection.name, follower]));
  }

  /** Where each projection stands. */
  info(): { name: string; stream: string; sequence: number; pending: number; role: string }[] {
    return [...this.#followers.values()].map((follower) => ({
      name: follower.projection.name,
      stream: follower.projection.stream,
      ...follower.info(),
    }));
  }

  /** The time (ms) up to which events are projected: a projection that is behind makes no device silent. */
  eventsNow(): number {
    const info = this.#followers.get('events')?.info();
    return info && info.pending > 0 && info.timeMs !== null ? info.timeMs : Date.now();
  }

  /** Waits until what was written at `sequence` shows in the read model; false when that took too long. */
  reached(name: ProjectionName, sequence: number, timeoutMs = 3000): Promise<boolean> {
    return this.#followers.get(name)?.reached(sequence, timeoutMs) ?? Promise.resolve(false);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.stop()));
  }
}

export function startProjections(options: ProjectionsOptions): Projections {
  const { bus, database, signals, maxRows, takeOverMs, changed } = options;
  const all: Projection[] = [
    eventsProjection({ partitions: database.partitions, feed: options.feed, malformed: signals.malformedLines }),
    factsProjection({ name: 'findings', stream: STREAM_NAMES.findings, changed }),
    factsProjection({ name: 'actions', stream: STREAM_NAMES.actions, changed }),
    factsProjection({ name: 'config', stream: STREAM_NAMES.config, changed }),
  ];
  const followers = all.map(
    (projection) => new Follower(projection, { bus, pool: database.pool, signals, maxRows, takeOverMs }),
  );
  for (const follower of followers) follower.start();
  return new Projections(followers);
}
