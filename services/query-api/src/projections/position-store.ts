/** Positions in Postgres, moved by compare-and-set only. */
import type { StreamPosition } from '@opmas/contracts';
import type { Pool, PoolClient } from 'pg';
import type { Checkpoint } from '../domain/checkpoints.js';
import type { FrameNumbers } from '../domain/frame-numbers.js';
import { literal } from '../shell/sql-text.js';
import type { Position } from './projection.js';

interface PositionRow {
  sequence: string;
  frame_id: string;
  version: string;
  numbers: FrameNumbers;
  checkpoints: Checkpoint[];
}

/** SQLSTATE that `opmas_advance` raises: another replica was faster. */
const OVERTAKEN = 'OP001';

export function isOvertaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === OVERTAKEN;
}

/** The position of a projection, made at the stream's start where there is none. */
export async function loadPosition(db: Pool | PoolClient, name: string, stream: string): Promise<Position> {
  await db.query(
    `INSERT INTO projection_positions (name, stream, sequence, frame_id, version, numbers, checkpoints, rows_total, frames_lost)
     VALUES ($1, $2, 0, '', 0, '{}', '[]', 0, 0) ON CONFLICT DO NOTHING`,
    [name, stream],
  );
  const { rows } = await db.query<PositionRow>(
    'SELECT sequence, frame_id, version, numbers, checkpoints FROM projection_positions WHERE name = $1',
    [name],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`the position of ${name} vanished`);
  return {
    sequence: Number(row.sequence),
    frameId: row.frame_id,
    version: Number(row.version),
    numbers: row.numbers,
    checkpoints: row.checkpoints,
  };
}

/** What a move of the position changes. */
export interface Move {
  to: StreamPosition;
  numbers: FrameNumbers;
  /** Null leaves the stored ones. */
  checkpoints: readonly Checkpoint[] | null;
  rows: number;
  lost: number;
}

/** The statement that moves a position from `from`, or raises OP001. */
export function advanceStatement(name: string, from: Position, move: Move): string {
  const checkpoints = move.checkpoints === null ? 'NULL' : literal(JSON.stringify(move.checkpoints));
  return `SELECT opmas_advance(${literal(name)}, ${from.version}, ${from.sequence}, ${literal(from.frameId)},
    ${move.to.sequence}, ${literal(move.to.frameId)}, ${literal(JSON.stringify(move.numbers))}, ${checkpoints},
    ${move.rows}, ${move.lost});`;
}

/** The position after a move that was committed. */
export function movedPosition(from: Position, move: Move): Position {
  return {
    ...move.to,
    version: from.version + 1,
    numbers: move.numbers,
    checkpoints: move.checkpoints ?? from.checkpoints,
  };
}
