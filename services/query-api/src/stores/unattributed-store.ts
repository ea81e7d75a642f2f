/** Senders whose lines carry no device, newest first, with the devices that they may be. */
import type { Device } from '@opmas/contracts';
import type { DataSource } from 'typeorm';
import type { Cursor, Page } from '../domain/pages.js';
import { pageOf } from '../domain/pages.js';

/** A device that an unattributed sender may be, and what speaks for it. */
export interface Candidate {
  deviceId: string;
  name: string;
  status: Device['status'];
  /** `key`: lines with this key were taken for its own; `name`: it has the name; `address`: it was bound at the address. */
  why: 'key' | 'name' | 'address';
}

export interface UnattributedSender {
  key: string;
  /** The address that its lines come from. */
  peer: string;
  /** `ambiguous`: the key's lines come from more than one sender; `capped`: too many new devices wait for a decision. */
  reason: string;
  hostname: string | null;
  firstSeenAt: string;
  lastSeenAt: string;
  eventsTotal: number;
  samples: string[];
  /** Whose it is by a person's decision; null while nobody decided. */
  decision: { deviceId: string; name: string; status: Device['status']; peer: string | null } | null;
  /** Whether the decision holds for all of its earlier events by now. */
  isSettled: boolean;
  candidates: Candidate[];
}

export interface UnattributedFilter {
  state: 'open' | 'decided' | 'all';
}

interface Row {
  key: string;
  peer: string;
  reason: string;
  hostname: string | null;
  first_event_id: string;
  first: string;
  last: string;
  events_total: string;
  samples: string[];
  device_id: string | null;
  settled: boolean;
  bound_to: string | null;
  bound_name: string | null;
  bound_status: Device['status'] | null;
  bound_peer: string | null;
}

const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;

const SENDERS = `WITH bound AS (
    SELECT d.id, d.name, d.status, b.value ->> 'key' AS key, b.value ->> 'peer' AS peer
    FROM devices d, json_array_elements(coalesce(d.body::json -> 'bindings', '[]'::json)) b),
  senders AS (
    SELECT u.*, to_char(first_seen_at AT TIME ZONE 'UTC', ${INSTANT}) AS first,
      to_char(last_seen_at AT TIME ZONE 'UTC', ${INSTANT}) AS last,
      w.id AS bound_to, w.name AS bound_name, w.status AS bound_status, w.peer AS bound_peer
    FROM unattributed_senders u LEFT JOIN LATERAL (
      SELECT * FROM bound b WHERE b.key = u.key AND (b.peer = u.peer OR b.peer IS NULL)
      ORDER BY b.peer IS NULL, b.id LIMIT 1) w ON true)
  SELECT * FROM senders`;

export class UnattributedStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  async list(filter: UnattributedFilter, limit: number, cursor: Cursor | null): Promise<Page<UnattributedSender>> {
    const state = { open: 'bound_to IS NULL', decided: 'bound_to IS NOT NULL', all: 'true' }[filter.state];
    const below = cursor ? `AND (last, peer || ' ' || key) < ($1, $2)` : '';
    const rows: Row[] = await this.#source.query(
      `${SENDERS} WHERE ${state} ${below} ORDER BY last DESC, peer || ' ' || key DESC LIMIT ${limit + 1}`,
      cursor ? [cursor.at, cursor.id] : [],
    );
    return pageOf(await this.#items(rows), limit, ({ lastSeenAt, key, peer }) => ({
      at: lastSeenAt,
      id: `${peer} ${key}`,
    }));
  }

  async counts(): Promise<{ open: number; decided: number }> {
    const rows: { open: string; decided: string }[] = await this.#source.query(
      `SELECT count(*) FILTER (WHERE bound_to IS NULL) AS open, count(*) FILTER (WHERE bound_to IS NOT NULL) AS decided
       FROM (${SENDERS}) s`,
    );
    return { open: Number(rows[0]?.open ?? 0), decided: Number(rows[0]?.decided ?? 0) };
  }

  async one(key: string, peer: string): Promise<UnattributedSender | null> {
    const [row] = await this.#rows(key, peer);
    return row ? (await this.#items([row]))[0]! : null;
  }

  /** Id of the first event that showed the sender. */
  async firstEventId(key: string, peer: string): Promise<string | null> {
    return (await this.#rows(key, peer))[0]?.first_event_id ?? null;
  }

  /** Devices that a person bound the sender to: exactly so, from the address or from any. */
  async boundDevices(key: string, peer: string | null): Promise<string[]> {
    const rows: { id: string }[] = await this.#source.query(
      `SELECT DISTINCT d.id FROM devices d, json_array_elements(coalesce(d.body::json -> 'bindings', '[]'::json)) b
       WHERE b.value ->> 'key' = $1 AND b.value ->> 'peer' IS NOT DISTINCT FROM $2`,
      [key, peer],
    );
    return rows.map(({ id }) => id);
  }

  #rows(key: string, peer: string): Promise<Row[]> {
    return this.#source.query(`${SENDERS} WHERE key = $1 AND peer = $2`, [key, peer]);
  }

  async #items(rows: readonly Row[]): Promise<UnattributedSender[]> {
    const devices = await this.#possibleDevices(rows);
    return rows.map((row) => ({
      key: row.key,
      peer: row.peer,
      reason: row.reason,
      hostname: row.hostname,
      firstSeenAt: row.first,
      lastSeenAt: row.last,
      eventsTotal: Number(row.events_total),
      samples: row.samples,
      decision:
        row.bound_to === null
          ? null
          : { deviceId: row.bound_to, name: row.bound_name!, status: row.bound_status!, peer: row.bound_peer },
      isSettled: row.device_id === row.bound_to && (row.settled || row.bound_to === null),
      candidates: devices.flatMap((device) => candidateOf(device, row) ?? []),
    }));
  }

  async #possibleDevices(rows: readonly Row[]): Promise<Device[]> {
    const names = rows.flatMap(({ hostname }) => (hostname === null ? [] : [hostname.toLowerCase()]));
    const found: { body: string }[] = await this.#source.query(
      `SELECT body FROM devices d WHERE status <> 'ignored' AND (lower(name) = ANY($1)
         OR EXISTS (SELECT 1 FROM json_array_elements_text(body::json -> 'keys') k WHERE k.value = ANY($2))
         OR EXISTS (SELECT 1 FROM json_array_elements(coalesce(body::json -> 'bindings', '[]'::json)) b
           WHERE b.value ->> 'peer' = ANY($3)))
       ORDER BY name, id LIMIT 200`,
      [names, rows.map(({ key }) => key), rows.map(({ peer }) => peer)],
    );
    return found.map(({ body }) => JSON.parse(body) as Device);
  }
}

function candidateOf({ deviceId, name, status, keys, bindings }: Device, row: Row): Candidate | null {
  const isBoundAtAddress = bindings?.some(({ peer }) => peer === row.peer) ?? false;
  const why = keys.includes(row.key)
    ? 'key'
    : row.hostname !== null && name.toLowerCase() === row.hostname.toLowerCase()
      ? 'name'
      : isBoundAtAddress
        ? 'address'
        : null;
  return why && { deviceId, name, status, why };
}
