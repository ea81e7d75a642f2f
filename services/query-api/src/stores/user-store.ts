/** Users, rules and playbooks as OPMAS_CONFIG has them now. */
import type { DataSource } from 'typeorm';
import type { DocumentItem, UserItem } from '../domain/projections/config.js';
import { PlaybookEntity, RuleEntity } from '../entities/document.entity.js';
import { UserEntity } from '../entities/user.entity.js';

export class UserStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  async byName(userName: string): Promise<UserItem | null> {
    return (await this.#source.getRepository(UserEntity).findOneBy({ id: userName }))?.body ?? null;
  }

  async all(): Promise<UserItem[]> {
    const rows = await this.#source.getRepository(UserEntity).find({ order: { id: 'ASC' } });
    return rows.map((row) => row.body);
  }
}

export class DocumentStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  async rules(): Promise<DocumentItem[]> {
    return (await this.#source.getRepository(RuleEntity).find({ order: { id: 'ASC' } })).map((row) => row.body);
  }

  async playbooks(): Promise<DocumentItem[]> {
    return (await this.#source.getRepository(PlaybookEntity).find({ order: { id: 'ASC' } })).map((row) => row.body);
  }
}
