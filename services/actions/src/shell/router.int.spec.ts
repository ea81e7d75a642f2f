import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MarkerReport } from '../domain/run-marker.js';
import type { RouterHost } from '../spec-support/router-host.js';
import { startRouter, whyNoRouter } from '../spec-support/router-host.js';
import { Router } from './router.js';
import { RouterUnreachable, connectRouter } from './ssh.js';

const obstacle = whyNoRouter();
const suite = obstacle === null ? describe : describe.skip;
if (obstacle !== null) process.stderr.write(`router.int.spec.ts skipped: ${obstacle}\n`);

suite('a router behind dropbear and busybox', () => {
  let host: RouterHost;
  let router: Router;

  beforeAll(async () => {
    host = await startRouter();
    router = new Router(await connectRouter(host.target));
  }, 30_000);

  afterAll(async () => {
    router.close();
    await host.remove();
  });

  async function result(runId: string): Promise<MarkerReport> {
    for (let i = 0; i < 200; i++) {
      const report = await router.ask(runId);
      if (
        report.state !== 'running' &&
        (report.exitCode === null || report.isOutputComplete || report.exitCode === 124)
      )
        return report;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('no result');
  }

  it('says who it is and from where it is reached', async () => {
    const probe = await router.probe();
    expect(probe).toMatchObject({ controllerAddress: '127.0.0.1', routerAddress: '127.0.0.1' });
    expect(probe.ownAddresses).toContain('127.0.0.1');
    expect(probe.bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    expect(probe.uptimeSeconds).toBeGreaterThan(0);
    expect(probe.tools).toContain('start-stop-daemon');
  });

  it('runs a claimed run once and keeps its exit code and both outputs, byte for byte', async () => {
    const file = join(host.folder, 'once');
    const commands = [
      {
        argv: ['sh', '-c', 'echo x >>"$1"; cat; printf "\\377\\001" >&2; exit 7', 'sh', file],
        input: 'it\'s "quoted" $HOME `x` \\\n',
      },
      { argv: ['sh', '-c', 'echo never'] },
    ];
    expect(await router.claim({ runId: 'once-1', commands, limitSeconds: 20 })).toBe('claimed');
    expect(await router.claim({ runId: 'once-1', commands, limitSeconds: 20 })).toBe('taken');
    const report = await result('once-1');
    expect(report).toMatchObject({ state: 'ended', exitCode: 7, otherBoot: false });
    expect(Buffer.from(report.stdout).toString()).toBe('it\'s "quoted" $HOME `x` \\\n');
    expect([...report.stderr]).toEqual([255, 1]);
    expect(readFileSync(file, 'utf8')).toBe('x\n');
    await router.forget('once-1');
    expect((await router.ask('once-1')).state).toBe('absent');
  });

  it('goes on with a run when the connection is closed', async () => {
    const file = join(host.folder, 'detached');
    const session = new Router(await connectRouter(host.target));
    await session.claim({
      runId: 'detached-1',
      commands: [{ argv: ['sh', '-c', `sleep 1; echo y >>${file}`] }],
      limitSeconds: 20,
    });
    session.close();
    expect((await router.ask('detached-1')).state).toBe('running');
    expect(await result('detached-1')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, 'utf8')).toBe('y\n');
  });

  it('ends a run at its limit, its grandchildren with it', async () => {
    const file = join(host.folder, 'limit');
    const commands = [{ argv: ['sh', '-c', `(sleep 3; echo late >${file}) & sleep 30`] }];
    await router.claim({ runId: 'limit-1', commands, limitSeconds: 1 });
    expect(await result('limit-1')).toMatchObject({ state: 'ended', exitCode: 124 });
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(() => readFileSync(file)).toThrow();
  }, 15_000);

  it('takes the exit code of a command whose left-behind child holds its output open', async () => {
    await router.claim({
      runId: 'held-1',
      commands: [{ argv: ['sh', '-c', 'sleep 4 & echo done; exit 3'] }],
      limitSeconds: 20,
    });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await router.ask('held-1')).toMatchObject({ state: 'ended', exitCode: 3, isOutputComplete: false });
  });

  it('cuts an output of 100 MB and lets the command end', async () => {
    await router.claim({
      runId: 'big-1',
      commands: [{ argv: ['head', '-c', '100000000', '/dev/zero'] }],
      limitSeconds: 30,
    });
    const report = await result('big-1');
    expect(report).toMatchObject({ exitCode: 0 });
    expect(report.stdout.length).toBe(64 * 1024 + 1);
  }, 30_000);

  it('tells a run that died midway from one that ended', async () => {
    await router.claim({ runId: 'killed-1', commands: [{ argv: ['sleep', '30'] }], limitSeconds: 60 });
    const pid = host.inside('cat', '/tmp/opmas/killed-1/pid').trim();
    const group = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[4]!;
    process.kill(-Number(group), 'SIGKILL');
    expect(await router.ask('killed-1')).toMatchObject({ state: 'died', exitCode: null, otherBoot: false });
  });

  it('cuts off what a command says beyond the limit, and says so', async () => {
    const session = await connectRouter(host.target);
    const limits = { timeoutMs: 10_000, maxBytes: 100_000 };
    const outcome = await session.exec('head -c 5000000 /dev/zero', '', limits);
    expect(outcome.kind).toBe('truncated');
    expect(outcome.kind === 'truncated' && outcome.stdout.length).toBe(100_000);
    session.close();
  });

  it('never takes a lost connection or a command without end for a result', async () => {
    const session = await connectRouter(host.target);
    const limits = { timeoutMs: 300, maxBytes: 1000 };
    expect(await session.exec('sleep 20', '', limits)).toMatchObject({ kind: 'timeout' });
    const lost = session.exec('sleep 20', '', { timeoutMs: 10_000, maxBytes: 1000 });
    setTimeout(() => void host.stopSshd(), 200);
    expect(await lost).toMatchObject({ kind: 'lost' });
    await host.startSshd();
    router = new Router(await connectRouter(host.target));
  }, 20_000);

  it('is not connected to with another host key, another user key, or where nothing listens', async () => {
    const other = `SHA256:${'A'.repeat(43)}`;
    const refused = (target: Partial<typeof host.target>) =>
      connectRouter({ ...host.target, ...target }).then(
        (session) => {
          session.close();
          return null;
        },
        (error: unknown) => error,
      );
    const changed = await refused({ hostKeys: [other] });
    expect(String(changed)).toMatch(/shows the host key SHA256:.*not the one it was adopted with/);
    expect(changed).toMatchObject({ retry: false, isHostKey: true });
    expect(await refused({ hostKeys: [other, ...host.hostKeys] })).toBeNull();
    expect(await refused({ credential: { password: 'wrong' } })).toMatchObject({ retry: false, isHostKey: false });
    const nowhere = await refused({ port: 1 });
    expect(nowhere).toBeInstanceOf(RouterUnreachable);
    expect(nowhere).toMatchObject({ retry: true });
  }, 20_000);
});
