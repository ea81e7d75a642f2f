/** How far the lines have come: the services' own counters, and the rows that Postgres has committed. */
import type { Client } from 'pg';

/** Lines by hop, since the services began. */
export interface Hops {
  /** In the ingestor's journal. */
  accepted: number;
  /** Acknowledged by JetStream in OPMAS_RAW. */
  raw: number;
  /** Processed by the parser, published in OPMAS_EVENTS. */
  events: number;
  /** Evaluated by the agents. */
  evaluated: number;
  /** Committed in Postgres, hence in the answers of the API. */
  rows: number;
}

export const HOP_NAMES = ['accepted', 'raw', 'events', 'evaluated', 'rows'] as const;

export interface LossReport {
  /** By reason, as the ingestor counted. */
  lost: Record<string, number>;
  deadLetters: number;
}

type Samples = Map<string, { labels: string; value: number }[]>;

async function scrape(base: string | undefined): Promise<Samples> {
  const samples: Samples = new Map();
  if (base === undefined) return samples;
  const response = await fetch(`${base}/metrics`, { signal: AbortSignal.timeout(5000) });
  for (const line of (await response.text()).split('\n')) {
    const match = /^([a-z_]+)(\{[^}]*\})? ([-\d.e+]+)$/.exec(line);
    if (!match?.[1]) continue;
    const found = samples.get(match[1]) ?? [];
    found.push({ labels: match[2] ?? '', value: Number(match[3]) });
    samples.set(match[1], found);
  }
  return samples;
}

function sum(samples: Samples, name: string, label = ''): number {
  const found = samples.get(name) ?? [];
  return found.filter(({ labels }) => labels.includes(label)).reduce((total, { value }) => total + value, 0);
}

export async function readHops(health: Readonly<Record<string, string>>, database: Client): Promise<Hops> {
  const [ingestor, parser, agents, rows] = await Promise.all([
    scrape(health.ingestor),
    scrape(health.parser),
    scrape(health.agents),
    committedRows(database),
  ]);
  return {
    accepted: sum(ingestor, 'opmas_ingestor_accepted_records_total'),
    raw: sum(ingestor, 'opmas_ingestor_published_records_total'),
    events: sum(parser, 'opmas_stage_records_total', 'stage="parser"'),
    evaluated: sum(agents, 'opmas_stage_records_total', 'stage="agents"'),
    rows,
  };
}

/** Lines that JetStream has acknowledged, by the counter of the ingestor whose health endpoint this is. */
export async function readPublished(ingestor: string | undefined): Promise<number> {
  return sum(await scrape(ingestor), 'opmas_ingestor_published_records_total');
}

export async function readLosses(health: Readonly<Record<string, string>>): Promise<LossReport> {
  const [ingestor, parser, agents] = await Promise.all([
    scrape(health.ingestor),
    scrape(health.parser),
    scrape(health.agents),
  ]);
  const lost: Record<string, number> = {};
  for (const { labels, value } of ingestor.get('opmas_ingestor_lost_total') ?? []) {
    const reason = /reason="([^"]+)"/.exec(labels)?.[1];
    if (reason !== undefined && value > 0) lost[reason] = value;
  }
  const dead = 'opmas_stage_dead_letters_total';
  return { lost, deadLetters: sum(parser, dead) + sum(agents, dead) };
}

async function committedRows(database: Client): Promise<number> {
  const { rows } = await database.query<{ total: string | null }>(
    "SELECT sum(rows_total) AS total FROM projection_positions WHERE name = 'events'",
  );
  return Number(rows[0]?.total ?? 0);
}
