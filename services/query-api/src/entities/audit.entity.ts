import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { jsonTextColumn } from './columns.js';

/** Who asked for what change, and how it ended. The one table that is not rebuilt from streams. */
@Entity('audit')
export class AuditEntity {
  @PrimaryGeneratedColumn({ type: 'bigint' })
  id!: string;

  /** ISO 8601 with microseconds. */
  @Column({ name: 'happened_at', type: 'text' })
  happenedAt!: string;

  @Column({ name: 'user_name', type: 'text' })
  userName!: string;

  @Column({ type: 'text', nullable: true })
  address!: string | null;

  /** `action.approve`, `device.change`, `user.create`, `auth.login`, ... */
  @Column({ type: 'text' })
  operation!: string;

  @Column({ type: 'text' })
  target!: string;

  /** HTTP status of the answer. */
  @Column({ type: 'integer' })
  outcome!: number;

  /** What was asked for, without secrets. */
  @Column(jsonTextColumn)
  detail!: Record<string, unknown>;
}
