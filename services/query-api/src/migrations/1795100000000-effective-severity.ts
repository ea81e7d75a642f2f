import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The severity by what an event says. In `events` it is null where it is the line's own, so that no row that is there has
 * to be written anew; the counts are keyed by it.
 */
export class EffectiveSeverity1795100000000 implements MigrationInterface {
  readonly name = 'EffectiveSeverity1795100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE events ADD COLUMN effective_severity smallint');
    await runner.query('ALTER TABLE event_counts ADD COLUMN effective_severity smallint');
    await runner.query('UPDATE event_counts SET effective_severity = severity');
    await runner.query(`ALTER TABLE event_counts ALTER COLUMN effective_severity SET NOT NULL,
      DROP CONSTRAINT event_counts_pkey, ADD PRIMARY KEY (minute, device_id, type, severity, effective_severity)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE event_counts_before AS SELECT minute, device_id, type, severity, domain,
      sum(count)::bigint AS count FROM event_counts GROUP BY 1, 2, 3, 4, 5`);
    await runner.query('TRUNCATE event_counts');
    await runner.query(`ALTER TABLE event_counts DROP CONSTRAINT event_counts_pkey, DROP COLUMN effective_severity,
      ADD PRIMARY KEY (minute, device_id, type, severity)`);
    await runner.query('INSERT INTO event_counts SELECT * FROM event_counts_before');
    await runner.query('DROP TABLE event_counts_before');
    await runner.query('ALTER TABLE events DROP COLUMN effective_severity');
  }
}
