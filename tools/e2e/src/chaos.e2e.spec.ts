import { STREAM_NAMES } from '@opmas/contracts';
import type { TestStack } from '@opmas/embedded';
import { startStack } from '@opmas/embedded';
import type { Bus } from '@opmas/platform';
import { connectBus, createLog } from '@opmas/platform';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_FAULTS, databaseTokens, doubledFrames, eventTokens, facts, faults, rawTokens } from './contents.js';
import { Traffic } from './traffic.js';

jest.setTimeout(300_000);

const LEASE_MS = 2000;
/** How far a stream is put back. The blueprint's power cut is 50 s; shorter here, so that the whole suite stays short. */
const PUT_BACK_SECONDS = Number(process.env['OPMAS_E2E_PUT_BACK_SECONDS'] ?? 5);
/** The simulator's programme of troubles, all of it. */
const PROGRAMME_SECONDS = 56;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the chain under attack', () => {
  let stack: TestStack;
  let bus: Bus;
  const sent: string[] = [];

  beforeAll(async () => {
    const snapshotMs = Math.max(2000, (PUT_BACK_SECONDS * 1000) / 4);
    stack = await startStack({
      leaseMs: LEASE_MS,
      duplicateWindowMs: 1000,
      env: { OPMAS_SNAPSHOT_MS: String(snapshotMs), LOG_LEVEL: 'info' },
    });
    bus = await connectBus({ url: stack.endpoints.nats, name: 'e2e', log: createLog('e2e', 'fatal') });
  });
  afterAll(async () => {
    await bus?.close();
    await stack?.stop();
  });

  const traffic = (
    suffix: string,
    options: { target?: string; scenario?: 'mixed' | 'quiet'; speed?: number } = {},
  ): Traffic =>
    new Traffic({
      seed: 'chaos',
      suffix,
      devices: 40,
      rate: 1000,
      speed: options.speed ?? 2,
      scenario: options.scenario ?? 'mixed',
      target: options.target ?? stack.endpoints.ingestHttp,
    });

  /** Waits until the last token is in the database, and a little longer, so that a surplus would show. */
  const settle = async (): Promise<void> => {
    const deadline = Date.now() + 90_000;
    for (;;) {
      const rows = await databaseTokens(stack.endpoints.postgres).catch(() => new Map<string, number>());
      if (sent.every((token) => rows.has(token))) break;
      if (Date.now() > deadline) break;
      await sleep(500);
    }
    await sleep(1500);
  };

  const expectExactlyOnce = async (): Promise<void> => {
    await settle();
    expect(faults(await rawTokens(bus), sent)).toEqual(NO_FAULTS);
    expect(faults(await eventTokens(bus), sent)).toEqual(NO_FAULTS);
    expect(faults(await databaseTokens(stack.endpoints.postgres), sent)).toEqual(NO_FAULTS);
    expect(await doubledFrames(bus, STREAM_NAMES.raw)).toEqual([]);
    expect(await doubledFrames(bus, STREAM_NAMES.events)).toEqual([]);
    for (const stream of [STREAM_NAMES.findings, STREAM_NAMES.actions, STREAM_NAMES.config]) {
      const ids = (await facts(bus, stream)).map(({ id }) => id);
      expect(ids.length).toBe(new Set(ids).size);
    }
  };

  /** The findings of the fleet with a suffix, without ids and instants. */
  const findingsOf = async (suffix: string): Promise<string[]> => {
    const names = new Map<string, string>();
    for (const { type, data } of await facts(bus, STREAM_NAMES.config)) {
      if (type.startsWith('opmas.config.device.')) names.set(String(data['deviceId']), String(data['name']));
    }
    return (await facts(bus, STREAM_NAMES.findings))
      .filter(
        ({ type, data }) => type === 'opmas.finding.opened' && names.get(String(data['deviceId']))?.endsWith(suffix),
      )
      .map(({ data }) => {
        const { ruleId, severity, domain, reached, count } = data;
        const group = { ...(data['group'] as Record<string, string>), deviceId: undefined };
        const device = names.get(String(data['deviceId']))?.slice(0, -suffix.length);
        return JSON.stringify({ ruleId, severity, domain, device, group, reached, count });
      })
      .sort();
  };

  it('finds the same when every service is killed, stopped for long, and rivalled', async () => {
    const calm = traffic('-calm', { speed: 4 });
    await calm.send(PROGRAMME_SECONDS);
    sent.push(...calm.sent.tokens);
    await expectExactlyOnce();

    const storm = traffic('-storm');
    const sending = storm.send(PROGRAMME_SECONDS);
    for (const name of ['ingestor', 'parser', 'agents', 'actions', 'query-api']) {
      await sleep(800);
      await stack.services[name]!.kill9();
      await stack.services[name]!.waitReady();
    }
    // Longer than the streams' window for duplicates.
    for (const name of ['parser', 'agents', 'actions', 'query-api', 'ingestor']) {
      await stack.services[name]!.stop();
      await sleep(1500);
      await stack.services[name]!.start();
    }
    // Two owners who each believe that they are the one: the first is paused past its lease, then goes on.
    for (const name of ['parser', 'agents']) {
      const rival = await stack.startRival(name);
      await sleep(1000);
      stack.services[name]!.pause();
      await sleep(LEASE_MS * 2);
      stack.services[name]!.resume();
      await sleep(1000);
      await rival.stop();
    }
    await sending;
    sent.push(...storm.sent.tokens);
    await expectExactlyOnce();

    const undisturbed = await findingsOf('-calm');
    expect(undisturbed.length).toBeGreaterThanOrEqual(5);
    expect(await findingsOf('-storm')).toEqual(undisturbed);
  });

  it('keeps every line that came over TCP while what follows the ingestor is away', async () => {
    const fleet = traffic('-tcp', { target: stack.endpoints.syslogTcp, scenario: 'quiet' });
    const sending = fleet.send(10);
    await stack.servers['nats']!.stop();
    await sleep(2000);
    await stack.servers['nats']!.start();
    await stack.services['parser']!.kill9();
    await sending;
    sent.push(...fleet.sent.tokens);
    await expectExactlyOnce();
  });

  it.each(['raw', 'events', 'findings', 'actions', 'config', 'deadletter'] as const)(
    'has every token exactly once after %s was put back, as by a power cut',
    async (key) => {
      const nats = stack.servers['nats']!;
      const folder = join(nats.storeDir, 'jetstream', '$G', 'streams', STREAM_NAMES[key]);
      const copy = mkdtempSync(join(tmpdir(), 'opmas-put-back-'));
      const fleet = traffic(`-${key}`, { speed: 1 });
      await nats.stop();
      cpSync(folder, copy, { recursive: true });
      await nats.start();
      await fleet.send(PUT_BACK_SECONDS);
      await nats.stop();
      rmSync(folder, { recursive: true });
      cpSync(copy, folder, { recursive: true });
      rmSync(copy, { recursive: true });
      await nats.start();
      await fleet.send(3);
      sent.push(...fleet.sent.tokens);
      await expectExactlyOnce();
    },
  );
});
