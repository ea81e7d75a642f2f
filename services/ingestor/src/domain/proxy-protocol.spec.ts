import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SocketAddress, isIPv4, isIPv6 } from 'node:net';
import { formatIp, parseAddressBlock, parseIpv4, parseIpv6 } from './ip-address.js';
import { MAX_V1_BYTES, MAX_V2_BYTES, decodeProxyHeader } from './proxy-protocol.js';

const text = (line: string): Buffer => Buffer.from(line, 'latin1');
const SIGNATURE = '0d0a0d0a000d0a515549540a';
const v2 = (versionCommand: number, family: number, body: Buffer): Buffer => {
  const fixed = Buffer.from(`${SIGNATURE}00000000`, 'hex');
  fixed[12] = versionCommand;
  fixed[13] = family;
  fixed.writeUInt16BE(body.length, 14);
  return Buffer.concat([fixed, body]);
};
const inet = Buffer.from('cb007109c6336401dd3a1976', 'hex'); // 203.0.113.9:56634 to 198.51.100.1:6518
const inet6 = Buffer.from(`20010db8${'0'.repeat(23)}7${'0'.repeat(31)}1dd3a1976`, 'hex');

describe('a PROXY header', () => {
  it.each([
    ['PROXY TCP4 203.0.113.9 198.51.100.1 56634 6514\r\n', { address: '203.0.113.9', port: 56634 }],
    ['PROXY TCP6 2001:DB8:0::7 ::1 1 65535\r\n', { address: '2001:db8::7', port: 1 }],
    ['PROXY TCP6 ::ffff:203.0.113.9 ::1 0 1\r\n', { address: '203.0.113.9', port: 0 }],
    ['PROXY UNKNOWN\r\n', null],
    ['PROXY UNKNOWN ffff::1 whatever 1 2\r\n', null],
  ])('of version 1 is read: %j', (line, source) => {
    const rest = Buffer.from('<13>next');
    expect(decodeProxyHeader(Buffer.concat([text(line), rest]))).toEqual({
      kind: 'header',
      length: line.length,
      source,
    });
  });

  it.each([
    '<13>Nov 23 20:35:17 gw app: x\n',
    'PROXY TCP4 203.0.113.9 198.51.100.1 56634 6514\n',
    'PROXY TCP4 203.0.113.009 198.51.100.1 56634 6514\r\n',
    'PROXY TCP4 203.0.113.256 198.51.100.1 56634 6514\r\n',
    'PROXY TCP4 203.0.113.9 198.51.100.1 65536 6514\r\n',
    'PROXY TCP4 203.0.113.9 198.51.100.1 056 6514\r\n',
    'PROXY TCP4  203.0.113.9 198.51.100.1 1 2\r\n',
    'PROXY TCP4 203.0.113.9 198.51.100.1 1 2 3\r\n',
    'PROXY TCP4 2001:db8::7 ::1 1 2\r\n',
    'PROXY TCP6 203.0.113.9 198.51.100.1 1 2\r\n',
    'PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n',
    'PROXY UDP4 203.0.113.9 198.51.100.1 1 2\r\n',
    'PROXY \r\n',
    'proxy TCP4 203.0.113.9 198.51.100.1 1 2\r\n',
    `PROXY UNKNOWN ${'x'.repeat(MAX_V1_BYTES)}`,
  ])('of version 1 is refused: %j', (line) => {
    expect(decodeProxyHeader(text(line))).toMatchObject({ kind: 'malformed' });
  });

  it('of version 1 is 107 bytes long at most', () => {
    const longest = `PROXY UNKNOWN ${'x'.repeat(MAX_V1_BYTES - 16)}\r\n`;
    expect(longest).toHaveLength(MAX_V1_BYTES);
    expect(decodeProxyHeader(text(longest))).toMatchObject({ kind: 'header', length: MAX_V1_BYTES });
    expect(decodeProxyHeader(text(longest.replace(' x', ' xx')))).toMatchObject({ kind: 'malformed' });
  });

  it.each([
    ['TCP over IPv4', v2(0x21, 0x11, inet), { address: '203.0.113.9', port: 0xdd3a }],
    ['TCP over IPv6', v2(0x21, 0x21, inet6), { address: '2001:db8::7', port: 0xdd3a }],
    ['UDP over IPv4', v2(0x21, 0x12, inet), { address: '203.0.113.9', port: 0xdd3a }],
    ['TLVs', v2(0x21, 0x11, Buffer.concat([inet, Buffer.alloc(500, 4)])), { address: '203.0.113.9', port: 0xdd3a }],
    ['LOCAL', v2(0x20, 0x00, Buffer.alloc(0)), null],
    ['LOCAL with an address', v2(0x20, 0x11, inet), null],
    ['no family', v2(0x21, 0x00, Buffer.alloc(7)), null],
    ['a Unix socket', v2(0x21, 0x31, Buffer.alloc(216)), null],
    [
      'all that fits',
      v2(0x21, 0x11, Buffer.concat([inet, Buffer.alloc(0xffff - 12)])),
      { address: '203.0.113.9', port: 0xdd3a },
    ],
  ])('of version 2 is read: %s', (_, bytes, source) => {
    const all = Buffer.concat([bytes, Buffer.from([0x16, 0x03, 0x01])]);
    expect(decodeProxyHeader(all)).toEqual({ kind: 'header', length: bytes.length, source });
    expect(bytes.length).toBeLessThanOrEqual(MAX_V2_BYTES);
  });

  it.each([
    ['version 1', v2(0x11, 0x11, inet)],
    ['an unknown command', v2(0x22, 0x11, inet)],
    ['an unknown family', v2(0x21, 0x41, inet)],
    ['an unknown transport', v2(0x21, 0x13, inet)],
    ['too little for its addresses', v2(0x21, 0x11, inet.subarray(0, 11))],
  ])('of version 2 is refused: %s', (_, bytes) => {
    expect(decodeProxyHeader(bytes)).toMatchObject({ kind: 'malformed' });
  });

  const headers = fc.constantFrom(
    text('PROXY TCP4 203.0.113.9 198.51.100.1 56634 6514\r\n'),
    text('PROXY UNKNOWN\r\n'),
    v2(0x21, 0x11, inet),
    v2(0x21, 0x21, Buffer.concat([inet6, Buffer.alloc(300, 1)])),
    v2(0x20, 0, Buffer.alloc(0)),
  );
  const streams = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.tuple(headers, fc.uint8Array({ maxLength: 20 })).map((parts) => Buffer.concat(parts)),
    // A header with one byte changed.
    fc.tuple(headers, fc.nat(40), fc.nat(255)).map(([header, at, byte]) => {
      const changed = Buffer.from(header);
      changed[at % changed.length] = byte;
      return changed;
    }),
  );

  it('is read the same however its bytes come, never throws, and asks for more within its bounds only', () => {
    fc.assert(
      fc.property(streams, (bytes) => {
        const whole = decodeProxyHeader(bytes);
        for (let end = 0; end < bytes.length; end++) {
          const part = decodeProxyHeader(bytes.subarray(0, end));
          if (part.kind === 'incomplete') {
            expect(part.needed).toBeGreaterThan(end);
            expect(part.needed).toBeLessThanOrEqual(MAX_V2_BYTES);
            // Nothing is decided before the bytes that it asks for are there, but a refusal.
            if (whole.kind === 'header') expect(part.needed).toBeLessThanOrEqual(whole.length);
          } else {
            expect(part).toEqual(whole);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('an IP address', () => {
  it('is read where the system reads it, and written as the system writes it', () => {
    const byteOrZero = fc.oneof(fc.constant(0), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byteOrZero, { minLength: 16, maxLength: 16 }), (bytes) => {
        const long = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16)).join(
          ':',
        );
        const written = formatIp(Uint8Array.from(bytes));
        expect(isIPv6(written) || isIPv4(written)).toBe(true);
        expect(parseIpv6(long)).toEqual(Uint8Array.from(bytes));
        const { address } = new SocketAddress({ address: long, family: 'ipv6' });
        // inet_ntop() writes the last bytes of an address below ::1:0:0 as IPv4, which RFC 5952 leaves to known prefixes.
        if (!address.includes('.')) expect(written).toBe(address);
        if (written.includes(':')) expect(parseIpv6(written)).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  it('is nothing else', () => {
    const texts = fc.string({ unit: fc.constantFrom(...'0123456789abcdef:.'), maxLength: 24 });
    fc.assert(
      fc.property(fc.oneof(texts, fc.string(), fc.ipV4(), fc.ipV6()), (any) => {
        expect(parseIpv6(any) !== null).toBe(isIPv6(any));
        expect(parseIpv4(any) !== null).toBe(isIPv4(any));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a block of addresses', () => {
  it.each([
    ['192.0.2.7', { address: '192.0.2.7', prefix: 32 }],
    ['10.0.0.0/8', { address: '10.0.0.0', prefix: 8 }],
    ['::/0', { address: '::', prefix: 0 }],
    ['2001:db8::/32', { address: '2001:db8::', prefix: 32 }],
    ['10.0.0.0/33', null],
    ['10.0.0.0/', null],
    ['10.0.0.0/8/8', null],
    ['lb.example', null],
    ['', null],
  ])('%j is %j', (text, block) => expect(parseAddressBlock(text)).toEqual(block));
});
