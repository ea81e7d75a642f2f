/** Devices in Postgres: what OPMAS_CONFIG says, what their events say, and what their open findings say. */
import type { Device, FindingSeverity } from '@opmas/contracts';
import type { DataSource } from 'typeorm';
import type { DeviceHealth, OpenFindings } from '../domain/device-health.js';
import { DEVICE_HEALTHS, SILENT_AFTER_MS, deviceHealth, noFindings } from '../domain/device-health.js';
import type { Cursor, Page } from '../domain/pages.js';
import { pageOf } from '../domain/pages.js';
import { DeviceEntity } from '../entities/device.entity.js';
import { containing } from './event-filter.js';

export interface DeviceItem {
  id: string;
  name: string;
  status: Device['status'];
  keys: string[];
  shard: number;
  labels: Record<string, string>;
  timeZone: string | null;
  discoveredAt: string;
  health: DeviceHealth;
  firstSeenAt: string | null;
  lastSeenAt: string | null;
  eventsTotal: number;
  openFindings: OpenFindings;
  sshConfigured: boolean;
  /** Without the credential, which is sealed. */
  ssh: { host: string; port: number; user: string; hostKeys: string[] } | null;
}

export interface DeviceFilter {
  status?: Device['status'][] | undefined;
  /** In the name. */
  q?: string | undefined;
}

export type HealthCounts = Record<DeviceHealth, number> & { total: number };

export class DeviceStore {
  readonly #source: DataSource;
  readonly #now: () => number;

  /** `now` is the time up to which events are projected, in ms. */
  constructor(source: DataSource, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  /** By name. */
  async list(filter: DeviceFilter, limit: number, cursor: Cursor | null): Promise<Page<DeviceItem>> {
    const query = this.#source
      .getRepository(DeviceEntity)
      .createQueryBuilder('d')
      .leftJoinAndSelect('d.activity', 'activity');
    if (filter.status) query.andWhere('d.status IN (:...status)', { status: filter.status });
    if (filter.q !== undefined) query.andWhere('d.name ILIKE :q', { q: containing(filter.q) });
    if (cursor) query.andWhere('(d.name, d.id) > (:at, :id)', cursor);
    const found = await query
      .orderBy('d.name', 'ASC')
      .addOrderBy('d.id', 'ASC')
      .limit(limit + 1)
      .getMany();
    return pageOf(await this.#items(found), limit, (item) => ({ at: item.name, id: item.id }));
  }

  async byId(id: string): Promise<DeviceItem | null> {
    const found = await this.#source
      .getRepository(DeviceEntity)
      .findOne({ where: { id }, relations: { activity: true } });
    return found ? (await this.#items([found]))[0]! : null;
  }

  async names(ids: readonly string[]): Promise<Map<string, string>> {
    const rows: { id: string; name: string }[] = await this.#source.query(
      'SELECT id, name FROM devices WHERE id = ANY($1)',
      [ids],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  async #items(entities: readonly DeviceEntity[]): Promise<DeviceItem[]> {
    const open = await this.#openFindings(entities.map((entity) => entity.id));
    return entities.map((entity) => itemOf(entity, open.get(entity.id) ?? noFindings(), this.#now()));
  }

  async #openFindings(ids: readonly string[]): Promise<Map<string, OpenFindings>> {
    const rows: { device_id: string; severity: FindingSeverity; count: string }[] = await this.#source.query(
      `SELECT device_id, severity, count(*) AS count FROM findings
       WHERE status = 'open' AND device_id = ANY($1) GROUP BY 1, 2`,
      [ids],
    );
    const open = new Map<string, OpenFindings>();
    for (const row of rows) {
      const counts = open.get(row.device_id) ?? noFindings();
      counts[row.severity] = Number(row.count);
      open.set(row.device_id, counts);
    }
    return open;
  }

  /** The same rule as `deviceHealth`, over all devices at once. */
  async healthCounts(): Promise<HealthCounts> {
    const heardSince = new Date(this.#now() - SILENT_AFTER_MS);
    const rows: { health: DeviceHealth; count: string }[] = await this.#source.query(
      `SELECT CASE WHEN worst >= 2 THEN 'critical' WHEN worst = 1 THEN 'problem'
           WHEN last_seen_at IS NULL OR last_seen_at < $1 THEN 'unknown' ELSE 'ok' END AS health, count(*) AS count
       FROM devices d LEFT JOIN device_activity a ON a.device_id = d.id
       LEFT JOIN (SELECT device_id, max(CASE WHEN severity IN ('critical', 'high') THEN 2
           WHEN severity IN ('medium', 'low') THEN 1 ELSE 0 END) AS worst
         FROM findings WHERE status = 'open' GROUP BY 1) f ON f.device_id = d.id
       WHERE d.status <> 'ignored' GROUP BY 1`,
      [heardSince],
    );
    const counts = Object.fromEntries(DEVICE_HEALTHS.map((health) => [health, 0])) as HealthCounts;
    counts.total = 0;
    for (const row of rows) {
      counts[row.health] = Number(row.count);
      counts.total += Number(row.count);
    }
    return counts;
  }
}

function isoMicros(date: Date | null | undefined): string | null {
  return date ? date.toISOString().replace('Z', '000Z') : null;
}

function itemOf({ body, activity }: DeviceEntity, openFindings: OpenFindings, nowMs: number): DeviceItem {
  const { deviceId, name, status, keys, shard, labels, timeZone, discoveredAt, ssh } = body;
  return {
    id: deviceId,
    name,
    status,
    keys,
    shard,
    labels,
    timeZone,
    discoveredAt,
    health: deviceHealth(openFindings, activity?.lastSeenAt?.getTime() ?? null, nowMs),
    firstSeenAt: isoMicros(activity?.firstSeenAt),
    lastSeenAt: isoMicros(activity?.lastSeenAt),
    eventsTotal: activity?.eventsTotal ?? 0,
    openFindings,
    sshConfigured: ssh !== null,
    ssh: ssh === null ? null : { host: ssh.host, port: ssh.port, user: ssh.user, hostKeys: ssh.hostKeys },
  };
}
