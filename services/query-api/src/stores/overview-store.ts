/** What the first page shows, gathered at most once a second however many look at it. */
import type { FindingSeverity } from '@opmas/contracts';
import type { DataSource } from 'typeorm';
import type { OpenFindings } from '../domain/device-health.js';
import { noFindings } from '../domain/device-health.js';
import type { Bucket } from '../domain/histogram.js';
import type { Rates } from '../live/rates.js';
import type { ActionStore } from './action-store.js';
import type { DeviceStore, HealthCounts } from './device-store.js';
import type { EventStore } from './event-store.js';
import type { Pipeline, StageInfo } from './pipeline.js';

export interface Overview {
  eventsPerSecond: number;
  /** Events projected since the read model was made. */
  linesTotal: number;
  events24h: number;
  openFindings: OpenFindings;
  devices: HealthCounts;
  pendingActions: number;
  /** The last hour, minute by minute. */
  rate: Bucket[];
  topDevices: { deviceId: string; name: string; count: number }[];
  topTypes: { type: string; count: number }[];
  pipeline: StageInfo[];
}

const CACHE_MS = 900;
/** What sums up a whole day changes slowly. */
const DAY_CACHE_MS = 15_000;
const TOP = 8;
const HOUR_MICROS = 3600e6;

export interface OverviewPorts {
  source: DataSource;
  events: EventStore;
  actions: ActionStore;
  devices: DeviceStore;
  rates: Rates;
  pipeline: Pipeline;
}

type DaySummary = Pick<Overview, 'events24h' | 'topDevices' | 'topTypes'>;

/** Answers the same promise until it is too old. */
function cached<T>(lifeMs: number, make: () => Promise<T>): () => Promise<T> {
  let at = -Infinity;
  let value: Promise<T> | null = null;
  return () => {
    if (value !== null && performance.now() - at < lifeMs) return value;
    at = performance.now();
    value = make();
    value.catch(() => (value = null));
    return value;
  };
}

export class OverviewStore {
  readonly #ports: OverviewPorts;
  readonly #day: () => Promise<DaySummary>;
  readonly read: () => Promise<Overview>;

  constructor(ports: OverviewPorts) {
    this.#ports = ports;
    this.#day = cached(DAY_CACHE_MS, () => this.#readDay());
    this.read = cached(CACHE_MS, () => this.#read());
  }

  async #read(): Promise<Overview> {
    const { events, actions, devices, rates, pipeline } = this.#ports;
    const to = Math.ceil(Date.now() / 60_000) * 60e6;
    const [eventsPerSecond, linesTotal, openFindings, health, pendingActions, rate, day, stages] = await Promise.all([
      rates.eventsPerSecond(),
      this.#linesTotal(),
      this.#openFindings(),
      devices.healthCounts(),
      actions.pendingCount(),
      events.histogram({ from: to - HOUR_MICROS, to }, 60),
      this.#day(),
      pipeline.stages(),
    ]);
    return {
      eventsPerSecond,
      linesTotal,
      openFindings,
      devices: health,
      pendingActions,
      rate: rate.buckets,
      ...day,
      pipeline: stages,
    };
  }

  async #linesTotal(): Promise<number> {
    const rows: { rows_total: string }[] = await this.#ports.source.query(
      "SELECT rows_total FROM projection_positions WHERE name = 'events'",
    );
    return Number(rows[0]?.rows_total ?? 0);
  }

  async #openFindings(): Promise<OpenFindings> {
    const rows: { severity: FindingSeverity; count: string }[] = await this.#ports.source.query(
      "SELECT severity, count(*) AS count FROM findings WHERE status = 'open' GROUP BY 1",
    );
    const open = noFindings();
    for (const { severity, count } of rows) open[severity] = Number(count);
    return open;
  }

  async #readDay(): Promise<DaySummary> {
    const { source, devices } = this.#ports;
    const since = new Date(Date.now() - 86_400_000);
    const top = (column: string): Promise<{ value: string; count: string }[]> =>
      source.query(
        `SELECT ${column} AS value, sum(count) AS count FROM event_counts WHERE minute >= $1 AND ${column} <> ''
         GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${TOP}`,
        [since],
      );
    const [total, byDevice, byType] = await Promise.all([
      source.query<{ count: string | null }[]>('SELECT sum(count) AS count FROM event_counts WHERE minute >= $1', [
        since,
      ]),
      top('device_id'),
      top('type'),
    ]);
    const names = await devices.names(byDevice.map((row) => row.value));
    return {
      events24h: Number(total[0]?.count ?? 0),
      topDevices: byDevice.map(({ value, count }) => ({
        deviceId: value,
        name: names.get(value) ?? value,
        count: Number(count),
      })),
      topTypes: byType.map(({ value, count }) => ({ type: value, count: Number(count) })),
    };
  }
}
