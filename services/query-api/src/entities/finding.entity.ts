import type { FindingSeverity } from '@opmas/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { FindingItem } from '../domain/projections/finding.js';
import { bigintColumn, instantColumn, jsonTextColumn } from './columns.js';

@Entity('findings')
export class FindingEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'rule_id', type: 'text' })
  ruleId!: string;

  @Column({ type: 'text' })
  domain!: string;

  @Column({ type: 'text' })
  severity!: FindingSeverity;

  @Column({ type: 'text' })
  status!: FindingItem['status'];

  @Column({ name: 'device_id', type: 'text', nullable: true })
  deviceId!: string | null;

  @Column({ ...instantColumn, name: 'opened_at' })
  openedAt!: Date;

  /** Title, description and group in lower case: what `q` looks through. */
  @Column({ type: 'text' })
  search!: string;

  @Column(jsonTextColumn)
  body!: FindingItem;

  @Column(bigintColumn)
  sequence!: number;
}
