import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headerless, parseHeader, parseHeaderWithSpans } from './header.js';
import type { Header } from './header.js';

const instant = Date.UTC(2026, 10, 23, 10, 0, 15) * 1000;

/** What differs from a header that says nothing, as plain data. */
function given(value: object | string): Partial<Header> {
  const none = headerless('');
  const header = parseHeader(typeof value === 'string' ? value : JSON.stringify(value));
  const said = Object.entries(header).filter(([name, field]) => field !== Reflect.get(none, name));
  return JSON.parse(JSON.stringify(Object.fromEntries(said))) as Partial<Header>;
}

const json = (params: Record<string, string>): object => ({ structuredData: { json: params } });

describe('a line of JSON', () => {
  it('may be GELF', () => {
    expect(
      given({
        version: '1.1',
        host: 'gw',
        short_message: 'text',
        full_message: 'text\nand more',
        timestamp: 1_795_428_015.5,
        level: 4,
        _pid: 12,
        _program: 'own',
        _site: 7,
      }),
    ).toEqual({
      form: 'json',
      severity: 4,
      hostname: 'gw',
      appName: 'own',
      procId: '12',
      time: { kind: 'epoch', micros: instant + 500_000 },
      message: 'text',
      ...json({ version: '1.1', full_message: 'text\nand more', _site: '7' }),
    });
  });

  it("may be journald's export", () => {
    expect(
      given({
        __CURSOR: 's=1',
        __REALTIME_TIMESTAMP: '1795428015000003',
        _SOURCE_REALTIME_TIMESTAMP: '1795428015000001',
        PRIORITY: '6',
        SYSLOG_FACILITY: '3',
        SYSLOG_IDENTIFIER: 'dropbear',
        _PID: '12',
        _HOSTNAME: 'gw',
        MESSAGE: [103, 114, 195, 188, 255],
      }),
    ).toEqual({
      form: 'json',
      facility: 3,
      severity: 6,
      hostname: 'gw',
      appName: 'dropbear',
      procId: '12',
      time: { kind: 'epoch', micros: instant + 1 },
      message: 'gr\u00fc\uFFFD',
      ...json({ __CURSOR: 's=1', __REALTIME_TIMESTAMP: '1795428015000003' }),
    });
  });

  it.each<[string, object, object]>([
    ['a daemon', { msg: 'dropbear[12]: text', priority: 86, source: 1 }, { facility: 10, severity: 6, procId: '12' }],
    [
      'the kernel',
      { msg: '[    1.000000] text', priority: 5, source: 0 },
      { facility: 0, severity: 5, uptimeMicros: 1e6 },
    ],
    [
      'init',
      { msg: '[    1.000000] text', priority: 14, source: 0 },
      { facility: 1, appName: 'kernel', uptimeMicros: 1e6 },
    ],
    ['an empty tag', { msg: ': luci: text', priority: 14, source: 1 }, { facility: 1, appName: 'luci' }],
  ])('may be what ubus has of %s', (_, record, expected) => {
    const time = { kind: 'epoch', micros: instant + 66_000 };
    expect(given({ ...record, id: 7, time: 1_795_428_015_066 })).toMatchObject({
      form: 'json',
      time,
      message: 'text',
      structuredData: { meta: { sequenceId: '7' } },
      ...expected,
    });
  });

  it("may be a relay's template", () => {
    const rsyslog = {
      msg: ' text',
      hostname: 'gw',
      syslogtag: 'own[12]:',
      pri: '86',
      timereported: '2026-11-23T10:00:15.5+00:00',
      'structured-data': '[origin ip="192.0.2.1"]',
    };
    const time = { kind: 'offset', micros: instant + 500_000 };
    expect(given(rsyslog)).toEqual({
      form: 'json',
      facility: 10,
      severity: 6,
      hostname: 'gw',
      appName: 'own',
      procId: '12',
      time,
      message: 'text',
      structuredData: { origin: { ip: '192.0.2.1' } },
    });
    const syslogNg = {
      MESSAGE: 'text',
      HOST: 'gw',
      PROGRAM: 'own',
      PID: '12',
      PRIORITY: 'notice',
      FACILITY: 'daemon',
      DATE: 'Nov 23 10:00:15',
      _SDATA: { meta: { sequenceId: '5' } },
    };
    expect(given(syslogNg)).toMatchObject({
      facility: 3,
      severity: 5,
      hostname: 'gw',
      appName: 'own',
      procId: '12',
      time: { kind: 'local', year: null, month: 11, day: 23 },
      structuredData: { meta: { sequenceId: '5' } },
    });
    expect(given('<30>{"message":"text","level":"debug"}')).toEqual({
      form: 'json',
      facility: 3,
      severity: 6,
      message: 'text',
      ...json({ level: 'debug' }),
    });
  });

  it.each<[object, object]>([
    [
      { message: 'x', host: { hostname: 'gw' }, process: { name: 'own', pid: 3 } },
      { hostname: 'gw', appName: 'own', procId: '3' },
    ],
    [
      { message: 'x', log: { level: 'error', syslog: { facility: { code: 4 } } } },
      { facility: 4, severity: 3 },
    ],
    [{ msg: 'x', level: 50 }, { severity: 3 }],
    [
      { msg: 'x', priority: 29 },
      { facility: 3, severity: 5 },
    ],
    [{ msg: 'x', severity: 'CRITICAL' }, { severity: 2 }],
    [
      { msg: 'x', severity: 'loud' },
      { severity: null, ...json({ severity: 'loud' }) },
    ],
    [
      { log: 'x\n', stream: 'stdout' },
      { message: 'x', ...json({ stream: 'stdout' }) },
    ],
    [{ message: 'netifd: x' }, { appName: 'netifd', message: 'x' }],
    [{ message: 'Note: x' }, { appName: null, message: 'Note: x' }],
    [{ message: 'x', a: { b: { c: { d: { e: 1 } } } }, n: null }, json({ 'a.b.c.d': '{"e":1}', n: 'null' })],
    [{ message: 'x', __proto: 1, constructor: 'y' }, json({ __proto: '1', constructor: 'y' })],
  ])('%j', (value, expected) => {
    expect(JSON.parse(JSON.stringify(parseHeader(JSON.stringify(value))))).toMatchObject(expected);
  });

  it.each<[unknown, object | null]>([
    [1_795_428_015, { kind: 'epoch', micros: instant }],
    [1_795_428_015_000, { kind: 'epoch', micros: instant }],
    [1_795_428_015_000_001, { kind: 'epoch', micros: instant + 1 }],
    ['1795428015000001999', { kind: 'epoch', micros: instant + 1 }],
    ['1795428015.25', { kind: 'epoch', micros: instant + 250_000 }],
    ['2026-11-23T10:00:15Z', { kind: 'offset', micros: instant }],
    ['2026-11-23 10:00:15 UTC', { kind: 'offset', micros: instant }],
    ['2026-11-23 11:00:15 +0100', { kind: 'offset', micros: instant }],
    ['2026-11-23 10:00:15', { kind: 'local', year: 2026, month: 11, day: 23 }],
    ['Mon Nov 23 10:00:15 2026', { kind: 'local', year: 2026, month: 11, day: 23 }],
    ['yesterday', null],
    [12, null],
    [{}, null],
  ])('time %j', (time, expected) => {
    const header = parseHeader(JSON.stringify({ message: 'x', time }));
    if (expected === null) expect(header).toMatchObject({ time: null, structuredData: { json: {} } });
    else expect(header.time).toMatchObject(expected);
  });

  it.each([
    '{}',
    '{"level":3}',
    '{"message":3}',
    '{"message":"x"',
    '{message:"x"}',
    '[{"message":"x"}]',
    '{"message":"x"} y',
  ])('is a message as it stands, where no message is in it: %s', (text) =>
    expect(given(text)).toEqual({ message: text }),
  );

  it('is read however deep it is nested, or left as it is', () => {
    const deep = `{"message":"x","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(['json', 'none']).toContain(parseHeader(deep).form);
  });

  it('loses no member: each is a field, or stands in structured data', () => {
    const key = fc.oneof(fc.constantFrom('host', 'level', 'pid', 'tag', 'time', '_x'), fc.string({ maxLength: 6 }));
    const objects = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6, noNullPrototype: true });
    fc.assert(
      fc.property(objects, fc.string(), (object, message) => {
        const text = JSON.stringify({ ...object, message });
        const header = parseHeaderWithSpans(text);
        if (header.form !== 'json') return;
        expect({ ...header, spans: null }).toEqual(parseHeader(text));
        const values = new Set(Object.keys(JSON.parse(text) as object));
        expect(header.spans).toHaveLength(values.size);
        for (const { part, from, to } of header.spans) {
          const value: unknown = JSON.parse(text.slice(from, to));
          if (part === 'procId' || part === 'hostname') expect(header[part]).toBe(String(value));
        }
        for (const [name, value] of Object.entries(object)) {
          if (typeof value !== 'string' || name === 'message') continue;
          const isField = header.spans.some(
            ({ part, from }) => part !== 'structuredData' && text.startsWith(JSON.stringify(value), from),
          );
          expect(isField || Object.values(header.structuredData ?? {}).some((params) => params[name] === value)).toBe(
            true,
          );
        }
      }),
      { numRuns: 1000 },
    );
  });
});
