import { describe, expect, it } from '@jest/globals';
import { parseEvent, parseInstant } from '@opmas/contracts';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLineParser } from '../line-parser.js';
import { LIVE_CLOCK } from '../time.js';
import { DIALECTS } from './registry.js';

/**
 * Golden corpora: `corpus/<daemon>/<name>.log` holds lines, `<name>.expected.ndjson` what is said of each. After a change
 * that is meant, `OPMAS_ACCEPT_CORPUS=1 npm test` writes the expected files anew; read the difference before a commit.
 */
const folder = join(import.meta.dirname, '../../../corpus');
const receivedAtMicros = parseInstant('2026-11-23T10:00:20.000000Z')!;

function read(daemon: string, file: string): string[] {
  const parser = createLineParser({ trust: LIVE_CLOCK });
  const lines = readFileSync(join(folder, daemon, file), 'utf8')
    .split('\n')
    .filter(Boolean);
  return lines.map((line, index) => {
    const event = parser.parseLine(line, {
      receivedAtMicros,
      key: 'host:gw-cellar',
      id: `a-0-1-${index}`,
      deviceId: null,
    });
    expect(() => parseEvent(event)).not.toThrow();
    // Its template is the miner's affair, and depends on the lines before.
    const fields = event.type === 'other.unparsed' ? {} : event.fields;
    const { type, timestamp, timeQuality, facility, severity, effectiveSeverity, hostname, appName, procId } = event;
    const header = { timestamp, timeQuality, facility, severity, effectiveSeverity, hostname, appName, procId };
    const { msgId, structuredData, message } = event;
    return JSON.stringify({ type, fields, ...header, msgId, structuredData, message });
  });
}

describe.each(readdirSync(folder))('corpus of %s', (daemon) => {
  const files = readdirSync(join(folder, daemon)).filter((name) => name.endsWith('.log'));

  it.each(files)('%s', (file) => {
    const expectedFile = join(folder, daemon, file.replace(/\.log$/, '.expected.ndjson'));
    const actual = read(daemon, file);
    if (process.env['OPMAS_ACCEPT_CORPUS'] === '1') writeFileSync(expectedFile, actual.join('\n') + '\n');
    const expected = readFileSync(expectedFile, 'utf8').split('\n').filter(Boolean);
    expect(actual.map((line): unknown => JSON.parse(line))).toEqual(expected.map((line): unknown => JSON.parse(line)));
  });
});

it('has a corpus for every dialect, by one of its tags', () => {
  const folders = new Set(readdirSync(folder));
  const covered = new Set(Object.entries(DIALECTS).flatMap(([tag, dialect]) => (folders.has(tag) ? [dialect] : [])));
  const bare = Object.entries(DIALECTS).filter(([, dialect]) => !covered.has(dialect));
  expect(bare.map(([tag]) => tag)).toEqual([]);
});
