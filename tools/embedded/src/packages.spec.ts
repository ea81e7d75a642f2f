import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { packagesAreInstalled } from './packages.mjs';
import { totals } from './test-command.mjs';

const folder = mkdtempSync(join(tmpdir(), 'opmas-packages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Packages = Record<string, { version?: string; optional?: boolean; link?: boolean }>;

function tree(wanted: Packages, present: Packages | null): string {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
  const hidden = join(folder, 'node_modules/.package-lock.json');
  if (present) writeFileSync(hidden, JSON.stringify({ packages: present }));
  else rmSync(hidden, { force: true });
  return folder;
}

describe('packages', () => {
  const wanted: Packages = {
    '': {},
    'libs/a': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/only-on-a-mac': { version: '1.0.0', optional: true },
  };

  it.each<[string, Packages | null, boolean]>([
    ['are those of the lock file', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['were never installed', null, false],
    ['are of another version', { 'node_modules/a': { version: '0.9.0' } }, false],
    ['lack one', {}, false],
  ])('%s', (_, present, expected) => {
    expect(packagesAreInstalled(tree(wanted, present))).toBe(expected);
  });
});

describe('the totals of a Jest run', () => {
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numRuntimeErrorTestSuites: 0 };

  it('count a file that could not be run as a failure', () => {
    expect(totals({ ...report, numRuntimeErrorTestSuites: 2 }, 1)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });

  it('are a failure when Jest says so for another reason', () => {
    expect(totals(report, 1).failed).toBe(1);
    expect(totals(report, 0).failed).toBe(0);
  });
});
