/** Who asked for which change. */
import type { DataSource } from 'typeorm';
import type { Cursor, Page } from '../domain/pages.js';
import { pageOf } from '../domain/pages.js';
import { AuditEntity } from '../entities/audit.entity.js';
import { storableText } from '../shell/sql-text.js';

export interface AuditEntry {
  happenedAt: string;
  userName: string;
  address: string | null;
  operation: string;
  target: string;
  outcome: number;
  detail: Record<string, unknown>;
}

export type AuditItem = AuditEntry & { id: string };

export class AuditStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  async write(entry: AuditEntry): Promise<void> {
    const { happenedAt, userName, address, operation, target, outcome, detail } = entry;
    await this.#source.query(
      `INSERT INTO audit (happened_at, user_name, address, operation, target, outcome, detail)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        happenedAt,
        storableText(userName),
        address,
        storableText(operation),
        storableText(target),
        outcome,
        JSON.stringify(detail),
      ],
    );
  }

  /** Newest first. */
  async list(
    filter: { userName?: string | undefined },
    limit: number,
    cursor: Cursor | null,
  ): Promise<Page<AuditItem>> {
    const query = this.#source.getRepository(AuditEntity).createQueryBuilder('a');
    if (filter.userName !== undefined) query.andWhere('a.userName = :userName', { userName: filter.userName });
    if (cursor) query.andWhere('a.id < :id', { id: cursor.id });
    const found = await query
      .orderBy('a.id', 'DESC')
      .limit(limit + 1)
      .getMany();
    return pageOf(found, limit, (item) => ({ at: item.happenedAt, id: item.id }));
  }
}
