import type { Device } from '@opmas/contracts';
import type { Relation } from 'typeorm';
import { Column, Entity, JoinColumn, OneToOne, PrimaryColumn } from 'typeorm';
import { bigintColumn, instantColumn, jsonTextColumn } from './columns.js';

/** When a device's events came, and how many; written by the events projection alone. */
@Entity('device_activity')
export class DeviceActivityEntity {
  @PrimaryColumn({ name: 'device_id', type: 'text' })
  deviceId!: string;

  @Column({ ...instantColumn, name: 'first_seen_at' })
  firstSeenAt!: Date | null;

  @Column({ ...instantColumn, name: 'last_seen_at' })
  lastSeenAt!: Date | null;

  @Column({ ...bigintColumn, name: 'events_total' })
  eventsTotal!: number;
}

/** A device as OPMAS_CONFIG has it. */
@Entity('devices')
export class DeviceEntity {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  status!: Device['status'];

  /** The fact's data; holds the sealed SSH credential, so that it is never answered as it stands. */
  @Column(jsonTextColumn)
  body!: Device;

  @Column(bigintColumn)
  sequence!: number;

  @OneToOne(() => DeviceActivityEntity, { createForeignKeyConstraints: false })
  @JoinColumn({ name: 'id', referencedColumnName: 'deviceId' })
  activity?: Relation<DeviceActivityEntity> | null;
}
