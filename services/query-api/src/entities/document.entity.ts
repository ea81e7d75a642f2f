import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DocumentItem } from '../domain/projections/config.js';
import { bigintColumn, jsonTextColumn } from './columns.js';

/** A rule or playbook as OPMAS_CONFIG has it now. */
abstract class DocumentEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'integer' })
  version!: number;

  @Column({ type: 'boolean' })
  enabled!: boolean;

  @Column(jsonTextColumn)
  body!: DocumentItem;

  @Column(bigintColumn)
  sequence!: number;
}

@Entity('rules')
export class RuleEntity extends DocumentEntity {}

@Entity('playbooks')
export class PlaybookEntity extends DocumentEntity {}
