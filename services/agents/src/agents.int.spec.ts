import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import type { FindingFact } from '@opmas/contracts';
import { HEADERS, NDJSON, STREAM_NAMES, encodeNdjson, findingFactSchema, rawFrameId, subjects } from '@opmas/contracts';
import type { Bus, Shell } from '@opmas/platform';
import {
  Health,
  JetStreamStrategy,
  OrderedReader,
  appendFact,
  connectBus,
  createLog,
  createMetrics,
  ensureStreams,
  lastMessage,
  nestLogger,
  publishFenced,
  readAggregate,
} from '@opmas/platform';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { AgentsModule } from './agents.module.js';
import type { AgentsConfig } from './config.js';
import { agentsConfigSchema } from './config.js';
import { START_MS, eventAt } from './domain/spec-support/events.js';
import { startPrivateNats } from './spec-support/private-nats.js';

jest.setTimeout(60_000);

const shard = 1;
const log = createLog('agents-spec', process.env['SPEC_LOG'] ?? 'silent');
const shipped = fileURLToPath(new URL('../rules', import.meta.url));
const sshRule = readFileSync(join(shipped, 'security/ssh-brute-force/rule.yaml'), 'utf8');

let nats: Awaited<ReturnType<typeof startPrivateNats>>;
let bus: Bus;
let rulesDir: string;
let eventsSequence = 0;

beforeAll(async () => {
  nats = await startPrivateNats();
  bus = await connectBus({ url: nats.url, name: 'agents-spec', log });
  await ensureStreams(bus, { duplicateWindowMs: 1000 });
  rulesDir = mkdtempSync(join(tmpdir(), 'opmas-rules-'));
  cpSync(shipped, rulesDir, { recursive: true });
});

afterAll(async () => {
  await bus.close();
  await nats.stop();
  rmSync(rulesDir, { recursive: true, force: true });
});

async function startAgents(): Promise<{ metrics: Shell['metrics']; stop: () => Promise<void> }> {
  const env = { NATS_URL: nats.url, OPMAS_SHARDS: '2', OPMAS_LEASE_MS: '1000', OPMAS_RULES_DIR: rulesDir };
  const own = await connectBus({ url: nats.url, name: 'agents', log });
  const metrics = createMetrics('agents');
  const shell: Shell<AgentsConfig> = {
    name: 'agents',
    instance: 'spec',
    build: 'spec',
    config: agentsConfigSchema.parse(env),
    log,
    metrics,
    health: new Health(),
    bus: own,
  };
  const app = await NestFactory.createMicroservice(await AgentsModule.for(shell), {
    strategy: new JetStreamStrategy(shell),
    logger: nestLogger(log),
  });
  await app.listen();
  const stop = async (): Promise<void> => {
    await app.close();
    await own.close();
  };
  return { metrics, stop };
}

const configLength = async (): Promise<number> => (await bus.jsm.streams.info(STREAM_NAMES.config)).state.last_seq;

/** A frame as the parser publishes it: its clock, and the configuration that rules it, in the headers. */
async function sendFrame(number: number, atSeconds: number[], clockSeconds: number): Promise<void> {
  const frameId = rawFrameId('site', shard, number);
  const records = atSeconds.map((at, i) => eventAt({ at, id: `${frameId}-${i}` }));
  ({ sequence: eventsSequence } = await publishFenced(bus, {
    subject: subjects.events(shard),
    id: frameId,
    headers: {
      [HEADERS.contentType]: NDJSON,
      [HEADERS.frameId]: frameId,
      [HEADERS.number]: String(number),
      [HEADERS.kind]: records.length === 0 ? 'tick' : 'frame',
      [HEADERS.count]: String(records.length),
      [HEADERS.clock]: String(START_MS + clockSeconds * 1000),
      [HEADERS.config]: String(await configLength()),
    },
    data: encodeNdjson(records),
    expectedLastSequence: eventsSequence,
  }));
}

