import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isIP } from 'node:net';
import { endpointOf, ipOf, macAt, macOf, portOf, wholeNumber } from './addresses.js';

describe('ipOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0009', '2001:db8::9'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['[fe80::1%br-lan]', 'fe80::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
  ])('writes %s as %s', (token, expected) => {
    expect(ipOf(token)).toBe(expected);
  });

  it.each([
    '',
    '1',
    '256.1.1.1',
    '1.2.3',
    '1.2.3.4.5',
    '02:aa:bb:00:00:11',
    '::1::',
    'gone',
    '1:2:3:4:5:6:7:8:9',
    ':1',
    'g::',
  ])('refuses %s', (token) => expect(ipOf(token)).toBeNull());

  it('agrees with the runtime on generated addresses, and is its own normal form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const written = ipOf(address);
        expect(isIP(written ?? '')).not.toBe(0);
        expect(ipOf(written!)).toBe(written);
      }),
    );
  });
});

describe('endpointOf', () => {
  it('takes the port behind the last colon', () => {
    expect(endpointOf('2001:db8::9:4711')).toEqual({ ip: '2001:db8::9', port: 4711 });
    expect(endpointOf('[2001:db8::9]:22')).toEqual({ ip: '2001:db8::9', port: 22 });
    expect(endpointOf('192.0.2.1:65535')).toEqual({ ip: '192.0.2.1', port: 65_535 });
  });

  it.each(['192.0.2.1', '192.0.2.1:65536', ':22', 'host:22', '192.0.2.1:'])('refuses %s', (token) => {
    expect(endpointOf(token)).toBeNull();
  });
});

describe('macAt', () => {
  it('lowers letters and keeps masked octets', () => {
    expect(macAt('x 02:AA:bb:00:00:11 y', 2)).toBe('02:aa:bb:00:00:11');
    expect(macOf('02:aa:bb:xx:XX:**')).toBe('02:aa:bb:xx:xx:**');
    expect(macOf('02:AA:bb:yy:__:??')).toBe('02:aa:bb:xx:xx:xx');
    expect(macOf('yy:aa:bb:00:00:11')).toBeNull();
    expect(macOf('02:aa:bb:00:00:1')).toBeNull();
    expect(macOf('02-aa-bb-00-00-11')).toBeNull();
  });
});

describe('numbers', () => {
  it('refuses what is no whole number in range', () => {
    expect([portOf('0'), portOf('65536'), portOf('-1'), portOf('1e3'), portOf(undefined)]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(wholeNumber('1234567890123456')).toBeUndefined();
  });
});
