import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headerHostName, peerAddress, realHostName } from './sender-key.js';

const hostOf = (line: string): string | null => headerHostName(Buffer.from(line), 0, Buffer.byteLength(line));

describe('the hostname of a header', () => {
  it.each([
    ['<30>Mar  3 10:04:32 gw-3 dnsmasq[25242]: query', 'gw-3'],
    ['<30>Nov 23 20:35:17 [1727111559.066] Attic kernel: [    0.000000] x', 'Attic'],
    ['<165>1 2026-11-23T20:35:17.003Z host.example app 12 ID47 - text', 'host.example'],
    ['<165>1 2026-11-23T20:35:17+01:00 - app - - - text', '-'],
    ['<165>1 - gw-5 app - - - text', 'gw-5'],
    ['<13>2026-11-23T20:35:17.123456+00:00 nas sshd[1]: text', 'nas'],
    ['<30>Mar  3 10:04:32 OpenWrt dropbear: x', 'OpenWrt'],
    ['<165>42 - gw-5 app - - - text', 'gw-5'],
    ['<30> Mar 3 2026 10:04:32.5  gw-3 dnsmasq: x', 'gw-3'],
    ['<30>2026-11-23 20:35:17 gw-3 dnsmasq: x', 'gw-3'],
    ['<189>237: *Mar  3 10:04:32.483: gw-3 app: x', 'gw-3'],
    ['<999>Mar  3 10:04:32 gw-3 app: x', 'gw-3'],
    ['Mar  3 10:04:32 gw-3 dropbear[7]: from a file', 'gw-3'],
    ['Mar  3 10:04:32 gw-3 daemon.info dropbear[7]: from a file', 'gw-3'],
  ])('is found: %s', (line, host) => {
    expect(hostOf(line)).toBe(host);
  });

  it.each([
    '<30>Mar  3 10:04:32 dnsmasq: no name before the tag',
    'Mar  3 10:04:32 gw no priority',
    '<30>gw no time',
    '<30>Mar  3 10:04:32 daemon.info dnsmasq: no name, but a priority in words',
    '<30>Mar  3 10:04:32 last message repeated 3 times',
    '<30>Mar 32 10:04:32 gw no such day',
    '<30>Mar  3 10:04:32 2026',
    '<165>1 2026-02-30T20:35:17Z host app - - - text',
    'Tue Mar  3 10:04:32 2026 daemon.info dnsmasq[1]: as logread shows it',
    '<30>Foo  3 10:04:32 gw dnsmasq: x',
    '<30>Mar  3 10:04:32 gw',
    '<30>Mar  3 10:04:32 ',
    '<>Mar  3 10:04:32 gw x',
    '<1234>Mar  3 10:04:32 gw x',
    '<30>1 ',
    '<30>1 2026-11-23T20:35:17Z',
    '<30>Mar  3 10:04:32 [1727111559.066]',
    '',
    '<',
  ])('is absent: %s', (line) => {
    expect(hostOf(line)).toBeNull();
  });

  it('never throws, and never reads beyond the line', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
      fc.string({ maxLength: 40 }).map((text) => Buffer.from(`<30>Mar  3 10:04:32 ${text}`)),
    );
    fc.assert(
      fc.property(bytes, fc.nat(80), (line, end) => {
        const stop = Math.min(end, line.length);
        const host = headerHostName(line, 0, stop);
        if (host !== null) expect(line.toString('latin1', 0, stop)).toContain(host);
      }),
    );
  });
});

describe('a real name', () => {
  it('is lower-cased', () => {
    expect(realHostName('Attic-2.Example')).toBe('attic-2.example');
  });

  it.each([
    'OpenWrt',
    'openwrt',
    'localhost',
    'LOCALHOST',
    '-',
    '192.0.2.7',
    '2001:db8::1',
    '',
    '(none)',
    'a b',
    '-x',
    'x.',
    'dnsmasq[1]',
    'ü',
    'x'.repeat(256),
  ])('is not %s', (text) => {
    expect(realHostName(text)).toBeNull();
  });
});

describe('the address of a peer', () => {
  it('is IPv4 where it is IPv4, and has no zone', () => {
    expect(['::ffff:192.0.2.7', '192.0.2.7', 'fe80::1%eth0', '2001:db8::1', undefined].map(peerAddress)).toEqual([
      '192.0.2.7',
      '192.0.2.7',
      'fe80::1',
      '2001:db8::1',
      '',
    ]);
  });
});
