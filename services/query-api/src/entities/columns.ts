/** Columns that several tables share, with the conversions between Postgres and what the code uses. */
import type { ColumnOptions, ValueTransformer } from 'typeorm';

const numberTransformer: ValueTransformer = {
  to: (value: number | null) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** A bigint that stays below 2^53: sequences, counts. */
export const bigintColumn: ColumnOptions = { type: 'bigint', transformer: numberTransformer };

/** Instants are ISO texts in `body`, exact to the µs; the column is there to filter and sort by. */
export const instantColumn: ColumnOptions = { type: 'timestamptz', nullable: true };

/** JSON kept as text: jsonb refuses U+0000, which a log line may hold. */
export const jsonTextColumn: ColumnOptions = {
  type: 'text',
  transformer: { to: (value: unknown) => JSON.stringify(value), from: (value: string) => JSON.parse(value) as unknown },
};
