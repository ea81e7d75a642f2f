import { describe, expect, it } from '@jest/globals';
import { parseEvent, parseInstant } from '@opmas/contracts';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHeader, parseHeaderWithSpans } from './header/header.js';
import type { HeaderSpan } from './header/spans.js';
import { createLineParser } from './line-parser.js';

/** Measured on lines that others posted; they are not part of the project, so without them these tests are passed over. */
const folder = join(import.meta.dirname, '../../../../../shared/corpus');
const describeReal = existsSync(folder) ? describe : describe.skip;
const receivedAtMicros = parseInstant('2026-11-23T10:00:00Z')!;
const source = { receivedAtMicros, key: 'file', id: 'file-0-1-0', deviceId: null };
const rows = (file: string): string[] => readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean);

describeReal('real OpenWrt lines', () => {
  it('all become events by the contract', () => {
    const typed: Record<string, [number, number]> = {};
    for (const row of rows('openwrt-real.tsv').slice(1)) {
      const [, daemon = '', ...rest] = row.split('\t');
      const event = createLineParser().parseLine(rest.join('\t'), source);
      parseEvent(event);
      const counts = (typed[daemon] ??= [0, 0]);
      counts[0]++;
      if (event.type !== 'other.unparsed') counts[1]++;
    }
    const share = (daemon: string): number => typed[daemon]![1] / typed[daemon]![0];
    for (const daemon of [
      'hostapd',
      'pppd',
      'odhcpd',
      'odhcp6c',
      'ModemManager',
      'openvpn(client)',
      'miniupnpd',
      'wpa_supplicant',
      'usteer',
      'dawn',
      'kernel',
      'netifd',
      'dnsmasq',
      'dnsmasq-dhcp',
      'dropbear',
    ]) {
      expect([daemon, share(daemon) >= 0.95]).toEqual([daemon, true]);
    }
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

describeReal('headers of real lines', () => {
  /** Labels that were made by machine, and say nothing of a tag in brackets. */
  const isMislabelled = (line: string): boolean => /^\S+ \S+ +\d+ \S+ \d+ \S+ \[[A-Z]+:\d+\]: /.test(line);
  const files = ['openwrt-real.tsv', 'generic-linux.tsv'];

  it.each(files)('have the tag that %s names, and leave no text unaccounted for', (file) => {
    for (const row of rows(file).slice(1)) {
      const [, daemon = '', ...rest] = row.split('\t');
      const line = rest.join('\t');
      const header = parseHeaderWithSpans(line);
      if (!isMislabelled(line)) expect([line, header.appName ?? '(none)']).toEqual([line, daemon]);
      expect([line, unaccounted(line, header.spans)]).toEqual([line, '']);
    }
  });

  it('are in a form that we know', () => {
    const forms = new Set(files.flatMap((file) => rows(file).slice(1)).map((row) => parseHeader(lineOf(row)).form));
    expect([...forms].sort()).toEqual(['dmesg', 'logread', 'rfc3164', 'tag']);
  });

  /** What a reader of shapes knows without reading fields: where a line has a weekday, an uptime, words, a hostname. */
  it('have each field that the shape of the line shows', () => {
    for (const row of rows('openwrt-real.tsv').slice(1)) {
      const line = lineOf(row);
      const { form, facility, severity, time, uptimeMicros, hostname, procId } = parseHeader(line);
      const isDated = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d [\d:]{8} (\d{4}) /.exec(line);
      const hasWords = /^(?:.{0,28} )?[a-z]+\d?\.(?:emerg|alert|crit|err|warn|notice|info|debug):? /.test(
        line.slice(0, 60),
      );
      const hasHost = /^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d [\d:]{8} (\S+) /.exec(line);
      const uptime = /^(?:.{0,60} kernel: )?\[[ ?]*(\d+)\.(\d{6})\]/.exec(line);
      const said = {
        line,
        year: time?.kind === 'local' ? time.year : null,
        form,
        isGraded: facility !== null && severity !== null,
        uptimeMicros,
        hostname,
      };
      expect(said).toEqual({
        ...said,
        ...(isDated ? { year: Number(isDated[1]), form: 'logread', hostname: null } : {}),
        ...(hasHost ? { form: 'rfc3164', hostname: hasHost[1] } : {}),
        isGraded: hasWords || line.startsWith('<'),
        uptimeMicros: uptime ? Number(uptime[1]) * 1e6 + Number(uptime[2]) : null,
      });
      if (procId !== null) expect(line.slice(0, 120)).toContain(`${procId}]`);
    }
  });
});

interface SyslogCase {
  id: string;
  format: string;
  input?: string;
  input_b64?: string;
  expected: ExpectedHeader | null;
}

interface ExpectedHeader {
  priority: number;
  version?: number | null;
  timestamp: string | null;
  hostname: string | null;
  appname: string | null;
  procid: string | null;
  msgid: string | null;
  structured_data: Record<string, Record<string, string>> | null;
  message: string | { b64: string } | null;
}

describeReal('cases of another parser', () => {
  const cases = (): SyslogCase[] =>
    rows('syslog-cases.jsonl')
      .map((row) => JSON.parse(row) as SyslogCase)
      .filter(({ format }) => format !== 'nontransparent');

  it('never throw, and never lose text', () => {
    for (const syslogCase of cases()) {
      const input = inputOf(syslogCase);
      const header = parseHeaderWithSpans(input);
      expect([syslogCase.id, input.endsWith(header.message)]).toEqual([syslogCase.id, true]);
      expect([syslogCase.id, unaccounted(input, header.spans)]).toEqual([syslogCase.id, '']);
    }
  });

  it('give every header field that it expects', () => {
    const accepted = cases().filter(({ expected }) => expected !== null);
    const failed = accepted.filter((syslogCase) => differenceOf(syslogCase).length > 0);
    expect(failed.flatMap((syslogCase) => differenceOf(syslogCase))).toEqual([]);
    expect(accepted.length).toBeGreaterThan(90);
  });
});

function lineOf(row: string): string {
  return row.split('\t').slice(2).join('\t');
}

function inputOf({ input, input_b64: bytes = '' }: SyslogCase): string {
  return input ?? Buffer.from(bytes, 'base64').toString('utf8');
}

/** Text that is in no field and separates none. */
function unaccounted(text: string, spans: readonly HeaderSpan[]): string {
  let rest = '';
  let next = 0;
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from)) {
    rest += text.slice(next, from);
    next = to;
  }
  return (rest + text.slice(next)).replace(/[ :[\]]/g, '');
}

/** What a header has that the case does not expect, field by field. A byte order mark is no part of our messages. */
function differenceOf(syslogCase: SyslogCase): string[] {
  const { id, format, expected } = syslogCase;
  const header = parseHeader(inputOf(syslogCase));
  const { priority, version = null, timestamp, hostname, appname, procid, msgid, message } = expected!;
  const { time } = header;
  const text = typeof message === 'string' ? message : Buffer.from(message?.b64 ?? '', 'base64').toString('utf8');
  const pairs: Record<string, [unknown, unknown]> = {
    priority: [header.facility! * 8 + header.severity!, priority],
    version: [header.version, version],
    hostname: [header.hostname, hostname],
    appname: [header.appName, appname],
    procid: [header.procId, procid],
    msgid: [header.msgId, msgid],
    structuredData: [JSON.stringify(header.structuredData), JSON.stringify(expected!.structured_data ?? null)],
    message: [header.message, text.replace(/^\uFEFF/, '')],
    timestamp:
      format === 'rfc5424'
        ? [time !== null && time.kind !== 'local' ? time.micros : null, timestamp && parseInstant(timestamp)]
        : [time?.kind, 'local'],
  };
  return Object.entries(pairs)
    .filter(([, [ours, theirs]]) => ours !== theirs)
    .map(([name, [ours, theirs]]) => `${id} ${name}: ${String(ours)}, expected ${String(theirs)}`);
}
