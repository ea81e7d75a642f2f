import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const BIN = fileURLToPath(new URL('../bin/opmas.mjs', import.meta.url));

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opmas-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function opmas(args: string[], input = ''): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, stdio: 'pipe' });
  const outcome: Outcome = { code: null, stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { ...outcome, code };
}

function ndjson(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ATTACK = Array.from(
  { length: 10 },
  (_, index) =>
    `<84>Nov 23 20:00:${10 + index} gw-spec-01 dropbear[${300 + index}]: Bad password attempt for 'root' from 203.0.113.9:4711`,
).join('\n');

describe('opmas', () => {
  it('explains itself, and refuses what it does not know with code 2', async () => {
    const help = await opmas(['--help']);
    expect(help.code).toBe(0);
    for (const command of ['status', 'parse', 'scan', 'rules', 'send', 'simulate'])
      expect(help.stdout).toContain(command);
    expect(await opmas(['conquer'])).toMatchObject({ code: 2, stdout: '' });
    expect(await opmas(['parse', '--colour'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--colour') });
  }, 120_000);

  it('parses standard input, events in the contract order', async () => {
    const { code, stdout } = await opmas(['parse', '-'], `${ATTACK}\nnonsense\n\n`);
    const events = ndjson(stdout);
    expect(code).toBe(0);
    expect(events.map((event) => event.type)).toEqual([
      ...Array<string>(10).fill('security.login.failed'),
      'other.unparsed',
    ]);
    expect(events[0]).toMatchObject({
      hostname: 'gw-spec-01',
      appName: 'dropbear',
      procId: '300',
      structuredData: null,
    });
    expect(Object.keys(events[0] ?? {}).slice(0, 4)).toEqual(['id', 'type', 'deviceId', 'receivedAt']);
  });

  it('keeps bytes that are no UTF-8', async () => {
    const file = join(folder, 'bytes.log');
    const line = Buffer.from([0x3c, 0x31, 0x33, 0x3e, 0xff, 0x80, 0x61]);
    writeFileSync(file, Buffer.concat([line, Buffer.from('\n')]));
    const [event] = ndjson((await opmas(['parse', file])).stdout);
    expect(Buffer.from(String(event?.rawBase64), 'base64')).toEqual(line);
  });

  it('reads a column of tab-separated values, named or by its header', async () => {
    const file = join(folder, 'lines.tsv');
    writeFileSync(file, `source\tdaemon\tline\nweb\tdropbear\t${ATTACK.split('\n')[0]}\nshort\n`);
    const byHeader = await opmas(['parse', file]);
    const byNumber = await opmas(['parse', file, '--format', 'tsv:3']);
    expect(ndjson(byHeader.stdout).map((event) => event.type)).toEqual(['security.login.failed']);
    expect(byNumber.stdout).toBe(byHeader.stdout);
    expect(JSON.parse((await opmas(['parse', file, '--summary', '--json'])).stdout)).toMatchObject({
      lines: 1,
      typed: 1,
      daemons: { dropbear: { lines: 1, typed: 1 } },
    });
  });

  it('finds an attack (code 1), and nothing in its absence (code 0)', async () => {
    const found = await opmas(['scan', '-'], ATTACK);
    expect(found.code).toBe(1);
    expect(ndjson(found.stdout)).toMatchObject([
      {
        ruleId: 'ssh-brute-force',
        status: 'open',
        count: 10,
        group: { sourceIp: '203.0.113.9' },
        evidence: Array.from({ length: 10 }, (_, index) => `line-${index + 1}`),
      },
    ]);
    const settled = await opmas(['scan', '-', '--settle', '1d'], ATTACK);
    expect(ndjson(settled.stdout)).toMatchObject([{ status: 'cleared' }]);
    const facts = ndjson((await opmas(['scan', '-', '--facts', '--settle', '1d'], ATTACK)).stdout);
    expect(facts[0]).toMatchObject({ type: 'opmas.finding.opened', specversion: '1.0' });
    expect(facts.at(-1)).toMatchObject({ type: 'opmas.finding.cleared' });
    expect(await opmas(['scan', '-'], ATTACK.split('\n').slice(0, 3).join('\n'))).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  it('finds each trouble of the simulator, and no trouble in a quiet fleet', async () => {
    const start = [
      '--start',
      '2026-11-23T20:00:00Z',
      '--devices',
      '12',
      '--duration',
      '140s',
      '--rate',
      '150',
      '--out',
      'fleet.log',
    ];
    expect((await opmas(['simulate', ...start, '--scenario', 'mixed'])).code).toBe(0);
    const mixed = ndjson((await opmas(['scan', 'fleet.log'])).stdout).map((finding) => finding.ruleId);
    expect([...new Set(mixed)].sort()).toEqual([
      'oom-kill',
      'port-scan',
      'ssh-brute-force',
      'wan-flap',
      'wifi-auth-failures',
    ]);
    expect(mixed.length).toBe(6);
    expect((await opmas(['simulate', ...start, '--scenario', 'quiet'])).code).toBe(0);
    expect(await opmas(['scan', 'fleet.log'])).toMatchObject({ code: 0, stdout: '' });
  }, 60_000);

  it('simulates the same bytes for the same seed', async () => {
    const args = [
      'simulate',
      '--seed',
      'x',
      '--lines',
      '3000',
      '--start',
      '2026-11-23T20:00:00Z',
      '--tokens',
      '--out',
      '-',
    ];
    const [first, second] = [await opmas(args), await opmas(args)];
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout.split('\n').length).toBe(3001);
    expect(first.stdout.match(/token=x-\d+/g)?.length).toBe(1500);
  });

  it('tests the rules of this build', async () => {
    const { code, stdout } = await opmas(['rules', 'test', '--json']);
    const results = JSON.parse(stdout) as { rule: string; passed: boolean }[];
    expect(results.filter((result) => !result.passed)).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(5);
    expect(code).toBe(0);
    expect((await opmas(['rules', 'list'])).stdout).toContain('ssh-brute-force');
  });

  it('names the line of a faulty rule, and a rule without a sample', async () => {
    writeFileSync(join(folder, 'rule.yaml'), 'id: broken\nversion: none\n');
    expect(await opmas(['rules', 'test', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/rule\.yaml:2:\d+: /),
    });
    rmSync(join(folder, 'rule.yaml'));
    expect(await opmas(['rules', 'list', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no rule.yaml'),
    });
  });

  it.each([
    [['parse', 'missing.log'], 'missing.log: no such file'],
    [['scan', '.'], '.: it is a directory'],
    [['send', 'missing.log', '--to', 'tcp://127.0.0.1:1'], 'missing.log: no such file'],
    [['parse', '--format', 'csv'], '--format csv: expected auto, lines or tsv:N'],
    [['parse', '--zone', 'Mars/Olympus', '-'], 'Mars/Olympus'],
    [['simulate', '--rate', '0'], '--rate 0: expected'],
    [['simulate', '--out', 'x.log'], '--out needs an end'],
    [['simulate', '--lines', '9', '--out', 'no/such/folder/x.log'], 'no/such/folder/x.log'],
    [['send', '-', '--to', 'smoke'], '--to smoke: expected udp, tcp or http'],
  ])('%j: code 2, and the message names what is wrong', async (args, message) => {
    expect(await opmas(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });

  it('says with code 3 that nobody is there', async () => {
    const away = await opmas(['send', '-', '--to', 'tcp://127.0.0.1:1', '--retry-for', '0s'], ATTACK);
    expect(away).toMatchObject({ code: 3, stderr: expect.stringContaining('127.0.0.1:1 does not answer') });
    const refused = await opmas(['send', '-', '--to', 'udp://127.0.0.1:1'], ATTACK);
    expect([0, 3]).toContain(refused.code);
    expect(await opmas(['status', '--data', 'nowhere'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('nowhere'),
    });
  });

  it('sends over HTTP and reports what was taken', async () => {
    const bodies: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        bodies.push(body);
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const sent = await opmas(['send', '-', '--to', to, '--json'], `${ATTACK}\n`);
    const simulated = await opmas(['simulate', '--to', to, '--lines', '200', '--rate', '2000', '--tokens', '--json']);
    server.closeAllConnections();
    server.close();
    expect(JSON.parse(sent.stdout)).toMatchObject({ sent: 10, inDoubt: 0, failed: 0 });
    expect(JSON.parse(simulated.stdout)).toMatchObject({ lines: 200, tokens: 100, sent: 200 });
    expect(bodies.join('').split('\n').length - 1).toBe(210);
    expect(bodies.join('').startsWith(ATTACK)).toBe(true);
  });

  it('tells the state of what endpoints.json names', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/metrics') response.end('opmas_stage_lag_messages{shard="1"} 5\n');
      else response.end('{"checks":{}}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const write = (api: string): void =>
      writeFileSync(join(folder, 'endpoints.json'), JSON.stringify({ api, nats: base, health: { parser: base } }));
    write(base);
    const well = await opmas(['status', '--data', folder, '--json']);
    write('http://127.0.0.1:1');
    const ill = await opmas(['status', '--data', folder]);
    server.closeAllConnections();
    server.close();
    expect(well.code).toBe(0);
    expect(JSON.parse(well.stdout)).toMatchObject({
      ok: true,
      checks: [{ name: 'parser', ok: true, lag: 5 }, { name: 'api' }, { name: 'nats' }],
    });
    expect(ill).toMatchObject({ code: 1, stdout: expect.stringMatching(/api\s+FAILS/) });
    writeFileSync(join(folder, 'endpoints.json'), '{"api": ');
    expect(await opmas(['status', '--data', folder])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no JSON'),
    });
  });

  it('ends in peace when its reader goes', async () => {
    const child = spawn(process.execPath, [BIN, 'simulate', '--out', '-'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
  });
});
