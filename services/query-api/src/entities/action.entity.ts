import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ActionItem, ActionStatus } from '../domain/projections/action.js';
import { bigintColumn, instantColumn, jsonTextColumn } from './columns.js';

@Entity('actions')
export class ActionEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'device_id', type: 'text' })
  deviceId!: string;

  @Column({ name: 'finding_id', type: 'text', nullable: true })
  findingId!: string | null;

  @Column({ type: 'text' })
  status!: ActionStatus;

  @Column({ ...instantColumn, name: 'proposed_at' })
  proposedAt!: Date;

  @Column({ ...instantColumn, name: 'expires_at' })
  expiresAt!: Date;

  @Column(jsonTextColumn)
  body!: ActionItem;

  @Column(bigintColumn)
  sequence!: number;
}
