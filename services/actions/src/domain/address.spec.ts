import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalAddress, parseHostAddress } from './address.js';

describe('addresses of hosts', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9', 4],
    ['192.168.1.20', '192.168.1.20', 4],
    ['2001:DB8:0:0::1', '2001:db8::1', 6],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1', 6],
    ['::ffff:203.0.113.9', '203.0.113.9', 4],
    ['fd00::1', 'fd00::1', 6],
  ])('%s is %s', (text, address, family) => {
    expect(parseHostAddress(text)).toEqual({ ok: true, address, family });
  });

  it.each([
    '0.0.0.0',
    '127.0.0.1',
    '169.254.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'ff02::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '0x7f.1',
    '256.1.1.1',
    '203.0.113.0/24',
    '-oProxyCommand=x',
    '1.2.3.4; reboot',
    '$(reboot)',
    '2001:db8::1%eth0',
    '2001:db8::1]/x',
    '1.2.3.4 }\nflush ruleset',
    '',
  ])('%j is refused', (text) => {
    expect(parseHostAddress(text)).toMatchObject({ ok: false });
  });

  it('accepts nothing but digits, letters a to f, dots and colons', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), (text) => {
        const parsed = parseHostAddress(text);
        if (!parsed.ok) return;
        expect(parsed.address).toMatch(/^[0-9a-f.:]+$/);
        expect(parseHostAddress(parsed.address)).toEqual(parsed);
        expect(canonicalAddress(text)).toBe(parsed.address);
      }),
    );
  });
});
