import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { CATALOGUE } from './domain/catalogue/registry.js';
import type { PreparedAction } from './domain/catalogue/action.js';
import { parseSetListing } from './domain/catalogue/block-address.js';
import { Router } from './shell/router.js';
import { connectRouter } from './shell/ssh.js';
import { whyNoNats } from './spec-support/nats-server.js';
import type { RouterHost } from './spec-support/router-host.js';
import { startRouter, whyNoRouter } from './spec-support/router-host.js';
import { setScene } from './spec-support/scene.js';
import { startService } from './spec-support/service-process.js';

const obstacle = whyNoRouter({ isolated: true }) ?? whyNoNats();
const suite = obstacle === null ? describe : describe.skip;
if (obstacle !== null) process.stderr.write(`block-address.int.spec.ts skipped: ${obstacle}\n`);

suite('block-address on a real nftables', () => {
  let host: RouterHost;

  beforeAll(async () => {
    host = await startRouter({ isolated: true });
  }, 30_000);
  afterAll(() => host.remove());

  /** True where a connection to sshd from one of this machine's addresses is answered. */
  function reaches(localAddress: string): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ host: host.target.host, port: host.target.port, localAddress, timeout: 700 });
      const end = (answered: boolean): void => {
        socket.destroy();
        resolve(answered);
      };
      socket.on('connect', () => end(true));
      socket.on('timeout', () => end(false));
      socket.on('error', () => end(false));
    });
  }

  function prepare(address: string, durationSeconds: number): PreparedAction {
    const prepared = CATALOGUE['block-address'].prepare({ address, durationSeconds }, { protectedAddresses: [] });
    if (!prepared.ok) throw new Error(prepared.reason);
    return prepared.action;
  }

  async function run(
    router: Router,
    action: PreparedAction,
    runId: string,
    commands = null as ReturnType<PreparedAction['plan']> | null,
  ): Promise<void> {
    const { controllerAddress } = await router.probe();
    const plan = commands ?? action.plan({ runId, controllerAddress, elapsedSeconds: 0 });
    expect(await router.claim({ runId, commands: plan, limitSeconds: 20 })).toBe('claimed');
    for (;;) {
      const report = await router.ask(runId);
      if (report.state === 'running') continue;
      expect({ code: report.exitCode, stderr: Buffer.from(report.stderr).toString() }).toEqual({ code: 0, stderr: '' });
      return;
    }
  }

  const elements = (set: string) => parseSetListing(host.inside('nft', '-j', 'list', 'set', 'inet', 'opmas', set))!;

  it('blocks, renews, lives on when other tables are replaced, and is taken back', async () => {
    const router = new Router(await connectRouter(host.target));
    const attacker = host.attacker!;
    const action = prepare(attacker, 3600);
    expect(await reaches(attacker)).toBe(true);
    await run(router, action, 'block-1');
    expect(await reaches(attacker)).toBe(false);
    const context = { runId: 'block-1', controllerAddress: null, elapsedSeconds: 0 };
    const verification = action.verify(await router.look(action.verification()!), context);
    expect(verification.holds).toBe(true);
    expect(elements('b4')).toMatchObject([{ address: attacker, runId: 'block-1' }]);
    expect(elements('b4')[0]!.droppedPackets).toBeGreaterThan(0);

    await run(router, prepare(attacker, 60), 'other-1');
    expect(elements('b4')).toHaveLength(1);
    expect(elements('b4')[0]).toMatchObject({ runId: 'other-1' });
    expect(elements('b4')[0]!.expiresSeconds).toBeLessThanOrEqual(60);

    host.inside('nft', 'add', 'table', 'inet', 'fw4');
    host.inside('nft', 'delete', 'table', 'inet', 'fw4');
    expect(await reaches(attacker)).toBe(false);

    await run(router, action, 'rollback-1', action.rollback());
    expect(elements('b4')).toEqual([]);
    expect(await reaches(attacker)).toBe(true);
    router.close();
  }, 30_000);

  it('ends by itself', async () => {
    const router = new Router(await connectRouter(host.target));
    const { controllerAddress } = await router.probe();
    const plan = prepare(host.attacker!, 60).plan({ runId: 'short-1', controllerAddress, elapsedSeconds: 59 });
    await run(router, prepare(host.attacker!, 60), 'short-1', plan);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(elements('b4')).toEqual([]);
    expect(await reaches(host.attacker!)).toBe(true);
    router.close();
  }, 30_000);

  it('never locks the controller out, and knows IPv6', async () => {
    const router = new Router(await connectRouter(host.target));
    const probe = await router.probe();
    expect(prepare(probe.controllerAddress!, 60).precondition(probe)).toMatch("OPMAS's own address");
    expect(prepare(host.target.host, 60).precondition(probe)).toMatch("router's own address");
    await run(router, prepare('2001:db8::9', 600), 'six-1');
    expect(elements('b6')).toMatchObject([{ address: '2001:db8::9', runId: 'six-1' }]);
    host.inside('nft', 'add', 'element', 'inet', 'opmas', 'b4', `{ ${probe.controllerAddress} timeout 60s }`);
    expect(await reaches(probe.controllerAddress!)).toBe(true);
    router.close();
  }, 30_000);

  it('answers a brute force finding: proposed, approved, run, verified, dropped', async () => {
    const scene = await setScene();
    scene.playbook(readFileSync(new URL('../playbooks/block-ssh-brute-force.yaml', import.meta.url), 'utf8'));
    await scene.device(host);
    const service = startService(scene.env('one'));
    try {
      expect(await reaches(host.attacker!)).toBe(true);
      await scene.finding('f1', host.attacker!);
      const proposed = await scene.fact('opmas.action.proposed');
      expect(proposed.data.title).toBe(`Block ${host.attacker!} for 60 min`);
      await scene.decide('opmas.action.approved');
      const result = await scene.fact('opmas.action.succeeded', 20_000);
      expect(result.data.verification).toMatch(/ is blocked for 3[56]\d\d s more/);
      expect(result.data.commands![0]!.at(-1)).toContain(`comment "${result.data.runId}"`);
      expect(await reaches(host.attacker!)).toBe(false);
      expect(elements('b4').find(({ runId }) => runId === result.data.runId)).toBeDefined();
    } finally {
      await service.stop();
      await scene.remove();
    }
  }, 60_000);
});
