import type { MigrationInterface, QueryRunner } from 'typeorm';

const HISTORY_COLUMNS = `
  fact_id text COLLATE "C" PRIMARY KEY,
  kind text NOT NULL,
  item_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  line integer NOT NULL,
  type text NOT NULL,
  happened_at timestamptz,
  body text NOT NULL`;

const DOCUMENT_COLUMNS = `
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  enabled boolean NOT NULL,
  body text NOT NULL,
  sequence bigint NOT NULL`;

const TABLES = [
  `CREATE TABLE devices (
    id text COLLATE "C" PRIMARY KEY, name text NOT NULL, status text NOT NULL, body text NOT NULL, sequence bigint NOT NULL)`,
  `CREATE TABLE device_activity (
    device_id text COLLATE "C" PRIMARY KEY, first_seen_at timestamptz, last_seen_at timestamptz, events_total bigint NOT NULL)
    WITH (fillfactor = 70)`,
  `CREATE TABLE findings (
    id text COLLATE "C" PRIMARY KEY, rule_id text NOT NULL, domain text NOT NULL, severity text NOT NULL, status text NOT NULL,
    device_id text COLLATE "C", opened_at timestamptz NOT NULL, search text NOT NULL, body text NOT NULL, sequence bigint NOT NULL)`,
  'CREATE INDEX findings_opened ON findings (opened_at, id)',
  "CREATE INDEX findings_open ON findings (device_id, severity) WHERE status = 'open'",
  `CREATE TABLE actions (
    id text COLLATE "C" PRIMARY KEY, device_id text COLLATE "C" NOT NULL, finding_id text COLLATE "C", status text NOT NULL,
    proposed_at timestamptz NOT NULL, expires_at timestamptz NOT NULL, body text NOT NULL, sequence bigint NOT NULL)`,
  'CREATE INDEX actions_proposed ON actions (proposed_at, id)',
  'CREATE INDEX actions_finding ON actions (finding_id)',
  `CREATE TABLE rules (${DOCUMENT_COLUMNS})`,
  `CREATE TABLE playbooks (${DOCUMENT_COLUMNS})`,
  `CREATE TABLE users (
    id text COLLATE "C" PRIMARY KEY, role text NOT NULL, disabled boolean NOT NULL, body text NOT NULL, sequence bigint NOT NULL)`,
  `CREATE TABLE audit (
    id bigserial PRIMARY KEY, happened_at text NOT NULL, user_name text NOT NULL, address text, operation text NOT NULL,
    target text NOT NULL, outcome integer NOT NULL, detail text NOT NULL)`,
  ...['finding', 'action', 'config'].flatMap((name) => [
    `CREATE TABLE ${name}_history (${HISTORY_COLUMNS})`,
    `CREATE INDEX ${name}_history_item ON ${name}_history (kind, item_id, sequence, line)`,
    `CREATE INDEX ${name}_history_sequence ON ${name}_history (sequence)`,
  ]),
  `CREATE TABLE projection_positions (
    name text PRIMARY KEY, stream text NOT NULL, sequence bigint NOT NULL, frame_id text NOT NULL, version bigint NOT NULL,
    numbers jsonb NOT NULL, checkpoints jsonb NOT NULL, rows_total bigint NOT NULL, frames_lost bigint NOT NULL)`,
];

/** `body` is the event's JSON line as it came. No unique index: what is there once is decided by the position. */
const EVENTS = [
  `CREATE TABLE events (
    id text COLLATE "C" NOT NULL, received_at timestamptz NOT NULL, type text COLLATE "C" NOT NULL, device_id text COLLATE "C",
    domain text COLLATE "C" NOT NULL, severity smallint, occurred_at timestamptz NOT NULL, hostname text COLLATE "C",
    app_name text COLLATE "C", body text NOT NULL) PARTITION BY RANGE (received_at)`,
  'CREATE INDEX events_received ON events USING brin (received_at) WITH (pages_per_range = 32, autosummarize = on)',
  'CREATE INDEX events_device ON events (device_id, received_at)',
  `CREATE TABLE event_frames (
    frame_id text COLLATE "C" NOT NULL, received_from timestamptz NOT NULL, received_to timestamptz NOT NULL)
    PARTITION BY RANGE (received_from)`,
  'CREATE INDEX event_frames_id ON event_frames (frame_id)',
  `CREATE TABLE event_counts (
    minute timestamptz NOT NULL, device_id text COLLATE "C" NOT NULL, type text COLLATE "C" NOT NULL, severity smallint NOT NULL,
    domain text COLLATE "C" NOT NULL, count bigint NOT NULL, PRIMARY KEY (minute, device_id, type, severity))
    WITH (fillfactor = 70)`,
];

/**
 * `opmas_advance` moves a position, or raises OP001 where another replica was faster. It is called in one message
 * together with what follows it and COMMIT, so that a replica that is stopped (SIGSTOP, a frozen host) holds no row.
 * `opmas_day` attaches the partitions of a day: ATTACH, unlike CREATE ... PARTITION OF, waits for no reader or writer.
 */
const FUNCTIONS = [
  `CREATE FUNCTION opmas_advance(p_name text, p_version bigint, p_old_sequence bigint, p_old_frame text,
      p_sequence bigint, p_frame text, p_numbers jsonb, p_checkpoints jsonb, p_rows bigint, p_lost bigint)
    RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE projection_positions SET sequence = p_sequence, frame_id = p_frame, version = version + 1,
        numbers = p_numbers, checkpoints = coalesce(p_checkpoints, checkpoints),
        rows_total = rows_total + p_rows, frames_lost = frames_lost + p_lost
      WHERE name = p_name AND sequence = p_old_sequence AND frame_id = p_old_frame AND version = p_version;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'another replica moved the position of % first', p_name USING ERRCODE = 'OP001';
      END IF;
    END $$`,
  `CREATE FUNCTION opmas_day(p_day date) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE
      parent text;
      child text;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('opmas_day'));
      FOREACH parent IN ARRAY ARRAY['events', 'event_frames'] LOOP
        child := parent || '_' || to_char(p_day, 'YYYYMMDD');
        IF to_regclass(child) IS NULL THEN
          EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
          EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, child,
            p_day::text || ' 00:00:00+00', (p_day + 1)::text || ' 00:00:00+00');
        END IF;
      END LOOP;
    END $$`,
];

/** All read models. They may be dropped and are rebuilt from the streams, except for `audit`. */
export class ReadModels1795000000000 implements MigrationInterface {
  readonly name = 'ReadModels1795000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...EVENTS, ...FUNCTIONS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION opmas_advance, opmas_day');
    await runner.query(`DROP TABLE events, event_frames, event_counts, projection_positions, audit, users, playbooks, rules,
      config_history, action_history, finding_history, actions, findings, device_activity, devices`);
  }
}
