/** Events in Postgres, newest first. A search is bounded in time: what it could not finish its cursor goes on with. */
import type { EventEnvelope } from '@opmas/contracts';
import { formatInstant, parseInstant } from '@opmas/contracts';
import type { DataSource } from 'typeorm';
import type { CountedMinute, EventWindow } from '../domain/event-windows.js';
import { MINUTE_MICROS, nextWindow } from '../domain/event-windows.js';
import type { Histogram } from '../domain/histogram.js';
import { bucketMicros, histogramOf } from '../domain/histogram.js';
import type { Cursor, Page } from '../domain/pages.js';
import { formatCursor } from '../domain/pages.js';
import type { EventFilter } from './event-filter.js';
import { Conditions, countConditions, matchesText, rowConditions } from './event-filter.js';

export interface FacetValue {
  value: string | number | null;
  count: number;
}

export type Facets = Record<'domain' | 'type' | 'severity' | 'effectiveSeverity' | 'deviceId', FacetValue[]>;

/** A row, whose device may have been told after its line was written. */
interface EventRow {
  body: string;
  device_id: string | null;
}

/** A decision that came later is shown as if it had been known when the line came. */
function eventOf({ body, device_id }: EventRow): EventEnvelope {
  const event = JSON.parse(body) as EventEnvelope;
  if (event.deviceId !== null || device_id === null) return event;
  const { unattributed: _, ...rest } = event;
  return { ...rest, deviceId: device_id, attribution: { method: 'binding', confidence: 'high' } };
}

const SEARCH_MS = 2500;
const MINUTES_A_READ = 120;
const FACET_VALUES = 50;

/** A search on its way down through time. */
interface Search {
  filter: EventFilter;
  limit: number;
  /** Events at or above this are done; ties of the same µs are told apart by the id. */
  below: Cursor;
  items: EventEnvelope[];
}

