import type { Role } from '@opmas/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UserItem } from '../domain/projections/config.js';
import { bigintColumn, jsonTextColumn } from './columns.js';

@Entity('users')
export class UserEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  role!: Role;

  @Column({ type: 'boolean' })
  disabled!: boolean;

  /** Holds the sealed password hash. */
  @Column(jsonTextColumn)
  body!: UserItem;

  @Column(bigintColumn)
  sequence!: number;
}
