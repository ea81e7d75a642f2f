import { describe, expect, it } from '@jest/globals';
import { headerless, parseHeader } from './header.js';
import type { Header } from './header.js';

function given(text: string): Partial<Header> {
  const none = headerless('');
  const said = Object.entries(parseHeader(text)).filter(([name, value]) => value !== Reflect.get(none, name));
  return Object.fromEntries(said);
}

const noon = Date.UTC(2026, 10, 23, 10, 0, 15) * 1000;
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
      version: 1,
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

  it.each<[string, object]>([
    ['<165>999 2026-11-23T10:00:15Z gw a - - - x', { version: 999, facility: 20 }],
    ['<13>1 2026-11-23t10:00:15z gw a - - - x', { time: { kind: 'offset', micros: noon } }],
    ['<13>1 2026-11-23T10:00:15.1Z gw a - - - x', { time: { kind: 'offset', micros: noon + 100_000 } }],
    ['<13>1 2026-11-23T10:00:15.123456Z gw a - - - x', { time: { kind: 'offset', micros: noon + 123_456 } }],
    ['<13>1 2026-11-23T10:00:15.123456789Z gw a - - - x', { time: { kind: 'offset', micros: noon + 123_456 } }],
    ['<13>1 2026-11-23T09:59:60Z gw a - - - x', { time: { kind: 'offset', micros: noon - 15e6 } }],
    ['<13>1 2026-11-23T10:00:15 gw a - - - x', { time: { ...clock, year: 2026 }, message: 'x' }],
    [`<13>1 - ${'h'.repeat(300)} a - - - x`, { hostname: 'h'.repeat(300), appName: 'a' }],
    ['<13>1 - gw a 7 M [s a="1"]', { structuredData: { s: { a: '1' } }, message: '' }],
    ['<13>1 - gw a 7 M [s a="1"]x', { structuredData: { s: { a: '1' } }, message: 'x' }],
    ['<13>1 - gw a 7 M [s a="1"][s a="2"] x', { structuredData: { s: { a: '1,2' } }, message: 'x' }],
    ['<13>1 - gw a 7 M [s a="1"] [t b="2"]', { structuredData: { s: { a: '1' } }, message: '[t b="2"]' }],
    ['<13>1 - gw a 7 M -', { message: '' }],
    ['1 2026-11-23T10:00:15Z gw a - - - x', { form: 'rfc5424', facility: null, hostname: 'gw', message: 'x' }],
  ])('%s', (text, expected) => {
    const { structuredData, ...rest } = parseHeader(text);
    const data =
      structuredData === null ? {} : { structuredData: JSON.parse(JSON.stringify(structuredData)) as object };
    expect({ ...rest, ...data }).toMatchObject(expected);
  });

  it.each([
    '<13>0 - gw a - - - x',
    '<13>1000 - gw a - - - x',
    '<13>1 2026-11-31T10:00:15Z gw a - - - x',
    '<13>1 soon gw x',
  ])('is not taken for RFC 5424: %s', (text) => {
    expect(given(text)).toEqual({ form: 'rfc3164', facility: 1, severity: 5, message: text.slice(4) });
  });

  it('is not taken for RFC 5424 without a time stamp', () => {
    expect(given('<13>1 apple a day')).toEqual({ form: 'rfc3164', facility: 1, severity: 5, message: '1 apple a day' });
  });
});

function cisco(sequenceId: string, isUnset: boolean): object {
  return { structuredData: { meta: { sequenceId }, ...(isUnset ? { timeQuality: { isSynced: '0' } } : {}) } };
}

