import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Command } from 'commander';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addParse } from './parse.js';

describe('opmas parse', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'opmas-parse-'));
    file = join(folder, 'router.log');
    writeFileSync(file, "<29>Nov 23 10:00:15 gw-3 netifd: Interface 'wan' is now up\nwhat is this\n");
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  async function run(...options: string[]): Promise<string> {
    let written = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk, ...rest) => {
      written += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    });
    const program = new Command('opmas').exitOverride();
    addParse(program);
    await program.parseAsync(['parse', file, '--reference-time', '2026-11-23T10:00:20Z', ...options], { from: 'user' });
    return written;
  }

  it('writes an event a line', async () => {
    const events = (await run()).trimEnd().split('\n');
    expect(events.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual([
      'wan.interface.up',
      'other.unparsed',
    ]);
  });

  it('explains each line, as text or as JSON', async () => {
    const text = await run('--explain');
    expect(text).toContain("line-1: <29>Nov 23 10:00:15 gw-3 netifd: Interface 'wan' is now up\n|- [ ] framing");
    expect(text).toContain('line-2: what is this\n');
    const [first, second] = (await run('--explain', '--json')).trimEnd().split('\n');
    expect(JSON.parse(first!)).toMatchObject({
      id: 'line-1',
      sender: { key: 'host:gw-3', hostname: 'gw-3', foundBy: 'header' },
      header: { form: 'rfc3164', parts: [{ part: 'priority' }, { part: 'time' }, { part: 'hostname' }, {}, {}] },
      dialect: 'netifd',
      type: 'wan.interface.up',
    });
    expect(JSON.parse(second!)).toMatchObject({ header: { form: 'none' }, dialect: null, type: 'other.unparsed' });
  });

  it('refuses two ways of showing at once', async () => {
    await expect(run('--explain', '--summary')).rejects.toThrow('expected only one of them');
  });
});
