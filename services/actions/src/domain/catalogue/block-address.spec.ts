import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RouterProbe } from '../run-marker.js';
import type { PreparedAction } from './action.js';
import { shownCommands } from './action.js';
import { blockAddress, parseSetListing } from './block-address.js';

const run = { runId: 'act-1', controllerAddress: '10.0.0.9', elapsedSeconds: 0 };
const probe: RouterProbe = {
  controllerAddress: '10.0.0.9',
  routerAddress: '10.0.0.1',
  ownAddresses: ['127.0.0.1', '192.168.1.1'],
  bootId: 'b',
  uptimeSeconds: 9,
  tools: ['nft'],
};

function prepare(address: unknown, durationSeconds: unknown = 3600, protectedAddresses: string[] = []): PreparedAction {
  const prepared = blockAddress.prepare({ address, durationSeconds }, { protectedAddresses });
  if (!prepared.ok) throw new Error(prepared.reason);
  return prepared.action;
}

describe('block-address', () => {
  it('adds, deletes and adds the element in one transaction, with its end and the name of the run', () => {
    const [nft, cut] = prepare('203.0.113.9').plan(run);
    expect(nft!.argv).toEqual(['nft', '-f', '-']);
    expect(nft!.input).toBe(`add table inet opmas
add set inet opmas b4 { type ipv4_addr; flags timeout; counter; }
add set inet opmas b6 { type ipv6_addr; flags timeout; counter; }
add chain inet opmas pre { type filter hook prerouting priority -150; policy accept; }
flush chain inet opmas pre
add rule inet opmas pre ip saddr 10.0.0.9 accept
add rule inet opmas pre ip saddr @b4 drop
add rule inet opmas pre ip6 saddr @b6 drop
add element inet opmas b4 { 203.0.113.9 }
delete element inet opmas b4 { 203.0.113.9 }
add element inet opmas b4 { 203.0.113.9 timeout 3600s comment "act-1" }
`);
    expect(cut!.argv.at(-1)).toBe('203.0.113.9');
  });

  it('puts an IPv6 address into its own set, and lets an IPv6 controller in', () => {
    const [nft] = prepare('2001:DB8::1').plan({ ...run, controllerAddress: '2001:db8::99' });
    expect(nft!.input).toContain('ip6 saddr 2001:db8::99 accept');
    expect(nft!.input).toContain('b6 { 2001:db8::1 timeout 3600s');
  });

  it('is never prolonged by a second run', () => {
    expect(prepare('203.0.113.9').plan({ ...run, elapsedSeconds: 600 })[0]!.input).toContain('timeout 3000s');
    expect(prepare('203.0.113.9', 60).plan({ ...run, elapsedSeconds: 600 })[0]!.input).toContain('timeout 1s');
  });

  it('shows its commands before it knows the controller', () => {
    const shown = shownCommands(prepare('203.0.113.9').plan({ ...run, controllerAddress: null }));
    expect(shown[0]!.slice(0, 3)).toEqual(['nft', '-f', '-']);
    expect(shown[0]![3]).toContain('<address of OPMAS as the router sees it>');
  });

  it.each([
    ['a text that is no address', 'example.org', 3600],
    ['nftables words', '1.2.3.4 } ; flush ruleset', 3600],
    ['a network', '203.0.113.0/24', 3600],
    ['less than a minute', '203.0.113.9', 59],
    ['more than a day', '203.0.113.9', 86_401],
    ['no number', '203.0.113.9', '3600'],
  ])('refuses %s', (_, address, duration) => {
    expect(blockAddress.prepare({ address, durationSeconds: duration }, { protectedAddresses: [] })).toMatchObject({
      ok: false,
    });
  });

  it('refuses addresses that must stay reachable', () => {
    expect(() => prepare('203.0.113.9', 3600, ['203.0.113.9'])).toThrow('protected');
    expect(() => prepare('2001:db8::1', 3600, ['2001:0db8::0:1'])).toThrow('protected');
    expect(prepare('10.0.0.9').precondition(probe)).toMatch("OPMAS's own address");
    expect(prepare('192.168.1.1').precondition(probe)).toMatch("router's own address");
    expect(prepare('203.0.113.9').precondition({ ...probe, tools: [] })).toBe('the router has no nft');
    expect(prepare('203.0.113.9').precondition({ ...probe, controllerAddress: null })).toMatch('cannot be kept open');
    expect(prepare('203.0.113.9').precondition({ ...probe, controllerAddress: 'x } ; flush ruleset' })).toMatch(
      'cannot be kept open',
    );
    expect(prepare('203.0.113.9').precondition(probe)).toBeNull();
  });

  it('no value reaches nft but an address and whole seconds', () => {
    const value = fc.oneof(
      fc.string(),
      fc.ipV4(),
      fc.ipV6(),
      fc.string().map((text) => `203.0.113.9${text}`),
    );
    fc.assert(
      fc.property(value, fc.anything(), (address, duration) => {
        const prepared = blockAddress.prepare({ address, durationSeconds: duration }, { protectedAddresses: [] });
        if (!prepared.ok) return;
        const lines = prepared.action.plan(run)[0]!.input!.split('\n');
        expect(lines.at(-2)).toMatch(/^add element inet opmas b[46] \{ [0-9a-f.:]+ timeout \d+s comment "act-1" \}$/);
      }),
    );
  });
});

describe('what nft shows', () => {
  const listing = (elem: unknown[]): string =>
    JSON.stringify({ nftables: [{ metainfo: { version: '1.0.6' } }, { set: { name: 'b4', elem } }] });
  const blocked = {
    elem: { val: '203.0.113.9', timeout: 3600, expires: 3590, comment: 'act-1', counter: { packets: 4, bytes: 240 } },
  };
  const verify = (output: string) => prepare('203.0.113.9').verify(output, run);

  it('proves a block by its address, its end and the action that set it', () => {
    expect(verify(listing([blocked]))).toEqual({
      holds: true,
      detail: '203.0.113.9 is blocked for 3590 s more, 4 packets dropped so far',
    });
    expect(prepare('203.0.113.9').verify(listing([blocked]), { ...run, runId: 'act-2' })).toMatchObject({
      holds: true,
    });
  });

  it.each([
    ['an empty set', listing([])],
    ['another address', listing([{ elem: { ...blocked.elem, val: '203.0.113.10' } }])],
    ['another action', listing([{ elem: { ...blocked.elem, comment: 'other-1' } }])],
    ['no end', listing([{ elem: { val: '203.0.113.9', comment: 'act-1' } }])],
    ['an element without attributes', listing(['203.0.113.9'])],
    ['no output', ''],
    ['text', 'Error: No such file'],
  ])('holds not for %s', (_, output) => expect(verify(output)).toMatchObject({ holds: false }));

  it('reads elements of any kind', () => {
    expect(parseSetListing('{}')).toBeNull();
    expect(parseSetListing(listing([blocked]))).toEqual([
      { address: '203.0.113.9', expiresSeconds: 3590, runId: 'act-1', droppedPackets: 4 },
    ]);
  });
});
