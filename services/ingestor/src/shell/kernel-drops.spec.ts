import { describe, expect, it } from '@jest/globals';
import { parseUdpLine } from './kernel-drops.js';

describe('a line of /proc/net/udp', () => {
  it('tells port, inode and drops', () => {
    const line =
      '  123: 00000000:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 456789 2 00000000abcdef01 17';
    expect(parseUdpLine(line)).toEqual({ port: 5514, inode: '456789', drops: 17 });
    const six =
      '  9: 00000000000000000000000000000000:158A 00000000000000000000000000000000:0000 07 0:0 0:0 0 0 0 77 2 0 3';
    expect(parseUdpLine(six)).toEqual({ port: 5514, inode: '77', drops: 3 });
    expect(parseUdpLine('')).toBeNull();
  });
});
