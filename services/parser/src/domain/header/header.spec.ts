import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headerless, parseHeader } from './header.js';
import type { Header } from './header.js';

function given(text: string): Partial<Header> {
  const none = headerless('');
  const said = Object.entries(parseHeader(text)).filter(([name, value]) => value !== Reflect.get(none, name));
  return Object.fromEntries(said);
}

const clock = { kind: 'local', year: null, month: 11, day: 23, hour: 10, minute: 0, second: 15, micros: 0 };

describe('RFC 5424', () => {
  it('reads every field', () => {
    const text =
      '<165>1 2026-11-23T10:00:15.000003+01:00 gw.example app 8710 ID47 [a@1 x="1" y="\\"\\]\\\\\\z"][b] text';
    const header = parseHeader(text);
    expect(header).toMatchObject({
      form: 'rfc5424',
      facility: 20,
      severity: 5,
      hostname: 'gw.example',
      appName: 'app',
      procId: '8710',
      msgId: 'ID47',
      message: 'text',
      time: { kind: 'offset', micros: Date.UTC(2026, 10, 23, 9, 0, 15) * 1000 + 3 },
    });
    expect(JSON.parse(JSON.stringify(header.structuredData))).toEqual({ 'a@1': { x: '1', y: '"]\\\\z' }, b: {} });
  });

  it('reads nil values as null, and takes the byte order mark off the message', () => {
    expect(given('<13>1 - - - - - - \uFEFFgr\u00fc\u00dfe')).toEqual({
      form: 'rfc5424',
      facility: 1,
      severity: 5,
      message: 'gr\u00fc\u00dfe',
    });
  });

  it('keeps a repeated parameter, and a name that objects know already', () => {
    const { structuredData } = parseHeader('<13>1 - - - - - [__proto__ ip="1" ip="2" constructor="3"] x');
    expect(JSON.stringify(structuredData)).toBe('{"__proto__":{"ip":"1,2","constructor":"3"}}');
  });

  it('keeps what was read before the line broke off, and the rest as message', () => {
    expect(given('<13>1 2026-11-23T10:00:15Z gw app - - no data')).toMatchObject({
      appName: 'app',
      message: 'no data',
    });
    expect(given('<13>1 - gw')).toMatchObject({ hostname: 'gw' });
    expect(given('<13>1 - gw app - - [open x="1" text')).toMatchObject({ message: '[open x="1" text' });
  });

  it('is not taken for RFC 5424 without a time stamp', () => {
    expect(given('<13>1 apple a day')).toEqual({ form: 'rfc3164', facility: 1, severity: 5, message: '1 apple a day' });
  });
});

describe('RFC 3164 as it is met', () => {
  const wire = { form: 'rfc3164', facility: 3, severity: 5, time: clock };

  it.each<[string, Partial<Header>]>([
    ['gw netifd: text', { hostname: 'gw', appName: 'netifd', message: 'text' }],
    ['gw netifd[12]: text', { hostname: 'gw', appName: 'netifd', procId: '12', message: 'text' }],
    ['netifd[12]: text', { appName: 'netifd', procId: '12', message: 'text' }],
    ['gw postfix/smtpd[12]: text', { hostname: 'gw', appName: 'postfix/smtpd', procId: '12', message: 'text' }],
    ['gw openvpn(client)[12]: text', { hostname: 'gw', appName: 'openvpn(client)', procId: '12', message: 'text' }],
    ['gw wan-check:: text', { hostname: 'gw', appName: 'wan-check', message: 'text' }],
    ['gw : luci: text', { hostname: 'gw', message: 'luci: text' }],
    ['gw site: hostapd: wlan0: AP-ENABLED', { hostname: 'gw', appName: 'hostapd', message: 'wlan0: AP-ENABLED' }],
    ['gw hostapd: wlan0: AP-ENABLED', { hostname: 'gw', appName: 'hostapd', message: 'wlan0: AP-ENABLED' }],
    [
      'gw kernel: [   12.000034] text',
      { hostname: 'gw', appName: 'kernel', uptimeMicros: 12_000_034, message: 'text' },
    ],
    ['gw kernel: text', { hostname: 'gw', appName: 'kernel', message: 'text' }],
    ['(none) daemon.info dnsmasq[1]: text', { hostname: '(none)', appName: 'dnsmasq', procId: '1', message: 'text' }],
    ['2001:db8::1 app: text', { hostname: '2001:db8::1', appName: 'app', message: 'text' }],
    ['gw no tag here', { hostname: 'gw', message: 'no tag here' }],
    ['text', { message: 'text' }],
    ['last message repeated 3 times', { message: 'last message repeated 3 times' }],
    ['-- MARK --', { message: '-- MARK --' }],
    ['"quoted" app: text', { message: '"quoted" app: text' }],
  ])('%s', (rest, expected) => {
    expect(given(`<29>Nov 23 10:00:15 ${rest}`)).toEqual({ ...wire, ...expected });
  });

  it.each<[string, object]>([
    ['Nov  3 10:00:15', { ...clock, day: 3 }],
    ['Nov 03 10:00:15', { ...clock, day: 3 }],
    ['Nov 23 2025 10:00:15', { ...clock, year: 2025 }],
    ['Nov 23 10:00:15 2025', { ...clock, year: 2025 }],
    ['Nov 23 10:00:15.123', { ...clock, micros: 123_000 }],
    ['Nov 23 10:00:15 [1795428015.066]', { kind: 'epoch', micros: 1_795_428_015_066_000 }],
    ['2026-11-23T10:00:15Z', { kind: 'offset', micros: Date.UTC(2026, 10, 23, 10, 0, 15) * 1000 }],
    ['2026-11-23T10:00:15.5-0130', { kind: 'offset', micros: Date.UTC(2026, 10, 23, 11, 30, 15) * 1000 + 500_000 }],
    ['2026-11-23 10:00:15', { ...clock, year: 2026 }],
    ['*Nov 23 10:00:15', clock],
    ['237: .Nov 23 10:00:15', clock],
  ])('time %s', (stamp, time) => {
    expect(given(`<29>${stamp} gw app: text`)).toEqual({
      ...wire,
      time,
      hostname: 'gw',
      appName: 'app',
      message: 'text',
    });
  });

  it.each([
    'Nov 31 10:00:15',
    'Nov 23 24:00:15',
    'Nov 23 10:60:15',
    'Nob 23 10:00:15',
    '2026-02-29T10:00:15Z',
    '2026-13-01T10:00:15Z',
  ])('%s is no time, so the line is its message', (stamp) => {
    const text = `${stamp} gw text`;
    expect(given(`<29>${text}`)).toEqual({ form: 'rfc3164', facility: 3, severity: 5, message: text });
  });

  it("reads Cisco's sequence number and zone", () => {
    expect(given('<189>237: *Nov 23 10:00:15.483 UTC: %SYS-5-CONFIG_I: text')).toMatchObject({
      appName: '%SYS-5-CONFIG_I',
      message: 'text',
    });
  });
});

