import { describe, expect, it } from '@jest/globals';
import { wireguardKernel } from './wireguard.js';

const peer = { product: 'wireguard', tunnel: 'wg0', peerName: 'peer 1', peerIp: '203.0.113.9', peerPort: 51820 };

describe("the kernel's lines of WireGuard", () => {
  it.each([
    [
      'wg0: Handshake for peer 1 (203.0.113.9:51820) did not complete after 5 seconds, retrying (try 2)',
      'wan.vpn.peer-silent',
      { ...peer, silentSeconds: 5, attempt: 2 },
    ],
    [
      'wg0: Handshake for peer 1 (203.0.113.9:51820) did not complete after 20 attempts, giving up',
      'wan.vpn.peer-silent',
      { ...peer, hasGivenUp: true },
    ],
    [
      'wg0: Retrying handshake with peer 1 (203.0.113.9:51820) because we stopped hearing back after 15 seconds',
      'wan.vpn.peer-silent',
      { ...peer, silentSeconds: 15 },
    ],
    [
      'wg0: Keypair 4 created for peer 1',
      'wan.vpn.rekeyed',
      { product: 'wireguard', tunnel: 'wg0', peerName: 'peer 1' },
    ],
    [
      'wg0: Invalid handshake initiation from [2001:db8::66]:40001',
      'wan.vpn.packet-refused',
      {
        product: 'wireguard',
        tunnel: 'wg0',
        peerIp: '2001:db8::66',
        peerPort: 40001,
        detail: 'Invalid handshake initiation from [2001:db8::66]:40001',
      },
    ],
    [
      'WireGuard 1.0.0 loaded. See www.wireguard.com for information.',
      'wan.vpn.started',
      { product: 'wireguard', version: '1.0.0' },
    ],
  ])('%s', (line, type, fields) => {
    const said = wireguardKernel(line);
    expect(said?.type).toBe(type);
    expect(JSON.parse(JSON.stringify(said?.fields))).toEqual(fields);
  });

  it('are left alone where they are none of them', () => {
    expect(wireguardKernel('wg0: Something else')).toBeNull();
    expect(wireguardKernel('self-tests: pass')).toBeNull();
  });
});
