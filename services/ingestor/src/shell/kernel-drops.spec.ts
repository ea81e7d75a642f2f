import { describe, expect, it } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { KernelDrops, dropsBetween, parseUdpLine, readUdpTables } from './kernel-drops.js';

const four = (drops: string): string =>
  `  123: 00000000:158A 00000000:0000 07 00000000:00000A80 00:00000000 00000000     0        0 456789 2 00000000abcdef01 ${drops}`;

describe('a line of /proc/net/udp', () => {
  it('tells port, inode, what waits and what was dropped', () => {
    expect(parseUdpLine(four('17'))).toEqual({ port: 5514, inode: '456789', queuedBytes: 0xa80, drops: 17 });
    const six =
      '  9: 00000000000000000000000000000000:158A 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 77 2 0 3';
    expect(parseUdpLine(six)).toEqual({ port: 5514, inode: '77', queuedBytes: 0, drops: 3 });
  });

  it.each(['', 'sl local_address rem_address st tx_queue rx_queue', four('').trimEnd(), four('x')])(
    'is none: %j',
    (line) => expect(parseUdpLine(line)).toBeNull(),
  );
});

describe('the counter of drops', () => {
  it('goes on where it wraps, with a sign and without', () => {
    const drops = (text: string): number => parseUdpLine(four(text))!.drops;
    expect(dropsBetween(drops('5'), drops('12'))).toBe(7);
    expect(dropsBetween(drops('2147483647'), drops('-2147483646'))).toBe(3);
    expect(dropsBetween(drops('2147483647'), drops('2147483650'))).toBe(3);
    expect(dropsBetween(drops('-2'), drops('3'))).toBe(5);
    expect(dropsBetween(drops('4294967290'), drops('4'))).toBe(10);
  });
});

const whereTold = readUdpTables() === null ? it.skip : it;

describe('the kernel', () => {
  whereTold('tells of this process’s own sockets on the port, each by itself, and of no others', async () => {
    const [socket, other] = [createSocket('udp4'), createSocket('udp4')];
    for (const each of [socket, other]) await new Promise<void>((resolve) => each.bind(0, '127.0.0.1', resolve));
    const one = new KernelDrops(socket.address().port);
    expect(one.isTold).toBe(true);
    expect(one.look()).toEqual({ drops: [0], queuedBytes: 0 });
    for (const each of [socket, other]) each.close();
    expect(new KernelDrops(0).isTold).toBe(false);
    expect(new KernelDrops(0).look()).toBeNull();
  });
});