export class EventStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  /**
   * One page. It may be shorter than `limit`, even empty, and still have a cursor: then the time for one request was up
   * before the range was searched through, as happens with a rare text in a long range.
   */
  async search(filter: EventFilter, limit: number, cursor: Cursor | null): Promise<Page<EventEnvelope>> {
    const below = cursor ?? { at: formatInstant(filter.to), id: '' };
    const search: Search = { filter, limit: limit + 1, below, items: [] };
    const isDone = filter.deviceId?.length === 1 ? await this.#byDevice(search) : await this.#byWindows(search);
    const items = search.items.slice(0, limit);
    const last = items.at(-1);
    if (search.items.length > limit && last)
      return { items, nextCursor: formatCursor({ at: last.receivedAt, id: last.id }) };
    return { items, nextCursor: isDone ? null : formatCursor(search.below) };
  }

  /** The index (device, time) gives them in order. */
  async #byDevice(search: Search): Promise<boolean> {
    const deadline = performance.now() + SEARCH_MS;
    while (search.items.length < search.limit) {
      if (!(await this.#read(search, { from: search.filter.from, to: Infinity }))) return true;
      if (performance.now() > deadline) return false;
    }
    return true;
  }

  async #byWindows(search: Search): Promise<boolean> {
    const deadline = performance.now() + SEARCH_MS;
    let minutes: CountedMinute[] = [];
    let growth = 1;
    for (;;) {
      const below = parseInstant(search.below.at)! + (search.below.id === '' ? 0 : 1);
      const range = { from: search.filter.from, to: below };
      let window = nextWindow(minutes, range, search.limit - search.items.length, growth);
      if (window === null) {
        minutes = await this.#minutes(search.filter, below);
        window = nextWindow(minutes, range, search.limit - search.items.length, growth);
        if (window === null) return true;
      }
      while (await this.#read(search, window)) {
        if (search.items.length >= search.limit) return true;
        if (performance.now() > deadline) return false;
      }
      search.below = { at: formatInstant(window.from), id: '' };
      if (search.items.length >= search.limit) return true;
      if (performance.now() > deadline) return false;
      growth = Math.min(growth * 2, 1024);
    }
  }

  /** Reads downwards within a window; false when nothing is left in it. */
  async #read(search: Search, window: EventWindow): Promise<boolean> {
    const { below, filter } = search;
    const wanted = search.limit - search.items.length;
    const conditions = rowConditions(new Conditions(), filter)
      .add('received_at >= ?::timestamptz', formatInstant(window.from))
      .add('received_at <= ?::timestamptz', below.at);
    if (window.to !== Infinity) conditions.add('received_at < ?::timestamptz', formatInstant(window.to));
    conditions.add(`(received_at, id) < ('${formatInstant(parseInstant(below.at)!)}'::timestamptz, ?)`, below.id);
    const rows: EventRow[] = await this.#source.query(
      `SELECT body, device_id FROM events WHERE ${conditions.sql} ORDER BY received_at DESC, id DESC LIMIT ${wanted}`,
      conditions.parameters,
    );
    const found = rows.map(eventOf);
    search.items.push(...found.filter((event) => matchesText(event, filter.q)));
    const last = found.at(-1);
    if (last) search.below = { at: last.receivedAt, id: last.id };
    return found.length === wanted;
  }

  /** The newest minutes below an instant that hold matching events. */
  async #minutes(filter: EventFilter, below: number): Promise<CountedMinute[]> {
    const matching = countConditions(
      new Conditions([new Date(filter.from / 1000 - 60_000), new Date(below / 1000)]),
      filter,
    );
    const rows: { minute: Date; matching: string; total: string }[] = await this.#source.query(
      `SELECT minute, sum(count) FILTER (WHERE ${matching.sql}) AS matching, sum(count) AS total FROM event_counts
       WHERE minute > $1 AND minute <= $2 GROUP BY minute HAVING bool_or(${matching.sql})
       ORDER BY minute DESC LIMIT ${MINUTES_A_READ}`,
      matching.parameters,
    );
    return rows.map((row) => ({
      startsAt: row.minute.getTime() * 1000,
      matching: Number(row.matching),
      total: Number(row.total),
    }));
  }

  /** An event's id names its frame, and the frame's row says when it was received: a scan of a few blocks. */
  async byId(id: string): Promise<EventEnvelope | null> {
    const frameId = id.slice(0, Math.max(0, id.lastIndexOf('-')));
    const rows: EventRow[] = await this.#source.query(
      `SELECT e.body, e.device_id FROM event_frames f JOIN events e ON e.id = $2
         AND e.received_at >= f.received_from AND e.received_at <= f.received_to
       WHERE f.frame_id = $1 LIMIT 1`,
      [frameId, id],
    );
    return rows[0] ? eventOf(rows[0]) : null;
  }

  async histogram(filter: EventFilter, buckets: number): Promise<Histogram> {
    const length = bucketMicros(filter, buckets);
    const conditions = countConditions(minuteRange(filter), filter);
    const rows: { at: string; severity: number; count: string }[] = await this.#source.query(
      `SELECT floor(extract(epoch FROM minute) / ${length / 1e6})::bigint AS at, effective_severity AS severity, sum(count) AS count
       FROM event_counts WHERE ${conditions.sql} GROUP BY 1, 2`,
      conditions.parameters,
    );
    const counts = rows.map((row) => ({
      startsAt: Number(row.at) * length,
      severity: row.severity,
      count: Number(row.count),
    }));
    return histogramOf(counts, filter, length, filter.hostname === undefined && filter.appName === undefined);
  }

  /** The most frequent values of each field; a field's own filter does not narrow it. */
  async facets(filter: EventFilter): Promise<Facets> {
    const [domain, type, severity, effectiveSeverity, deviceId] = await Promise.all([
      this.#facet(filter, 'domain', 'domain'),
      this.#facet(filter, 'type', 'type'),
      this.#facet(filter, 'severity', 'severity'),
      this.#facet(filter, 'effectiveSeverity', 'effective_severity'),
      this.#facet(filter, 'deviceId', 'device_id'),
    ]);
    return { domain, type, severity, effectiveSeverity, deviceId };
  }

  async #facet(filter: EventFilter, field: keyof Facets, column: string): Promise<FacetValue[]> {
    const conditions = countConditions(minuteRange(filter), filter, field);
    const rows: { value: string | number; count: string }[] = await this.#source.query(
      `SELECT ${column} AS value, sum(count) AS count FROM event_counts WHERE ${conditions.sql}
       GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${FACET_VALUES}`,
      conditions.parameters,
    );
    return rows.map(({ value, count }) => ({
      value: value === '' || value === -1 ? null : value,
      count: Number(count),
    }));
  }
}

/** Every minute that the range touches. */
function minuteRange(filter: EventFilter): Conditions {
  return new Conditions()
    .add('minute > ?::timestamptz', formatInstant(filter.from - MINUTE_MICROS))
    .add('minute < ?::timestamptz', formatInstant(filter.to));
}