describe('RFC 3164 as it is met', () => {
  const wire = { form: 'rfc3164', facility: 3, severity: 5, time: clock };

  it.each<[string, Partial<Header>]>([
    ['gw netifd: text', { hostname: 'gw', appName: 'netifd', message: 'text' }],
    ['gw netifd[12]: text', { hostname: 'gw', appName: 'netifd', procId: '12', message: 'text' }],
    ['netifd[12]: text', { appName: 'netifd', procId: '12', message: 'text' }],
    ['gw postfix/smtpd[12]: text', { hostname: 'gw', appName: 'postfix/smtpd', procId: '12', message: 'text' }],
    ['gw openvpn(client)[12]: text', { hostname: 'gw', appName: 'openvpn(client)', procId: '12', message: 'text' }],
    ['gw wan-check:: text', { hostname: 'gw', appName: 'wan-check', message: 'text' }],
    ['gw : luci: text', { hostname: 'gw', appName: 'luci', message: 'text' }],
    ['gw : Added device handler type: x', { hostname: 'gw', message: 'Added device handler type: x' }],
    ['gw [RELOAD:12]: text', { hostname: 'gw', appName: 'RELOAD', procId: '12', message: 'text' }],
    ['gw [reload]: text', { hostname: 'gw', appName: 'reload', message: 'text' }],
    [
      'gw kernel: [    1.000000][  T123] text',
      { hostname: 'gw', appName: 'kernel', uptimeMicros: 1e6, message: 'text' },
    ],
    ['gw kernel: [?? 1.000000] text', { hostname: 'gw', appName: 'kernel', uptimeMicros: 1e6, message: 'text' }],
    ['gw kernel: init: - preinit -', { hostname: 'gw', appName: 'kernel', message: 'init: - preinit -' }],
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
    ['2026 Nov 23 10:00:15', { ...clock, year: 2026 }],
    ['2026-11-23T10:00:15.5+01', { kind: 'offset', micros: noon + 500_000 - 3600e6 }],
    ['2026-11-23t10:00:15z', { kind: 'offset', micros: noon }],
    ['1795428015.066', { kind: 'epoch', micros: 1_795_428_015_066_000 }],
    ['Mon Nov 23 10:00:15 CET 2026', { ...clock, year: 2026 }],
    ['Mon Nov 23 10:00:15 UTC 2026', { kind: 'offset', micros: noon }],
    ['Mon 2026-11-23 10:00:15 CET', { ...clock, year: 2026 }],
    ['Mon 2026-11-23 10:00:15 UTC', { kind: 'offset', micros: noon }],
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

  it.each<[string, object]>([
    [
      '<189>237: *Nov 23 10:00:15.483 CET: %SYS-5-CONFIG_I: text',
      { appName: '%SYS-5-CONFIG_I', msgId: 'CONFIG_I', time: { ...clock, micros: 483_000 }, ...cisco('237', true) },
    ],
    [
      '<189>237: gw-core: .Nov 23 2026 10:00:15 UTC: %SYS-5-CONFIG_I: text',
      { hostname: 'gw-core', time: { kind: 'offset', micros: noon }, ...cisco('237', true) },
    ],
    ['<189>gw-core: Nov 23 10:00:15: %SYS-5-CONFIG_I: text', { hostname: 'gw-core', msgId: 'CONFIG_I' }],
    [
      '<166>Nov 23 2026 10:00:15 fw1 : %ASA-6-302013: text',
      { hostname: 'fw1', appName: '%ASA-6-302013', msgId: '302013' },
    ],
    ['237: Nov 23 10:00:15: %LINK-3-UPDOWN: text', { severity: 3, facility: null, ...cisco('237', false) }],
  ])("reads Cisco's %s", (text, expected) => {
    expect(JSON.parse(JSON.stringify(parseHeader(text)))).toMatchObject({ ...expected, message: 'text' });
  });

  it('reads the header behind a number that is no priority, and only then', () => {
    expect(given('<999>Nov 23 10:00:15 gw app: text')).toEqual({
      form: 'rfc3164',
      time: clock,
      hostname: 'gw',
      appName: 'app',
      message: 'text',
    });
    for (const text of ['<999>text', '<192>', '<1000>Nov 23 10:00:15 gw app: text', '<>x'])
      expect(given(text)).toEqual({ message: text });
  });
});

describe("logread's prefix", () => {
  it.each<[string, string | null, string | null, string]>([
    ['site-7: hostapd: wlan0: AP-ENABLED', 'site-7', 'hostapd', 'wlan0: AP-ENABLED'],
    ['site-7: kernel: [    1.000000] text', 'site-7', 'kernel', 'text'],
    ['site-7: root: text', 'site-7', 'root', 'text'],
    ['site-7: own-daemon[12]: text', 'site-7', 'own-daemon', 'text'],
    ['site-7: : luci: text', 'site-7', 'luci', 'text'],
    ['site-7: : text', 'site-7', null, 'text'],
    ['Building 7, floor 2: hostapd: text', 'Building 7, floor 2', 'hostapd', 'text'],
    ['[lab] a: b: dropbear[3]: text', '[lab] a: b', 'dropbear', 'text'],
    ['site-7 hostapd: text', 'site-7', 'hostapd', 'text'],
    ['floor two dnsmasq[1]: text', 'floor two', 'dnsmasq', 'text'],
    // No prefix: the first tag is known, or has a pid, or nothing speaks for the inner one.
    ['netifd: wan (2702): udhcpc: text', null, 'netifd', 'wan (2702): udhcpc: text'],
    ['procd: /etc/rc.d/S95done: ntpd: text', null, 'procd', '/etc/rc.d/S95done: ntpd: text'],
    ['own[7]: hostapd: text', null, 'own', 'hostapd: text'],
    ['own: eth0: text', null, 'own', 'eth0: text'],
    ['own: a: hostapd: text', null, 'own', 'a: hostapd: text'],
    ['it failed to start hostapd: text', null, null, 'it failed to start hostapd: text'],
    [`${'x'.repeat(70)}: hostapd: text`, null, null, `${'x'.repeat(70)}: hostapd: text`],
  ])('%s', (rest, prefix, appName, message) => {
    const header = parseHeader(`<29>Nov 23 10:00:15 gw ${rest}`);
    expect(header).toMatchObject({ hostname: 'gw', prefix, appName, message });
    const data = prefix === null ? null : { logread: { prefix } };
    expect(JSON.parse(JSON.stringify(header.structuredData))).toEqual(data);
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

  it.each<[string, object]>([
    ['[Mon Nov 23 10:00:15 2026] text', { form: 'dmesg', appName: 'kernel', time: { ...clock, year: 2026 } }],
    ['kern  :info  : [    1.000000] text', { form: 'dmesg', facility: 0, severity: 6, uptimeMicros: 1e6 }],
    ['daemon:warn  : [Mon Nov 23 10:00:15 2026] text', { form: 'dmesg', facility: 3, severity: 4 }],
    ['[    1.000000 <    0.000012>] text', { form: 'dmesg', uptimeMicros: 1e6 }],
    ['<6>[    1.000000] text', { facility: 0, severity: 6, uptimeMicros: 1e6, appName: 'kernel' }],
    [
      '2026-11-23T10:00:15,000000+00:00 text',
      { form: 'dmesg', appName: 'kernel', time: { kind: 'offset', micros: noon } },
    ],
    ['2026-11-23T10:00:15+0000 gw app[1]: text', { form: 'rfc3164', hostname: 'gw', appName: 'app', procId: '1' }],
    ['Nov 23 10:00:15.123456 gw app[1]: text', { form: 'rfc3164', time: { ...clock, micros: 123_456 } }],
    ['Nov 23 10:00:15 gw user.notice root: text', { form: 'rfc3164', facility: 1, severity: 5, appName: 'root' }],
    ['gw dropbear[12]: text', { form: 'tag', hostname: 'gw', appName: 'dropbear', procId: '12' }],
  ])('%s', (text, expected) => {
    expect(parseHeader(text)).toMatchObject({ ...expected, message: 'text' });
  });

  it.each(['[Mon Nov 31 10:00:15 2026] x', 'kern:what: [ 1.0] x', '[1.5] x', 'gw own[12]: x', '-- Reboot --'])(
    'leaves %s as it is',
    (text) => expect(given(text)).toEqual({ message: text }),
  );

  it('reads a bare tag only where it cannot be prose', () => {
    expect(given('dropbear[12]: text')).toMatchObject({ form: 'tag', appName: 'dropbear', procId: '12' });
    expect(given('hostapd: text')).toMatchObject({ form: 'tag', appName: 'hostapd' });
    expect(given('Note: text')).toEqual({ message: 'Note: text' });
  });
});
