/** Actions in Postgres. */
import type { DataSource } from 'typeorm';
import type { Cursor, Page } from '../domain/pages.js';
import { pageOf } from '../domain/pages.js';
import type { ActionItem, ActionStatus } from '../domain/projections/action.js';
import { ActionEntity } from '../entities/action.entity.js';
import { ActionHistoryEntity } from '../entities/history.entity.js';

export interface ActionFilter {
  status?: ActionStatus[] | undefined;
  deviceId?: string[] | undefined;
  findingId?: string[] | undefined;
}

/** A piece of what the router answered. */
export interface OutputPiece {
  channel: string;
  text: string;
}

export class ActionStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  /** Newest proposals first. */
  async list(filter: ActionFilter, limit: number, cursor: Cursor | null): Promise<Page<ActionItem>> {
    const query = this.#source.getRepository(ActionEntity).createQueryBuilder('a');
    if (filter.status) query.andWhere('a.status IN (:...status)', { status: filter.status });
    if (filter.deviceId) query.andWhere('a.deviceId IN (:...deviceId)', { deviceId: filter.deviceId });
    if (filter.findingId) query.andWhere('a.findingId IN (:...findingId)', { findingId: filter.findingId });
    if (cursor) query.andWhere('(a.proposedAt, a.id) < (:at::timestamptz, :id)', cursor);
    const found = await query
      .orderBy('a.proposedAt', 'DESC')
      .addOrderBy('a.id', 'DESC')
      .limit(limit + 1)
      .getMany();
    return pageOf(
      found.map((row) => row.body),
      limit,
      (item) => ({ at: item.proposedAt, id: item.id }),
    );
  }

  async byId(id: string): Promise<ActionItem | null> {
    return (await this.#source.getRepository(ActionEntity).findOneBy({ id }))?.body ?? null;
  }

  pendingCount(): Promise<number> {
    return this.#source.getRepository(ActionEntity).countBy({ status: 'proposed' });
  }

  /** All facts in order, and what the router answered in order. */
  async life(id: string): Promise<{ history: unknown[]; output: OutputPiece[] }> {
    const rows = await this.#source.getRepository(ActionHistoryEntity).find({
      where: { kind: 'action', itemId: id },
      order: { sequence: 'ASC', line: 'ASC' },
    });
    const output = rows
      .filter((row) => row.type === 'opmas.action.output')
      .flatMap((row) => {
        const { channel, text } = (row.body as { data?: { channel?: unknown; text?: unknown } }).data ?? {};
        return typeof channel === 'string' && typeof text === 'string' ? [{ channel, text }] : [];
      });
    return { history: rows.map((row) => row.body), output };
  }
}
