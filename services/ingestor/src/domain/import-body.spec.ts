import { describe, expect, it } from '@jest/globals';
import { importFormat, parseImportLine } from './import-body.js';

describe('a line of an NDJSON import', () => {
  it('has a line and perhaps a host', () => {
    expect(parseImportLine('{"line":"a"}')).toEqual({ ok: true, value: { line: 'a', host: null } });
    expect(parseImportLine('{"line":"a","host":"Attic","more":1}')).toEqual({
      ok: true,
      value: { line: 'a', host: 'attic' },
    });
    expect(parseImportLine('{"line":"a","host":"OpenWrt"}')).toEqual({ ok: true, value: { line: 'a', host: null } });
  });

  it('may have the fields of a header in place of a line, under the names of several collectors', () => {
    const lineOf = (record: object): string => {
      const parsed = parseImportLine(JSON.stringify(record));
      return parsed.ok ? parsed.value.line : parsed.reason;
    };
    const head = '<30>1 2026-11-23T20:35:17.123456Z attic hostapd 812 -';
    // Vector's syslog source.
    expect(
      lineOf({
        appname: 'hostapd',
        facility: 'daemon',
        hostname: 'attic',
        message: 'phy0-ap0: STA 02:00:00:00:00:01 IEEE 802.11: authenticated',
        procid: 812,
        severity: 'info',
        source_ip: '192.0.2.7',
        timestamp: '2026-11-23T20:35:17.123456Z',
      }),
    ).toBe(`${head} [json@32473 source_ip="192.0.2.7"] phy0-ap0: STA 02:00:00:00:00:01 IEEE 802.11: authenticated`);
    // Fluent Bit's parser syslog-rfc3164.
    expect(
      lineOf({ date: 1795466117.123456, pri: '30', host: 'attic', ident: 'hostapd', pid: '812', message: 'up' }),
    ).toBe(`${head} - up`);
  });

  it('is the line that a collector kept as its message, for the host beside it', () => {
    const line = '<30>Nov 23 20:35:17 OpenWrt app: text';
    expect(parseImportLine(JSON.stringify({ log: line, hostname: 'attic' }))).toEqual({
      ok: true,
      value: { line, host: 'attic' },
    });
    const named = '<30>Nov 23 20:35:17 cellar app: text';
    expect(parseImportLine(JSON.stringify({ message: named, hostname: 'attic' }))).toMatchObject({
      value: { line: named, host: null },
    });
  });

  it.each(['nonsense', '[]', 'null', '"a"', '{}', '{"line":1}', '{"line":""}', '{"line":"a","host":5}', '{"lime":1}'])(
    'is refused with a reason: %s',
    (text) => {
      expect(parseImportLine(text)).toMatchObject({ ok: false, reason: expect.any(String) });
    },
  );

  it('with values nested without end is refused', () => {
    const deep = `{"message":"a","deep":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(parseImportLine(deep)).toMatchObject({ ok: false });
  });
});

it('the format of a body is told by its content type', () => {
  expect(
    [undefined, 'text/plain; charset=utf-8', 'application/x-ndjson', 'application/json', 'image/png'].map(importFormat),
  ).toEqual(['plain', 'plain', 'ndjson', 'json', null]);
});
