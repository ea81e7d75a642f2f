/** How fast events of a backlog become rows; PROJECTION_EVENTS sets how many there are. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { HEADERS, NDJSON, encodeNdjson, formatSource, rawFrameId, subjects } from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { publishFenced } from '@opmas/platform';
import type { Database } from '../shell/database.js';
import { events } from '../spec-support/frames.js';
import { connectTestBus, eventually, openTestDatabase, projectionsOver } from '../spec-support/projections.js';
import type { Servers } from '../spec-support/servers.js';
import { startServers } from '../spec-support/servers.js';

const TOTAL = Number(process.env['PROJECTION_EVENTS'] ?? 100_000);
const LINES_A_FRAME = 200;
const SHARDS = 16;

let servers: Servers;
let bus: Bus;
let database: Database;

beforeAll(async () => {
  servers = await startServers();
  bus = await connectTestBus(servers.natsUrl);
  database = await openTestDatabase(servers.databaseUrl);
}, 60_000);

afterAll(async () => {
  await database.close();
  await bus.close();
  await servers.stop();
});

async function fillShard(shard: number, frames: number, micros: number): Promise<number> {
  let sequence = 0;
  let bytes = 0;
  for (let number = 1; number <= frames; number++) {
    const frameId = rawFrameId('bench', shard, number);
    const data = encodeNdjson(events({ shard, ingestor: 'bench', number }, LINES_A_FRAME, micros + number * 20_000));
    bytes += data.length;
    const headers = {
      [HEADERS.contentType]: NDJSON,
      [HEADERS.frameId]: frameId,
      [HEADERS.kind]: 'frame',
      [HEADERS.count]: String(LINES_A_FRAME),
      [HEADERS.source]: formatSource({ sequence: number, frameId }),
    };
    ({ sequence } = await publishFenced(bus, {
      subject: subjects.events(shard),
      id: frameId,
      headers,
      data,
      expectedLastSequence: sequence,
    }));
  }
  return bytes;
}

it('projects a backlog', async () => {
  const frames = Math.ceil(TOTAL / LINES_A_FRAME / SHARDS);
  const total = frames * LINES_A_FRAME * SHARDS;
  const micros = (Date.now() - 60_000) * 1000;
  const bytes = await Promise.all(Array.from({ length: SHARDS }, (_, shard) => fillShard(shard, frames, micros)));
  const cpu = process.cpuUsage();
  const began = performance.now();
  const projections = projectionsOver(bus, database);
  const rows = async (): Promise<number> => {
    const result = await database.pool.query<{ n: string }>(
      `SELECT rows_total AS n FROM projection_positions WHERE name = 'events'`,
    );
    return Number(result.rows[0]?.n ?? 0);
  };
  await eventually('all rows', async () => (await rows()) >= total, 120_000);
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  await projections.stop();
  const counted = await database.pool.query<{ rows: string; ids: string; counts: string }>(
    'SELECT (SELECT count(*) FROM events) AS rows, (SELECT count(DISTINCT id) FROM events) AS ids, (SELECT sum(count) FROM event_counts) AS counts',
  );
  expect(counted.rows[0]).toEqual({ rows: String(total), ids: String(total), counts: String(total) });
  const size = Math.round(bytes.reduce((a, b) => a + b, 0) / total);
  process.stderr.write(
    `projected ${total} events of ${size} bytes in ${seconds.toFixed(2)} s: ${Math.round(total / seconds)}/s, ` +
      `node ${((used.user + used.system) / 1e6).toFixed(2)} s of CPU\n`,
  );
}, 180_000);