async function facts(count: number): Promise<FindingFact[]> {
  const reader = new OrderedReader(bus, { stream: STREAM_NAMES.findings, startSequence: 1 });
  const found: FindingFact[] = [];
  const deadline = Date.now() + 20_000;
  while (found.length < count && Date.now() < deadline) {
    for (const { data } of await reader.next(100, 200)) {
      const lines = new TextDecoder().decode(data).trimEnd().split('\n');
      found.push(...lines.map((line) => findingFactSchema.parse(JSON.parse(line))));
    }
  }
  await reader.close();
  return found;
}

const summary = (fact: FindingFact): [string, number] => [fact.type.slice('opmas.finding.'.length), fact.data.count];

describe('the agents on JetStream', () => {
  it('publish the rules of the build once, and find the same across restarts', async () => {
    const first = await startAgents();
    const length = await configLength();
    expect(length).toBe(6);
    await sendFrame(1, [0, 1, 2, 3], 4);
    await first.stop();

    const second = await startAgents();
    expect(await configLength()).toBe(length);
    await sendFrame(2, [5, 6, 7, 8, 9, 10], 11);
    await facts(2);
    await second.stop();

    const third = await startAgents();
    await sendFrame(3, [], 5000);
    expect((await facts(3)).map(summary)).toEqual([
      ['opened', 5],
      ['recurred', 10],
      ['cleared', 10],
    ]);
    await third.stop();
  });

  it("leave a person's edit alone, refuse one that does not compile, and publish what is newer", async () => {
    const subject = subjects.config('rule', 'ssh-brute-force');
    const edit = async (version: number, source: string): Promise<void> => {
      const data = { id: 'ssh-brute-force', version, enabled: true, origin: 'alice', source };
      const fact = {
        specversion: '1.0' as const,
        id: `edit-${version}`,
        type: 'opmas.config.rule.published',
        source: '/opmas/api',
        subject: 'ssh-brute-force',
        time: '2026-11-23T12:00:00.000000Z',
        data,
      };
      const last = await lastMessage(bus, STREAM_NAMES.config, subject);
      expect((await appendFact(bus, STREAM_NAMES.config, subject, fact, last!.sequence)).ok).toBe(true);
    };
    await edit(2, sshRule.replace('gte: 5', 'gte: 2'));
    for (const file of ['security/ssh-brute-force/rule.yaml', 'wan/wan-flap/rule.yaml']) {
      const path = join(rulesDir, file);
      writeFileSync(path, readFileSync(path, 'utf8').replace('version: 1', 'version: 9'));
    }
    writeFileSync(join(rulesDir, 'health/oom-kill/rule.yaml'), 'id: oom-kill\nnonsense: 1\n');

    const agents = await startAgents();
    await sendFrame(4, [6000, 6001], 6002);
    expect((await facts(4)).slice(3).map(summary)).toEqual([['opened', 2]]);
    await edit(3, 'id: ssh-brute-force\nwrong: yes\n');
    await sendFrame(5, [6003, 6004], 6005);
    expect((await facts(5)).slice(4).map(summary)).toEqual([['recurred', 4]]);
    expect(await agents.metrics.registry.metrics()).toMatch(
      /opmas_agents_rules_refused_total\{rule="ssh-brute-force"[^}]*\} 1/,
    );
    await agents.stop();

    const versions = async (id: string): Promise<[number, string][]> =>
      (await readAggregate(bus, STREAM_NAMES.config, subjects.config('rule', id))).map(({ fact }) => {
        const { version, origin } = (fact as { data: { version: number; origin: string } }).data;
        return [version, origin];
      });
    expect(await versions('ssh-brute-force')).toEqual([
      [1, 'build'],
      [2, 'alice'],
      [3, 'alice'],
    ]);
    expect(await versions('wan-flap')).toEqual([
      [1, 'build'],
      [9, 'build'],
    ]);
    expect(await versions('oom-kill')).toEqual([[1, 'build']]);
  });
});
