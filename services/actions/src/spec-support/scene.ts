/** A deployment for tests: streams, a device with a sealed credential, findings, and a person who decides. */
import type { ActionFact, ActionFactOf } from '@opmas/contracts';
import {
  HEADERS,
  NDJSON,
  STREAM_NAMES,
  actionFactSchema,
  encodeNdjson,
  formatInstant,
  subjects,
} from '@opmas/contracts';
import type { Bus } from '@opmas/platform';
import { FencedSubject, SecretBox, appendFact, connectBus, createLog, ensureStreams, readFacts } from '@opmas/platform';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionFact } from '../domain/workflow.js';
import type { NatsServer } from './nats-server.js';
import { startNatsServer } from './nats-server.js';
import type { RouterHost } from './router-host.js';

export interface Scene {
  nats: NatsServer;
  bus: Bus;
  /** Environment of a service in this scene; `name` is its instance and its disk. */
  env(name: string): Record<string, string>;
  playbook(text: string): void;
  device(router: RouterHost | null): Promise<void>;
  finding(findingId: string, sourceIp?: string): Promise<void>;
  /** A FINDINGS frame of any lines. */
  frame(lines: (string | object)[], id: string): Promise<void>;
  facts(): Promise<ActionFact[]>;
  /** The first fact of a type, when it comes. */
  fact<T extends ActionFact['type']>(type: T, withinMs?: number): Promise<ActionFactOf<T>>;
  decide(type: 'opmas.action.approved' | 'opmas.action.rejected'): Promise<void>;
  remove(): Promise<void>;
}

export const DEVICE = 'dev1';

const now = (): string => formatInstant(Date.now() * 1000);

function fact(type: string, subject: string, data: unknown, id = `${type}:${subject}:${process.hrtime.bigint()}`) {
  return { specversion: '1.0' as const, id, type, source: '/test', subject, time: now(), data };
}

function openedFinding(findingId: string, sourceIp: string): object {
  const event = {
    id: `ing-0-1-${findingId}`,
    type: 'security.login.failed',
    deviceId: DEVICE,
    receivedAt: now(),
    domain: 'security',
    severity: 4,
    timestamp: now(),
    timeQuality: 'received',
    facility: 10,
    hostname: 'r1',
    appName: 'dropbear',
    procId: null,
    msgId: null,
    structuredData: null,
    message: 'm',
    fields: {},
    raw: 'm',
  };
  return fact(
    'opmas.finding.opened',
    findingId,
    {
      findingId,
      ruleId: 'ssh-brute-force',
      ruleVersion: 1,
      domain: 'security',
      severity: 'high',
      deviceId: DEVICE,
      title: 't',
      description: 'd',
      group: { sourceIp },
      count: 5,
      firstSeenAt: now(),
      lastSeenAt: now(),
      openedAt: now(),
      reached: { value: 5, threshold: 5 },
      evidence: { first: [event], last: [], total: 5 },
      previousFindingId: null,
    },
    `opened:${findingId}`,
  );
}

export async function setScene(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'opmas-actions-'));
  const nats = await startNatsServer();
  const bus = await connectBus({ url: nats.url, name: 'test', log: createLog('test', 'fatal') });
  await ensureStreams(bus, { duplicateWindowMs: 1000 });
  const secretFile = join(folder, 'secret.key');
  const frame = async (lines: (string | object)[], id: string): Promise<void> => {
    const subject = await FencedSubject.open(bus, STREAM_NAMES.findings, subjects.findings('security', 0));
    await subject.publish(id, { [HEADERS.contentType]: NDJSON, [HEADERS.kind]: 'frame' }, encodeNdjson(lines));
  };
  const facts = async (): Promise<ActionFact[]> => {
    const found: ActionFact[] = [];
    for await (const stored of readFacts(bus, STREAM_NAMES.actions, 'opmas.actions.*.*'))
      found.push(actionFactSchema.parse(stored.fact));
    return found;
  };
  const waitFor = async <T extends ActionFact['type']>(type: T, withinMs = 15_000): Promise<ActionFactOf<T>> => {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const all = await facts().catch((): ActionFact[] => []);
      const found = all.find((one): one is ActionFactOf<T> => one.type === type);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`no ${type} within ${withinMs} ms; there is ${JSON.stringify(all)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  return {
    nats,
    bus,
    env: (name) => ({
      NATS_URL: nats.url,
      OPMAS_INSTANCE: name,
      OPMAS_DATA_DIR: join(folder, name),
      OPMAS_SECRET_FILE: secretFile,
      OPMAS_DUPLICATE_WINDOW_MS: '1000',
      TEST_PLAYBOOKS: folder,
      TEST_SIGNAL_FLAG: join(folder, 'signalled'),
    }),
    playbook: (text) => writeFileSync(join(folder, 'playbook.yaml'), text),
    device: async (router) => {
      const ssh = router && {
        host: router.target.host,
        port: router.target.port,
        user: 'root',
        hostKeys: router.hostKeys,
        credential: SecretBox.fromFile(secretFile).seal(JSON.stringify(router.credential)),
      };
      const data = {
        deviceId: DEVICE,
        name: 'r1',
        shard: 0,
        keys: ['host:r1'],
        status: 'adopted',
        firstRecordId: 'ing-0-1-0',
        discoveredAt: now(),
        timeZone: null,
        labels: {},
        ssh,
      };
      await appendFact(
        bus,
        STREAM_NAMES.config,
        subjects.config('device', DEVICE),
        fact('opmas.config.device.changed', DEVICE, data),
        0,
      );
    },
    finding: (findingId, sourceIp = '203.0.113.9') => frame([openedFinding(findingId, sourceIp)], `frame:${findingId}`),
    frame,
    facts,
    fact: waitFor,
    decide: async (type) => {
      const { data } = await waitFor('opmas.action.proposed');
      const subject = subjects.action(data.deviceId, data.actionId);
      const last = (await bus.jsm.streams.getMessage(STREAM_NAMES.actions, { last_by_subj: subject })).seq;
      const decision = { userName: 'ann', address: '192.0.2.1', reason: 'seen in the logs' };
      const about = { actionId: data.actionId, deviceId: data.deviceId };
      const appended = await appendFact(
        bus,
        STREAM_NAMES.actions,
        subject,
        actionFact(type, 'person', Date.now(), { ...about, decision }),
        last,
      );
      if (!appended.ok) throw new Error('somebody else decided');
    },
    remove: async () => {
      await bus.close();
      await nats.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
