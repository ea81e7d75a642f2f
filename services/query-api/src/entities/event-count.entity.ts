import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintColumn } from './columns.js';

/** Events of one minute, device, type and severity: what histograms and facets read. */
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

  @Column({ type: 'text' })
  domain!: string;

  @Column(bigintColumn)
  count!: number;
}
