/** What a batch of events adds to `event_counts`, `device_activity` and `event_frames`, as statements. */
import { formatInstant } from '@opmas/contracts';
import type { EventColumns } from '../../domain/event-line.js';
import { MINUTE_MICROS } from '../../domain/event-windows.js';
import { rowsLiteral } from '../../shell/sql-text.js';

interface CountRow {
  minute: string;
  device_id: string;
  type: string;
  severity: number;
  effective_severity: number;
  domain: string;
  count: number;
}

interface ActivityRow {
  device_id: string;
  first: number;
  last: number;
  count: number;
}

interface FrameRow {
  frame_id: string;
  received_from: string;
  received_to: string;
}

/** 0 to 7, and none. */
const LEVELS = 9;

function utf8(binary: string): string {
  return Buffer.from(binary, 'latin1').toString('utf8');
}

export class EventTally {
  readonly #counts = new Map<number, Map<string, Map<string, CountRow[]>>>();
  readonly #activity = new Map<string, ActivityRow>();
  readonly #frames: FrameRow[] = [];

  add(columns: EventColumns): void {
    const minute = Math.floor(columns.receivedAt / MINUTE_MICROS) * MINUTE_MICROS;
    const deviceId = columns.deviceId ?? '';
    const severity = columns.severity ?? -1;
    const effective = columns.effectiveSeverity ?? -1;
    let devices = this.#counts.get(minute);
    if (!devices) this.#counts.set(minute, (devices = new Map<string, Map<string, CountRow[]>>()));
    let types = devices.get(deviceId);
    if (!types) devices.set(deviceId, (types = new Map<string, CountRow[]>()));
    let rows = types.get(columns.type);
    if (!rows) types.set(columns.type, (rows = []));
    const row = (rows[(severity + 1) * LEVELS + effective + 1] ??= {
      minute: formatInstant(minute),
      device_id: utf8(deviceId),
      type: utf8(columns.type),
      severity,
      effective_severity: effective,
      domain: utf8(columns.domain),
      count: 0,
    });
    row.count += 1;
    if (columns.deviceId !== null) this.#see(columns.deviceId, columns.receivedAt);
  }

  #see(deviceId: string, receivedAt: number): void {
    const row = this.#activity.get(deviceId);
    if (!row) {
      this.#activity.set(deviceId, { device_id: utf8(deviceId), first: receivedAt, last: receivedAt, count: 1 });
      return;
    }
    row.count += 1;
    if (receivedAt > row.last) row.last = receivedAt;
    else if (receivedAt < row.first) row.first = receivedAt;
  }

  /** µs of the first and last event of a frame (or part of one). */
  addFrame(frameId: string, from: number, to: number): void {
    this.#frames.push({ frame_id: frameId, received_from: formatInstant(from), received_to: formatInstant(to) });
  }

  /** Rows sorted by key, so that two writers meet them in one order. */
  statements(): string {
    const counts = [...this.#counts.values()].flatMap((devices) =>
      [...devices.values()].flatMap((types) => [...types.values()].flatMap((rows) => rows.filter(Boolean))),
    );
    if (counts.length === 0) return '';
    const activity = [...this.#activity.values()].map((row) => ({
      device_id: row.device_id,
      first_seen_at: formatInstant(row.first),
      last_seen_at: formatInstant(row.last),
      events_total: row.count,
    }));
    return `INSERT INTO event_counts SELECT * FROM json_populate_recordset(NULL::event_counts, ${rowsLiteral(counts)})
        ORDER BY minute, device_id, type, severity, effective_severity
        ON CONFLICT (minute, device_id, type, severity, effective_severity) DO UPDATE SET count = event_counts.count + excluded.count;
      INSERT INTO device_activity SELECT * FROM json_populate_recordset(NULL::device_activity, ${rowsLiteral(activity)})
        ORDER BY 1
        ON CONFLICT (device_id) DO UPDATE SET
          first_seen_at = least(device_activity.first_seen_at, excluded.first_seen_at),
          last_seen_at = greatest(device_activity.last_seen_at, excluded.last_seen_at),
          events_total = device_activity.events_total + excluded.events_total;
      INSERT INTO event_frames SELECT * FROM json_populate_recordset(NULL::event_frames, ${rowsLiteral(this.#frames)});`;
  }
}
