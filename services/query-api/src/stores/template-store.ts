/** What no dialect knows, counted by template over the newest events of a range. */
import { formatInstant } from '@opmas/contracts';
import type { DataSource } from 'typeorm';
import { MINUTE_MICROS } from '../domain/event-windows.js';
import type { CountedTemplate, TemplateItem } from '../domain/templates.js';
import { mergeTemplates } from '../domain/templates.js';

export interface TemplateList {
  /** ISO 8601: what the counts cover; later than asked for where the range holds too many events to be read at once. */
  from: string;
  to: string;
  items: TemplateItem[];
}

/** Rows that one request may make Postgres read. */
const MAX_SCANNED_ROWS = 400_000;
/** Ids of several shards may be one item, so more are read than are answered. */
const IDS_AN_ITEM = 4;

/** `body` is JSON text: an unescaped `"templateId":"` is a key of the envelope wherever it stands. */
const COUNT = `SELECT substring(body from '"templateId":"([^"]+)"') AS id, count(*) AS count,
    count(DISTINCT device_id) AS devices, min(received_at) AS first, max(received_at) AS last,
    (array_agg(body ORDER BY received_at DESC))[1] AS newest
  FROM events WHERE type = 'other.unparsed' AND received_at >= $1 AND received_at < $2
  GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $3`;

interface Row {
  id: string | null;
  count: string;
  devices: string;
  first: Date;
  last: Date;
  newest: string;
}

export class TemplateStore {
  readonly #source: DataSource;

  constructor(source: DataSource) {
    this.#source = source;
  }

  /** The most frequent; `from` and `to` in µs since the epoch. */
  async list(range: { from: number; to: number }, limit: number): Promise<TemplateList> {
    const from = Math.max(range.from, await this.#readableFrom(range));
    const rows: Row[] = await this.#source.query(COUNT, [
      formatInstant(from),
      formatInstant(range.to),
      limit * IDS_AN_ITEM,
    ]);
    const counted = rows.flatMap((row) => (row.id === null ? [] : [countedOf(row.id, row)]));
    return {
      from: formatInstant(from),
      to: formatInstant(range.to),
      items: mergeTemplates(counted).slice(0, limit),
    };
  }

  /** The beginning of the oldest minute of the range down to which not too many events stand, in µs. */
  async #readableFrom({ from, to }: { from: number; to: number }): Promise<number> {
    const rows: { minute: Date | null }[] = await this.#source.query(
      `SELECT min(minute) AS minute FROM (
         SELECT minute, sum(sum(count)) OVER (ORDER BY minute DESC) AS total, row_number() OVER (ORDER BY minute DESC) AS nth
         FROM event_counts WHERE minute > $1 AND minute < $2 GROUP BY minute) counted
       WHERE total <= ${MAX_SCANNED_ROWS} OR nth = 1`,
      [formatInstant(from - MINUTE_MICROS), formatInstant(to)],
    );
    const minute = rows[0]?.minute;
    return minute ? minute.getTime() * 1000 : from;
  }
}

function countedOf(templateId: string, row: Row): CountedTemplate {
  const newest = JSON.parse(row.newest) as { appName: string | null; message: string; fields: { template?: string } };
  return {
    templateId,
    appName: newest.appName,
    template: newest.fields.template ?? '',
    count: Number(row.count),
    devices: Number(row.devices),
    firstSeenAt: isoMicros(row.first),
    lastSeenAt: isoMicros(row.last),
    sample: newest.message,
  };
}

function isoMicros(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
