import { existsSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LogFile, readable } from './log-file.mjs';

const folder = mkdtempSync(join(tmpdir(), 'opmas-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a log file', () => {
  it('is moved on when it is too large, while its writer keeps writing', () => {
    const log = new LogFile(join(folder, 'a.log'), { maxBytes: 20 });
    const output = log.open();
    for (const text of [
      'first line, long enough\n',
      'second line, as long\n',
      'third line, as long too\n',
      'fourth line, the last\n',
      'rest\n',
    ]) {
      writeSync(output, text);
      log.rotate();
    }
    expect(readFileSync(log.path, 'utf8')).toBe('rest\n');
    expect(readFileSync(`${log.path}.1`, 'utf8')).toBe('fourth line, the last\n');
    expect(readFileSync(`${log.path}.3`, 'utf8')).toBe('second line, as long\n');
    expect(existsSync(`${log.path}.4`)).toBe(false);
  });

  it('shows a JSON record as a person reads it', () => {
    expect(readable('{"level":"error","msg":"cannot connect","err":{"message":"refused"}}')).toBe(
      'error cannot connect (refused)',
    );
    expect(readable('plain text')).toBe('plain text');
    expect(readable('{"a":1}')).toBe('{"a":1}');
  });
});
