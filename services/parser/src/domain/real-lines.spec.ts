import { describe, expect, it } from '@jest/globals';
import { parseEvent, parseInstant } from '@opmas/contracts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHeader } from './header/header.js';
import { createLineParser } from './line-parser.js';

/** Measured on lines that others posted; they are not part of the project, so without them these tests are passed over. */
const folder = join(import.meta.dirname, '../../../../../shared/corpus');
const describeReal = existsSync(folder) ? describe : describe.skip;
const receivedAtMicros = parseInstant('2026-11-23T10:00:00Z')!;
const source = { receivedAtMicros, key: 'file', id: 'file-0-1-0', deviceId: null };
const rows = (file: string): string[] => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean);

describeReal('real OpenWrt lines', () => {
  it('all become events by the contract, with the tag that their daemon has', () => {
    const wrongTag: string[] = [];
    const typed: Record<string, [number, number]> = {};
    for (const row of rows('openwrt-real.tsv').slice(1)) {
      const [, daemon = '', ...rest] = row.split('\t');
      const event = createLineParser().parseLine(rest.join('\t'), source);
      parseEvent(event);
      if ((event.appName ?? '(none)') !== daemon) wrongTag.push(`${daemon}: ${row}`);
      const counts = (typed[daemon] ??= [0, 0]);
      counts[0]++;
      if (event.type !== 'other.unparsed') counts[1]++;
    }
    expect(wrongTag).toEqual([]);
    const share = (daemon: string): number => typed[daemon]![1] / typed[daemon]![0];
    for (const daemon of ['hostapd', 'netifd', 'dnsmasq', 'dnsmasq-dhcp', 'dropbear']) {
      expect([daemon, share(daemon) >= 0.95]).toEqual([daemon, true]);
    }
    expect(share('kernel')).toBeGreaterThan(0.45);
  });

  it('of dropbear are failed logins exactly where fail2ban says so, from the same address', () => {
    const lines = rows('login-lines.tsv')
      .slice(1)
      .map((row) => row.split('\t'));
    const dropbear = lines.filter(([line = '']) => line.includes('dropbear['));
    expect(dropbear).not.toHaveLength(0);
    for (const [line = '', isFailure, host] of dropbear) {
      const { type, fields } = createLineParser().parseLine(line, source);
      expect([line, type === 'security.login.failed']).toEqual([line, isFailure === 'true']);
      if (isFailure === 'true') expect(fields).toHaveProperty('sourceIp', host);
    }
  });
});

interface SyslogCase {
  id: string;
  format: string;
  input?: string;
  expected: { appname: string | null; hostname: string | null; procid: string | null; msgid: string | null } | null;
}

describeReal('cases of another parser', () => {
  const cases = (): SyslogCase[] =>
    rows('syslog-cases.jsonl')
      .map((row) => JSON.parse(row) as SyslogCase)
      .filter(({ format, input }) => format !== 'nontransparent' && input !== undefined);

  it('never lose text', () => {
    for (const { input = '' } of cases()) expect(input.endsWith(parseHeader(input).message)).toBe(true);
  });

  it('give the header fields that it expects', () => {
    for (const { id, input = '', expected } of cases()) {
      if (expected === null) continue;
      const { hostname, appName, procId, msgId } = parseHeader(input);
      const { hostname: host, appname, procid, msgid } = expected;
      expect([id, hostname, appName, procId, msgId]).toEqual([id, host, appname, procid, msgid]);
    }
  });
});
