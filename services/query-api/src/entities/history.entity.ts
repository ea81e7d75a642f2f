import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn, instantColumn, jsonTextColumn } from './columns.js';

/** One fact as it stands in its stream, whatever its shape. The three histories have the same columns. */
abstract class HistoryEntity {
  @PrimaryColumn({ name: 'fact_id', type: 'text' })
  factId!: string;

  /** `finding`, `action`, `device`, `user`, ...; `unknown` where the fact does not say. */
  @Column({ type: 'text' })
  kind!: string;

  @Column({ name: 'item_id', type: 'text' })
  itemId!: string;

  @Column(bigintColumn)
  sequence!: number;

  /** Index of the fact in its message. */
  @Column({ type: 'integer' })
  line!: number;

  @Column({ type: 'text' })
  type!: string;

  @Column({ ...instantColumn, name: 'happened_at' })
  happenedAt!: Date | null;

  @Column(jsonTextColumn)
  body!: unknown;
}

@Entity('finding_history')
export class FindingHistoryEntity extends HistoryEntity {}

@Entity('action_history')
export class ActionHistoryEntity extends HistoryEntity {}

@Entity('config_history')
export class ConfigHistoryEntity extends HistoryEntity {}
