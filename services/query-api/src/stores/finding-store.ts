/** Findings in Postgres. */
import type { Domain, EventEnvelope, FindingSeverity } from '@opmas/contracts';
import { eventEnvelopeSchema } from '@opmas/contracts';
import type { DataSource } from 'typeorm';
import type { Cursor, Page } from '../domain/pages.js';
import { pageOf } from '../domain/pages.js';
import type { FindingItem } from '../domain/projections/finding.js';
import { FindingEntity } from '../entities/finding.entity.js';
import { FindingHistoryEntity } from '../entities/history.entity.js';
import { containing } from './event-filter.js';

export interface FindingFilter {
  status?: FindingItem['status'][] | undefined;
  severity?: FindingSeverity[] | undefined;
  domain?: Domain[] | undefined;
  ruleId?: string[] | undefined;
  deviceId?: string[] | undefined;
  /** In title, description and group. */
  q?: string | undefined;
}

const COLUMNS = {
  status: 'status',
  severity: 'severity',
  domain: 'domain',
  ruleId: 'ruleId',
  deviceId: 'deviceId',
} as const;

export class FindingStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  /** Newest first, by when they opened: that never changes, so that a page stays what it was. */
  async list(filter: FindingFilter, limit: number, cursor: Cursor | null): Promise<Page<FindingItem>> {
    const query = this.#source.getRepository(FindingEntity).createQueryBuilder('f');
    for (const [name, column] of Object.entries(COLUMNS)) {
      const values = filter[name as keyof typeof COLUMNS];
      if (values !== undefined) query.andWhere(`f.${column} IN (:...${name})`, { [name]: values });
    }
    if (filter.q !== undefined) query.andWhere('f.search LIKE :q', { q: containing(filter.q.toLowerCase()) });
    if (cursor) query.andWhere('(f.openedAt, f.id) < (:at::timestamptz, :id)', cursor);
    const found = await query
      .orderBy('f.openedAt', 'DESC')
      .addOrderBy('f.id', 'DESC')
      .limit(limit + 1)
      .getMany();
    return pageOf(
      found.map((row) => row.body),
      limit,
      (item) => ({ at: item.openedAt, id: item.id }),
    );
  }

  async byId(id: string): Promise<FindingItem | null> {
    return (await this.#source.getRepository(FindingEntity).findOneBy({ id }))?.body ?? null;
  }

  /** Every fact, in order, as it stands in the stream. */
  async history(id: string): Promise<unknown[]> {
    const rows = await this.#source.getRepository(FindingHistoryEntity).find({
      where: { kind: 'finding', itemId: id },
      order: { sequence: 'ASC', line: 'ASC' },
    });
    return rows.map((row) => row.body);
  }

  /** The events that the facts carry whole: they outlive `events`. By the time they were received. */
  async evidence(id: string): Promise<EventEnvelope[]> {
    const events = new Map<string, EventEnvelope>();
    for (const fact of await this.history(id)) {
      for (const event of evidenceOf(fact)) events.set(event.id, event);
    }
    return [...events.values()].sort((a, b) =>
      a.receivedAt < b.receivedAt ? -1 : a.receivedAt > b.receivedAt ? 1 : 0,
    );
  }
}

/** Events inside a fact; none where it has another shape. */
function evidenceOf(fact: unknown): EventEnvelope[] {
  const evidence = (fact as { data?: { evidence?: { first?: unknown; last?: unknown } } } | null)?.data?.evidence;
  return [evidence?.first, evidence?.last].flatMap((list) =>
    (Array.isArray(list) ? list : []).flatMap((value: unknown) => {
      const parsed = eventEnvelopeSchema.safeParse(value);
      return parsed.success ? [parsed.data] : [];
    }),
  );
}
