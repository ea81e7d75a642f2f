import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Senders whose lines carry no device, because they cannot all be of one, and what was decided of them. `device_id` is
 * whose their earlier events are by now; `settled` is false while some of these are not.
 */
export class UnattributedSenders1795200000000 implements MigrationInterface {
  readonly name = 'UnattributedSenders1795200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE unattributed_senders (
      key text COLLATE "C" NOT NULL, peer text COLLATE "C" NOT NULL, reason text NOT NULL, hostname text,
      first_event_id text NOT NULL, first_seen_at timestamptz NOT NULL, last_seen_at timestamptz NOT NULL,
      events_total bigint NOT NULL, samples json NOT NULL, device_id text COLLATE "C", settled boolean NOT NULL DEFAULT true,
      PRIMARY KEY (key, peer)) WITH (fillfactor = 70)`);
    await runner.query('CREATE INDEX unattributed_senders_seen ON unattributed_senders (last_seen_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE unattributed_senders');
  }
}
