import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { claimPort, holderOf, isFree, releasePort } from './ports.mjs';

describe('ports', () => {
  it('never hands out the same port twice while it is claimed', async () => {
    const claimed = await Promise.all(Array.from({ length: 20 }, () => claimPort()));
    expect(new Set(claimed).size).toBe(20);
    claimed.forEach(releasePort);
  });

  it('names the process that holds a TCP port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await isFree(port, 'tcp')).toBe(false);
    expect(await isFree(port, 'udp')).toBe(true);
    expect(holderOf(port, 'tcp')?.pid).toBe(process.pid);
    await new Promise((resolve) => server.close(resolve));
    expect(holderOf(port, 'tcp')).toBeNull();
  });

  it('names the process that holds a UDP port', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '0.0.0.0', resolve));
    const { port } = socket.address();
    expect(await isFree(port, 'udp')).toBe(false);
    expect(holderOf(port, 'udp')?.pid).toBe(process.pid);
    await new Promise<void>((resolve) => socket.close(resolve));
  });
});
