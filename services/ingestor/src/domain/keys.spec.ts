import { describe, expect, it } from '@jest/globals';
import type { ConfigFact } from '@opmas/contracts';
import { shardOf } from '@opmas/contracts';
import { KeyBindings } from './key-bindings.js';
import { KeyCap } from './key-cap.js';

function device(deviceId: string, keys: string[], shard: number): ConfigFact {
  return {
    specversion: '1.0',
    id: `${deviceId}-${keys.join()}`,
    type: 'opmas.config.device.changed',
    source: '/test',
    subject: deviceId,
    time: '2026-11-23T20:35:17.000000Z',
    data: {
      deviceId,
      name: deviceId,
      shard,
      keys,
      status: 'adopted',
      firstRecordId: 'x-0-1-0',
      discoveredAt: '2026-11-23T20:35:17.000000Z',
      timeZone: null,
      labels: {},
      ssh: null,
    },
  };
}

describe('bindings of keys', () => {
  it('send a key to its device, an unbound one to its hash', () => {
    const bindings = new KeyBindings(16);
    const elsewhere = (shardOf('host:a', 16) + 1) % 16;
    bindings.apply(device('d1', ['host:a', 'host:b'], elsewhere));
    expect(bindings.shardOf('host:a')).toBe(elsewhere);
    expect(bindings.shardOf('host:c')).toBe(shardOf('host:c', 16));
    expect([bindings.isBound('host:b'), bindings.isBound('host:c')]).toEqual([true, false]);
  });

  it('let go what a device gave up, but not what another has taken since', () => {
    const bindings = new KeyBindings(16);
    bindings.apply(device('d1', ['host:a', 'host:b'], 1));
    bindings.apply(device('d2', ['host:b'], 2));
    bindings.apply(device('d1', ['host:c'], 1));
    expect([bindings.isBound('host:a'), bindings.shardOf('host:b'), bindings.shardOf('host:c')]).toEqual([false, 2, 1]);
  });

  it('are kept for a start without the configuration, and overruled by it', () => {
    const before = new KeyBindings(16);
    const elsewhere = (shardOf('host:a', 16) + 1) % 16;
    before.apply(device('d1', ['host:a', 'host:home'], elsewhere));
    before.apply(device('d2', ['host:own'], shardOf('host:own', 16)));
    const after = new KeyBindings(16);
    after.remember(before.moved());
    expect(after.shardOf('host:a')).toBe(elsewhere);
    expect(before.moved().map(([key]) => key)).not.toContain('host:own');
    after.apply(device('d1', ['host:a'], 3));
    expect(after.shardOf('host:a')).toBe(3);
  });
});

describe('the cap of new names', () => {
  it('admits so many names an address, and those it knows for ever', () => {
    const cap = new KeyCap(3);
    const admitted = Array.from({ length: 10 }, (_, i) => cap.admits('192.0.2.7', `name${i}`, 0));
    expect(admitted.filter(Boolean).length).toBe(3);
    expect(cap.admits('192.0.2.7', 'name0', 0)).toBe(true);
    expect(cap.admits('192.0.2.8', 'name9', 0)).toBe(true);
    expect(cap.names).toBe(4);
  });

  it('forgets after a day, and stays bounded over forged addresses', () => {
    const cap = new KeyCap(1);
    expect(cap.admits('a', 'one', 0)).toBe(true);
    expect(cap.admits('a', 'two', 1000)).toBe(false);
    expect(cap.admits('a', 'two', 25 * 3600 * 1000)).toBe(true);
    for (let i = 0; i < 70_000; i++) cap.admits(`peer${i}`, 'x', 0);
    expect(cap.names).toBeLessThanOrEqual(65_536);
  });
});
