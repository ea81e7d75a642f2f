import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { STREAM_NAMES } from '@opmas/contracts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { whyNoNats } from './spec-support/nats-server.js';
import type { RouterHost } from './spec-support/router-host.js';
import { startRouter, whyNoRouter } from './spec-support/router-host.js';
import type { Scene } from './spec-support/scene.js';
import { setScene } from './spec-support/scene.js';
import type { ServiceProcess } from './spec-support/service-process.js';
import { startService } from './spec-support/service-process.js';

const obstacle = whyNoRouter() ?? whyNoNats();
const suite = obstacle === null ? describe : describe.skip;
if (obstacle !== null) process.stderr.write(`actions.int.spec.ts skipped: ${obstacle}\n`);

const ACTION = 'opmas.action.';

suite('an approved action', () => {
  let router: RouterHost;
  let scene: Scene;
  let file: string;
  const services: ServiceProcess[] = [];
  let runs = 0;

  beforeAll(async () => {
    router = await startRouter();
  }, 30_000);
  afterAll(() => router.remove());

  beforeEach(async () => {
    scene = await setScene();
    file = join(router.folder, `count-${runs++}`);
  }, 30_000);

  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await scene.remove();
  }, 30_000);

  function playbook(seconds = 0): void {
    scene.playbook(`id: count
version: 1
title: Count
trigger: {rules: [ssh-brute-force]}
steps:
  - name: count
    action: count-up
    parameters: {file: ${file}, seconds: ${seconds}, address: '{{group.sourceIp}}'}
`);
  }

  function service(name = 'one', env: Record<string, string> = {}): ServiceProcess {
    const started = startService({ ...scene.env(name), ...env });
    services.push(started);
    return started;
  }

  const counted = (): number => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
  const kinds = async (): Promise<string[]> => (await scene.facts()).map((fact) => fact.type.slice(ACTION.length));

  async function approved(): Promise<void> {
    await scene.finding(`f${runs}`);
    await scene.fact('opmas.action.proposed');
    await scene.decide('opmas.action.approved');
  }

  it('runs once, and every step of it is a fact', async () => {
    playbook();
    await scene.device(router);
    service();
    await approved();
    const result = await scene.fact('opmas.action.succeeded');
    expect(result.data.commands).toEqual([['sh', '-c', expect.any(String), 'sh', file, '0']]);
    expect(await kinds()).toEqual(['proposed', 'approved', 'started', 'output', 'succeeded']);
    expect(await scene.fact('opmas.action.output')).toMatchObject({
      data: { channel: 'stdout', text: 'counted\n', truncated: false },
    });
    expect(counted()).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(router.inside('ls', '/tmp/opmas').trim()).toBe('');
  }, 40_000);

  it.each(['intended', 'started', 'claiming', 'claimed', 'finished', 'reported', 'recorded'])(
    'runs once and keeps its result when the service is killed when it has %s',
    async (point) => {
      playbook(point === 'claimed' ? 2 : 0);
      await scene.device(router);
      const killed = service('one', { TEST_SIGNAL_AT: point });
      await approved();
      await scene.fact('opmas.action.succeeded', 30_000);
      // The last kill falls after the fact: the second life may not have begun yet.
      for (let i = 0; i < 100 && killed.starts() < 2; i++) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(killed.starts()).toBe(2);
      expect(counted()).toBe(1);
      const all = await kinds();
      expect(all).toEqual(['proposed', 'approved', 'started', 'output', 'succeeded']);
    },
    60_000,
  );

  it.each(['started', 'claimed'])(
    'runs once when its executor is paused when it has %s, taken over, and goes on',
    async (point) => {
      playbook(1);
      await scene.device(router);
      const paused = service('one', { TEST_SIGNAL_AT: point, TEST_SIGNAL: 'SIGSTOP' });
      await paused.said('the workflow has read all actions');
      service('two');
      await approved();
      await scene.fact('opmas.action.succeeded', 40_000);
      process.kill(paused.pid(), 'SIGCONT');
      await new Promise((resolve) => setTimeout(resolve, 3000));
      expect(counted()).toBe(1);
      expect(await kinds()).toEqual(['proposed', 'approved', 'started', 'output', 'succeeded']);
    },
    80_000,
  );

  it('is brought back, not run again, when the stream lost all since its proposal', async () => {
    playbook();
    await scene.device(router);
    const one = service();
    await scene.finding(`f${runs}`);
    await scene.fact('opmas.action.proposed');
    const copy = scene.nats.copyStream(STREAM_NAMES.actions);
    await scene.decide('opmas.action.approved');
    const before = await scene.fact('opmas.action.succeeded').then(() => scene.facts());
    await scene.nats.putBack(STREAM_NAMES.actions, copy);
    expect(await scene.fact('opmas.action.succeeded', 30_000)).toBeDefined();
    expect(await scene.facts()).toEqual(before);
    expect(counted()).toBe(1);
    expect(one.starts()).toBe(1);
  }, 60_000);

  it('is brought back from disk when the service and the stream fell together', async () => {
    playbook();
    await scene.device(router);
    const one = service();
    await scene.finding(`f${runs}`);
    await scene.fact('opmas.action.proposed');
    const copy = scene.nats.copyStream(STREAM_NAMES.actions);
    await scene.decide('opmas.action.approved');
    const before = await scene.fact('opmas.action.succeeded').then(() => scene.facts());
    await one.stop();
    await scene.nats.putBack(STREAM_NAMES.actions, copy);
    await scene.fact('opmas.action.proposed');
    expect(await kinds()).toEqual(['proposed']);
    service();
    expect(await scene.fact('opmas.action.succeeded', 30_000)).toBeDefined();
    expect(await scene.facts()).toEqual(before);
    expect(counted()).toBe(1);
  }, 60_000);

  it('runs to its end while the server is away, and the result comes when it is back', async () => {
    playbook(2);
    await scene.device(router);
    service();
    await approved();
    await scene.fact('opmas.action.started');
    while (counted() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await scene.nats.kill();
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await scene.nats.start();
    await scene.fact('opmas.action.succeeded', 30_000);
    expect(counted()).toBe(1);
    expect(await kinds()).toEqual(['proposed', 'approved', 'started', 'output', 'succeeded']);
  }, 60_000);

  it('fails with the reason where no SSH connection is configured', async () => {
    playbook();
    await scene.device(null);
    service();
    await approved();
    const failure = await scene.fact('opmas.action.failed');
    expect(failure.data).toMatchObject({
      runId: null,
      exitCode: null,
      reason: 'no SSH connection is configured for this device',
    });
  }, 40_000);

  it('fails with the reason where the host key is another', async () => {
    playbook();
    await scene.device({ ...router, hostKeys: [`SHA256:${'A'.repeat(43)}`] });
    service();
    await approved();
    const failure = await scene.fact('opmas.action.failed');
    expect(failure.data.reason).toMatch(/shows the host key SHA256:.* not the one it was adopted with/);
    expect(counted()).toBe(0);
  }, 40_000);

  it('waits for a router that is away, within its time', async () => {
    playbook();
    await scene.device(router);
    service();
    await router.stopSshd();
    await approved();
    await scene.fact('opmas.action.started');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await router.startSshd();
    await scene.fact('opmas.action.succeeded', 30_000);
    expect(counted()).toBe(1);
  }, 60_000);

  it('expires on the clock of the stream when nobody decides', async () => {
    playbook();
    scene.playbook(
      `${readFileSync(join(scene.env('one')['TEST_PLAYBOOKS']!, 'playbook.yaml'), 'utf8')}approval: {expiresAfter: 5s}\n`,
    );
    await scene.device(router);
    await service().said('the workflow has read all actions');
    await scene.finding(`f${runs}`);
    const { data } = await scene.fact('opmas.action.proposed');
    expect((await scene.fact('opmas.action.expired')).data.expiredAt).toBe(data.expiresAt);
  }, 40_000);

  it('is proposed although a line before its finding cannot be read', async () => {
    playbook();
    service();
    await scene.frame(['{"type":"opmas.finding.opened"}', 'rubbish'], 'bad');
    await scene.finding(`f${runs}`);
    expect((await scene.fact('opmas.action.proposed')).data.note).toBe('this device is not in the configuration');
    const letters = await scene.bus.jsm.streams.info(STREAM_NAMES.deadletter);
    expect(letters.state.messages).toBe(2);
  }, 40_000);

  it('that was rejected does not run', async () => {
    playbook();
    await scene.device(router);
    service();
    await scene.finding(`f${runs}`);
    await scene.decide('opmas.action.rejected');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await kinds()).toEqual(['proposed', 'rejected']);
    expect(counted()).toBe(0);
  }, 40_000);
});
