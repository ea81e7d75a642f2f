import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres, startStack, temporaryFolder } from './index.mjs';
import type { StackOptions, TestStack } from './index.mjs';
import { isAlive } from './host.mjs';
import { root } from './places.mjs';

/** A service of a few lines: ready at once, ends at SIGTERM. Entries are named relative to the work tree. */
const dummy = `
  import { createServer } from 'node:http';
  createServer((request, response) => response.end('{"ok":true}')).listen(Number(process.env.HTTP_PORT), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
  console.log(JSON.stringify({ msg: 'up', instance: process.env.OPMAS_INSTANCE, lease: process.env.OPMAS_LEASE_MS }));
`;
const place = join(root, '.opmas', `dummies-${process.pid}`);
const table: NonNullable<StackOptions['table']> = ['one', 'two'].map((name) => ({
  name,
  entry: `.opmas/dummies-${process.pid}/${name}.mjs`,
  env: () => ({}),
}));

beforeAll(() => {
  mkdirSync(place, { recursive: true });
  for (const { name } of table) writeFileSync(join(place, `${name}.mjs`), dummy);
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

describe('a stack', () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startStack({ table, leaseMs: 1234 });
  });
  afterAll(() => stack.stop());

  it('starts its servers and services, each with an address of its own', async () => {
    expect(Object.keys(stack.servers).sort()).toEqual(['nats', 'postgres', 'redis']);
    for (const name of ['one', 'two']) {
      const answer = await fetch(`${stack.endpoints.health[name]}/readyz`);
      expect(await answer.json()).toEqual({ ok: true });
    }
  });

  it('starts a killed service and a killed server again', async () => {
    for (const handle of [stack.services['one'], stack.servers['nats']]) {
      const before = handle?.pid;
      await handle?.kill9();
      await handle?.waitReady();
      expect(handle?.pid).not.toBe(before);
    }
    expect(stack.said.some((line) => line.startsWith('one was ended by SIGKILL'))).toBe(true);
  });

  it('stops one service and starts it again', async () => {
    const one = stack.services['one'];
    await one?.stop();
    expect(one?.pid).toBe(0);
    await one?.start();
    expect(one?.pid).toBeGreaterThan(0);
  });

  it('runs a rival beside a service, under a name of its own', async () => {
    const rival = await stack.startRival('two', { env: { OPMAS_LEASE_MS: '99' } });
    expect(rival.pid).not.toBe(stack.services['two']?.pid);
    expect(Object.keys(stack.services)).toContain('two-rival');
    await rival.stop();
  });
});

describe('npm’s Postgres', () => {
  it('serves where the system has none', async () => {
    const server = await startPostgres({ bundledOnly: true });
    expect(server.url).toMatch(/^postgres:\/\/opmas@127\.0\.0\.1:\d+\/opmas$/);
    await server.stop();
  });
});

describe('what a killed owner leaves behind', () => {
  it('is ended: no server and no folder stays', async () => {
    const door = fileURLToPath(new URL('./index.mjs', import.meta.url));
    const script = join(temporaryFolder('owner'), 'owner.mjs');
    writeFileSync(
      script,
      `import { startNats, startPostgres } from ${JSON.stringify(door)};
       const servers = [await startNats(), await startPostgres()];
       console.log(JSON.stringify(servers.map(({ pid, storeDir }) => ({ pid, storeDir }))));
       setInterval(() => {}, 1000);`,
    );
    const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((resolve) =>
      owner.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    );
    const left = JSON.parse(line) as { pid: number; storeDir: string }[];
    expect(left.every(({ pid }) => isAlive(pid))).toBe(true);
    owner.kill('SIGKILL');
    for (let i = 0; i < 100 && left.some(({ pid }) => isAlive(pid)); i += 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(left.filter(({ pid }) => isAlive(pid))).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    for (const { storeDir } of left) expect(() => execFileSync('ls', [storeDir], { stdio: 'pipe' })).toThrow();
  });
});
