import { describe, expect, it } from '@jest/globals';
import { SenderWatch } from './sender-watch.js';
import type { WatchVerdict } from './sender-watch.js';

/** Each sighting goes through a snapshot. `[second, peer, port]`. */
function watched(
  key: string,
  sightings: [at: number, peer: string, port?: number, kernel?: boolean][],
): WatchVerdict[] {
  let watch = new SenderWatch();
  return sightings.map(([at, peer, port = 514, isAnotherKernel = false]) => {
    watch = new SenderWatch(JSON.parse(JSON.stringify(watch.snapshot())) as never);
    return watch.take({ key, peer, port, transport: 'udp', receivedMicros: 1e15 + at * 1e6, isAnotherKernel });
  });
}

const hour = 3600;

describe('a name', () => {
  it('from one address is of one device', () => {
    expect(
      watched('host:gw', [
        [0, 'a'],
        [1, 'a'],
        [hour, 'a', 999],
      ]),
    ).toEqual(['sole', 'sole', 'sole']);
  });

  it('that another address uses at the same time is nobody’s there, and stays its first owner’s', () => {
    expect(
      watched('host:gw', [
        [0, 'a'],
        [1, 'b'],
        [2, 'a'],
        [3, 'b'],
        [4, 'c'],
        [5, 'a'],
      ]),
    ).toEqual([...['sole', 'ambiguous', 'home', 'ambiguous', 'ambiguous', 'home']]);
  });

  it('moves with a router whose address changes', () => {
    expect(
      watched('host:gw', [
        [0, 'a'],
        [15, 'b'],
        [16, 'b'],
        [40, 'b'],
        [86_400, 'c'],
      ]),
    ).toEqual([...['sole', 'sole', 'sole', 'sole', 'sole']]);
    // Faster than anybody can tell: for ten seconds it is not known whether the old address still speaks.
    expect(
      watched('host:gw', [
        [0, 'a'],
        [3, 'b'],
        [8, 'b'],
        [10, 'b'],
        [11, 'b'],
      ]),
    ).toEqual([...['sole', 'ambiguous', 'ambiguous', 'sole', 'sole']]);
  });

  it('of two that speak rarely is contested as soon as the first comes back', () => {
    expect(
      watched('host:gw', [
        [0, 'a'],
        [600, 'b'],
        [1200, 'a'],
        [1800, 'b'],
        [2400, 'a'],
      ]),
    ).toEqual([...['sole', 'sole', 'home', 'ambiguous', 'home']]);
  });

  it('is its own again a day after anybody else was noticed, and may move then', () => {
    const day = 24 * hour;
    expect(
      watched('host:gw', [
        [0, 'a'],
        [1, 'b'],
        [2, 'a'],
        [day, 'a'],
        [day + 3, 'a'],
        [2 * day, 'b'],
      ]),
    ).toEqual([...['sole', 'ambiguous', 'home', 'home', 'sole', 'sole']]);
  });

  it('behind which two kernels speak from one address is nobody’s', () => {
    expect(
      watched('host:gw', [
        [0, 'a'],
        [1, 'a', 514, true],
        [2, 'a'],
      ]),
    ).toEqual(['sole', 'ambiguous', 'ambiguous']);
  });

  it('is its owner’s again when somebody decided', () => {
    const watch = new SenderWatch();
    const take = (at: number, peer: string) =>
      watch.take({ key: 'host:gw', peer, port: 1, transport: 'tcp', receivedMicros: at * 1e6, isAnotherKernel: false });
    expect([take(1, 'a'), take(2, 'b'), take(3, 'a')]).toEqual(['sole', 'ambiguous', 'home']);
    watch.settle();
    expect(take(4, 'a')).toBe('sole');
  });
});

describe('an address', () => {
  it('is of one device while its port changes only now and then', () => {
    expect(
      watched('addr:a', [
        [0, 'a', 1],
        [5, 'a', 1],
        [9, 'a', 2],
        [50, 'a', 3],
        [51, 'a', 4],
      ]),
    ).toEqual([...['sole', 'sole', 'sole', 'sole', 'sole']]);
  });

  it('whose ports take turns is of several', () => {
    expect(
      watched('addr:a', [
        [0, 'a', 1],
        [1, 'a', 2],
        [2, 'a', 1],
        [3, 'a', 2],
        [4, 'a', 2],
      ]),
    ).toEqual([...['sole', 'sole', 'sole', 'ambiguous', 'ambiguous']]);
    const three: [number, string, number][] = [0, 1, 2, 3, 4, 5].map((at) => [at, 'a', at % 3]);
    expect(watched('addr:a', three).slice(-2)).toEqual(['ambiguous', 'ambiguous']);
  });

  it('is of one device again a day after', () => {
    const turns: [number, string, number][] = [0, 1, 2, 3].map((at) => [at, 'a', at % 2]);
    expect(watched('addr:a', [...turns, [24 * hour, 'a', 1], [24 * hour + 4, 'a', 1]]).slice(-3)).toEqual([
      ...['ambiguous', 'ambiguous', 'sole'],
    ]);
  });

  it('behind which two kernels speak is of several', () => {
    expect(
      watched('addr:a', [
        [0, 'a'],
        [1, 'a', 514, true],
      ]),
    ).toEqual(['sole', 'ambiguous']);
  });
});
