import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { isAlive } from './host.mjs';
import { Supervised } from './supervised.mjs';

const folder = mkdtempSync(join(tmpdir(), 'opmas-supervised-'));
const running: Supervised[] = [];
let number = 0;

/** Runs a few lines of JavaScript as a service. */
function supervise(
  program: string,
  more: { said?: string[]; restart?: boolean; readyWhen?: string; unit?: object } = {},
): Supervised {
  const name = `dummy-${(number += 1)}`;
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, program);
  const process_: Supervised = new Supervised(
    {
      name,
      command: process.execPath,
      args: [file],
      readyTimeoutMs: 5_000,
      isReady: () =>
        Promise.resolve(
          process_.linesOfThisLife().some((line) => line.includes(more.readyWhen ?? 'up'))
            ? true
            : 'it has not said that it is up',
        ),
      ...more.unit,
    },
    { logPath: join(folder, `${name}.log`), restart: more.restart ?? true, say: (text) => more.said?.push(text) },
  );
  running.push(process_);
  return process_;
}

const stays = `console.log('up'); setInterval(() => {}, 1000);`;

afterEach(async () => {
  for (const process_ of running.splice(0)) await process_.stop(500);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a supervised process', () => {
  it('is ready when it says so, and gone when it is stopped', async () => {
    const service = supervise(stays);
    await service.start();
    const { pid } = service;
    expect(isAlive(pid)).toBe(true);
    await service.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('is started again after a crash, which is said with its last lines', async () => {
    const said: string[] = [];
    const service = supervise(stays, { said });
    await service.start();
    const first = service.pid;
    await service.kill9();
    await service.waitReady();
    expect(service.pid).not.toBe(first);
    expect(service.restarts).toBe(1);
    expect(said[0]).toMatch(/was ended by SIGKILL; starting it again in 0\.5 s\. Its last lines:\n\s+up/);
  });

  it('waits longer after each crash', async () => {
    const said: string[] = [];
    const service = supervise(`console.log('broken'); process.exit(3);`, { said, unit: { readyTimeoutMs: 2_200 } });
    await expect(service.start()).rejects.toThrow(/did not become ready/);
    expect(said.map((line) => /again in ([\d.]+) s/.exec(line)?.[1])).toEqual(['0.5', '1', '2']);
    expect(said[0]).toContain('ended with status 3');
  });

  it('is not started again where its configuration was refused', async () => {
    const said: string[] = [];
    const service = supervise(`console.error('API_PORT: expected a number'); process.exit(78);`, { said });
    await expect(service.start()).rejects.toThrow(/ended with status 78[^]*API_PORT: expected a number/);
    expect(service.restarts).toBe(0);
  });

  it('is killed when it ignores the polite signal', async () => {
    const service = supervise(`process.on('SIGTERM', () => {}); ${stays}`);
    await service.start();
    const began = Date.now();
    await service.stop(300);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(service.isRunning).toBe(false);
  });

  it('stops while it is paused, and takes its own children with it', async () => {
    const service = supervise(
      `import { spawn } from 'node:child_process'; const c = spawn('sleep', ['600']); console.log('child', c.pid); ${stays}`,
      { unit: { readyTimeoutMs: 5_000 } },
    );
    await service.start();
    const child = Number(/child (\d+)/.exec(service.log.linesSince().join('\n'))?.[1]);
    service.pause();
    await service.stop();
    expect(isAlive(child)).toBe(false);
  });

  it('reports a program that cannot be run', async () => {
    const service = supervise('', { restart: false, unit: { command: '/nowhere/at-all' } });
    await expect(service.start()).rejects.toThrow(/did not become ready/);
  });
});
