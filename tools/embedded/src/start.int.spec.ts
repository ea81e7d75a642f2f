import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolder } from './index.mjs';
import { processIdentity } from './host.mjs';
import { root } from './places.mjs';
import { serverPasswords, takeFolder, writeRecord } from './run-record.mjs';

const start = (argv: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(root, 'tools/embedded/start.mjs'), ...argv], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 30_000,
  });

describe('npm start', () => {
  it('explains itself', () => {
    const { stdout, status } = start(['--help']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Usage: npm start/);
    expect(stdout).toContain('--ephemeral');
  });

  it('refuses a port in use before it starts anything, and names port, process and variable', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    const data = join(temporaryFolder('start'), 'data');
    const { stderr, status } = start(['--data', data, '--free-ports'], { API_PORT: String(port) });
    server.close();
    expect(status).toBe(1);
    expect(stderr).toContain(`port ${port} (tcp) is in use by process ${process.pid}`);
    expect(stderr).toContain('API_PORT=9000 npm start');
    expect(existsSync(join(data, 'run.json'))).toBe(false);
  });

  it('refuses a data folder where another start runs', () => {
    const data = temporaryFolder('taken');
    writeRecord(data, []);
    const { stderr, status } = start(['--data', data, '--free-ports']);
    expect(status).toBe(1);
    expect(stderr).toContain(`OPMAS already runs on ${data} (process ${process.pid})`);
    expect(existsSync(join(data, 'run.json'))).toBe(true);
  });
});

describe('a data folder', () => {
  it('is taken over from a run that died, which is said', async () => {
    const data = join(temporaryFolder('stale'), 'data');
    mkdirSync(data);
    // The number lives on in another process; its identity does not.
    writeFileSync(
      join(data, 'run.json'),
      JSON.stringify({ pid: process.ppid, identity: 'earlier', startedAt: 'yesterday', children: [] }),
    );
    const said: string[] = [];
    await takeFolder(data, (text) => said.push(text));
    expect(said.join()).toMatch(/previous run .*did not end properly; going on with its data/);
    const record = JSON.parse(readFileSync(join(data, 'run.json'), 'utf8')) as { pid: number; identity: string };
    expect(record).toMatchObject({ pid: process.pid, identity: processIdentity(process.pid) });
  });

  it('keeps its servers’ passwords, and says so when they cannot be read', () => {
    const data = temporaryFolder('passwords');
    const made = serverPasswords(data);
    expect(serverPasswords(data)).toEqual(made);
    writeFileSync(join(data, 'servers.json'), '{');
    expect(() => serverPasswords(data)).toThrow(/servers\.json cannot be read/);
  });
});
