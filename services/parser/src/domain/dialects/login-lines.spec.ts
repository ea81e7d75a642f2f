import { describe, expect, it } from '@jest/globals';
import { parseInstant } from '@opmas/contracts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLineParser } from '../line-parser.js';

/** fail2ban's own lines and verdicts; they are not part of the project, so without them this test is passed over. */
const file = join(import.meta.dirname, '../../../../../../shared/corpus/login-lines.tsv');
const source = { receivedAtMicros: parseInstant('2026-11-23T10:00:00Z')!, id: 'file-0-1-0', deviceId: null };

interface Verdict {
  line: string;
  isFailure: boolean;
  host: string;
  filter: string;
}

/** Those of its normal mode, in which a connection that breaks off is no failed login. */
function verdicts(): Verdict[] {
  const [head = '', ...rows] = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const names = head.split('\t');
  return rows.flatMap((row) => {
    const cells: Record<string, string> = Object.fromEntries(
      row.split('\t').map((cell, index) => [names[index] ?? '', cell]),
    );
    const { line = '', match, host = '', filter = '', filterOptions = '', constraint = '' } = cells;
    const modes = JSON.parse(filterOptions || '[{}]') as { mode?: string }[];
    const isNormal = modes.some(({ mode }) => mode === undefined || mode === 'normal') && !/== 'aggr/.test(constraint);
    return isNormal ? [{ line, isFailure: match === 'true', host, filter }] : [];
  });
}

/** fail2ban holds a line back and charges the login that follows with it, for which it is no failure by itself. */
const HELD_BACK = /: Accepted password for /;

(existsSync(file) ? describe : describe.skip)('lines of fail2ban', () => {
  it('are failed logins where it says so, from the same address', () => {
    const parser = createLineParser();
    const wrong: string[] = [];
    for (const { line, isFailure, host, filter } of verdicts()) {
      const { type, fields } = parser.parseLine(line, { ...source, key: filter });
      const failed = type === 'security.login.failed';
      if (failed !== isFailure && !(HELD_BACK.test(line) && isFailure)) wrong.push(line);
      const { sourceIp, sourceHost } = fields as { sourceIp?: string; sourceHost?: string };
      if (failed && isFailure && host !== '' && (sourceIp ?? sourceHost) !== host) wrong.push(`${host}: ${line}`);
    }
    expect(verdicts().length).toBeGreaterThan(200);
    expect(wrong).toEqual([]);
  });
});
