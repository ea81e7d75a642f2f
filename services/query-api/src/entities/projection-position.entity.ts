import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Checkpoint } from '../domain/checkpoints.js';
import type { FrameNumbers } from '../domain/frame-numbers.js';
import { bigintColumn } from './columns.js';

/** How far a projection has read its stream. Changed only by `opmas_advance`, in the transaction that adds the rows. */
@Entity('projection_positions')
export class ProjectionPositionEntity {
  @PrimaryColumn({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  stream!: string;

  @Column(bigintColumn)
  sequence!: number;

  /** Name of the message at `sequence`. */
  @Column({ name: 'frame_id', type: 'text' })
  frameId!: string;

  /** Counts every change: a replica that went back to an old position is told from one that never left it. */
  @Column(bigintColumn)
  version!: number;

  @Column({ type: 'jsonb' })
  numbers!: FrameNumbers;

  @Column({ type: 'jsonb' })
  checkpoints!: Checkpoint[];

  /** Events or facts projected in all. */
  @Column({ ...bigintColumn, name: 'rows_total' })
  rowsTotal!: number;

  /** Frames that the stream's limits discarded before they were read. */
  @Column({ ...bigintColumn, name: 'frames_lost' })
  framesLost!: number;
}