describe('files', () => {
  it('reads what logread shows', () => {
    expect(given('Mon Nov 23 10:00:15 2026 kern.notice kernel: [    0.000000] text')).toEqual({
      form: 'logread',
      facility: 0,
      severity: 5,
      appName: 'kernel',
      time: { ...clock, year: 2026 },
      uptimeMicros: 0,
      message: 'text',
    });
    expect(given('Mon Nov 23 10:00:15 2026 daemon.debug [2158]: <debug> text')).toMatchObject({
      facility: 3,
      severity: 7,
      procId: '2158',
      message: '<debug> text',
    });
    expect(given('daemon.notice: netifd: text')).toMatchObject({ form: 'logread', appName: 'netifd', message: 'text' });
  });

  it('reads the kernel ring buffer, leading spaces of the text kept', () => {
    expect(given('[136407.012110]  mtk_flow+0xd0')).toEqual({
      form: 'dmesg',
      appName: 'kernel',
      uptimeMicros: 136_407_012_110,
      message: ' mtk_flow+0xd0',
    });
    expect(given('<4>[   12.000001] text')).toMatchObject({
      facility: 0,
      severity: 4,
      appName: 'kernel',
      message: 'text',
    });
  });

  it('reads a bare tag only where it cannot be prose', () => {
    expect(given('dropbear[12]: text')).toMatchObject({ form: 'tag', appName: 'dropbear', procId: '12' });
    expect(given('hostapd: text')).toMatchObject({ form: 'tag', appName: 'hostapd' });
    expect(given('Note: text')).toEqual({ message: 'Note: text' });
  });
});

describe('any text', () => {
  const piece = fc.constantFrom(
    ...[
      '<13>',
      '<191>',
      '<',
      '1 ',
      '- ',
      'Nov 23 10:00:15 ',
      '2026-11-23T10:00:15Z ',
      '[a x="',
      '"] ',
      '\\',
      ']',
      '[',
      ':',
      ' ',
    ],
    ...[
      'Mon ',
      '2026 ',
      'daemon.info ',
      'kernel: ',
      '[  1.000000] ',
      '[1795428015.066] ',
      'gw ',
      'app[1]: ',
      '237: ',
      '*',
      '\uFEFF',
    ],
  );
  const lines = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 14 }).map((parts) => parts.join('')),
  );

  it('gives a header, and a message that is the end of the text', () => {
    fc.assert(
      fc.property(lines, (text) => {
        const header = parseHeader(text);
        expect(text.endsWith(header.message)).toBe(true);
        if (header.form === 'none') expect(header).toEqual(headerless(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['<13>', '<13>Nov 23 10:00:15 ', '<13>1 - - - - - [a ', 'Mon Nov 23 10:00:15 2026 '])(
    'takes time in proportion to the length behind %j',
    (start) => {
      for (const filler of ['[', ' ', 'a ', ':', '[a', '"', '\\', '0', 'a: ', '=']) {
        const text = start + filler.repeat(100_000);
        const before = performance.now();
        parseHeader(text);
        expect(performance.now() - before).toBeLessThan(250);
      }
    },
  );
});
