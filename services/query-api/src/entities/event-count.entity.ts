import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from './columns.js';

/** Events of one minute, device, type and severities: what histograms and facets read. */
@Entity('event_counts')
export class EventCountEntity {
  @PrimaryColumn({ type: 'timestamptz' })
  minute!: Date;

  /** '' for events without a device. */
  @PrimaryColumn({ name: 'device_id', type: 'text' })
  deviceId!: string;

  @PrimaryColumn({ type: 'text' })
  type!: string;

  /** -1 for lines without a priority. */
  @PrimaryColumn({ type: 'smallint' })
  severity!: number;

  /** By what the events say; -1 for none. */
  @PrimaryColumn({ name: 'effective_severity', type: 'smallint' })
  effectiveSeverity!: number;

  @Column({ type: 'text' })
  domain!: string;

  @Column(bigintColumn)
  count!: number;
}
