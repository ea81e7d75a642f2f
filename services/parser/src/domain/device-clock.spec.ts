import { describe, expect, it } from '@jest/globals';
import { parseInstant } from '@opmas/contracts';
import { clockSetBy } from './clock-lines.js';
import { DeviceClock } from './device-clock.js';
import type { ClockNotice, ClockReading } from './device-clock.js';
import { LIVE_CLOCK } from './time.js';

const start = parseInstant('2026-11-23T10:00:00.000000Z')!;

interface Said extends Partial<Omit<ClockReading, 'receivedMicros' | 'deviceMicros'>> {
  /** Seconds since the start: when the line came. */
  at: number;
  /** Seconds that the line's stamp is behind; null for none. */
  behind?: number | null;
  /** Seconds since boot. */
  up?: number;
}

/** Each step goes through a snapshot, so that every case holds across a restore as well. */
class Told {
  clock = new DeviceClock();

  take({ at, behind = 0, up, ...said }: Said): ClockNotice | null {
    this.clock = DeviceClock.restore(JSON.parse(JSON.stringify(this.clock.snapshot())) as never);
    const receivedMicros = start + at * 1e6;
    return this.clock.take(
      {
        receivedMicros,
        deviceMicros: behind === null ? null : receivedMicros - behind * 1e6,
        uptimeMicros: up === undefined ? null : up * 1e6,
        isZoneKnown: true,
        mark: null,
        setBySeconds: null,
        ...said,
      },
      LIVE_CLOCK,
    );
  }

  /** A line a second. */
  lines(from: number, count: number, said: Omit<Said, 'at'> = {}): (ClockNotice | null)[] {
    return Array.from({ length: count }, (_, i) => this.take({ ...said, at: from + i }));
  }

  get verdict() {
    return { ...this.clock.verdict };
  }
}

function settled(behind = 0): Told {
  const told = new Told();
  told.lines(0, 10, { behind });
  return told;
}

describe('the skew', () => {
  it('is each line’s own until there are enough', () => {
    const told = new Told();
    for (const [at, behind] of [300, 2, 700, -5].entries()) {
      told.take({ at, behind });
      expect(told.verdict).toEqual({ skewMicros: behind * 1e6, isUnsynced: false });
    }
    expect(told.clock.skewMicros).toBeNull();
  });

  it('is the median of one sample a second, so that a burst of late lines does not move it', () => {
    const told = settled(1);
    for (let i = 0; i < 500; i++) told.take({ at: 11 + i / 1000, behind: 20 });
    expect(told.clock.skewMicros).toBe(1e6);
    told.lines(20, 40, { behind: 4 });
    expect(told.clock.skewMicros).toBe(4e6);
  });

  it('of a clock that is wrong is told of every line, and a late line of a right one is none', () => {
    const wrong = settled(700);
    wrong.take({ at: 20, behind: 690 });
    expect(wrong.verdict.skewMicros).toBe(700e6);
    const right = settled();
    right.take({ at: 20, behind: 3600 });
    expect(right.verdict).toEqual({ skewMicros: 0, isUnsynced: false });
  });

  it('keeps a bounded number of samples', () => {
    const told = new Told();
    told.lines(0, 200);
    expect(told.clock.snapshot().offsets).toHaveLength(31);
  });
});

describe('a step', () => {
  it.each([
    ['forward', -60, 60],
    ['back', 60, -60],
  ])('%s is told once, by the line that makes it certain', (_, behind, seconds) => {
    const told = settled();
    const notices = told.lines(10, 8, { behind });
    expect(notices.filter((notice) => notice !== null)).toEqual([{ clockStepSeconds: seconds, boot: null }]);
    expect(notices[2]).not.toBeNull();
  });

  it('is not what a drained queue of late lines looks like', () => {
    const told = settled();
    const notices = Array.from({ length: 300 }, (_, i) => told.take({ at: 310 + i / 300, behind: 300 - i }));
    notices.push(...told.lines(312, 10));
    expect(notices.every((notice) => notice === null)).toBe(true);
  });

  it('is not a smaller jump, and not lines of two opinions', () => {
    const told = settled();
    expect(told.lines(10, 5, { behind: 29 })).toEqual([null, null, null, null, null]);
    for (let i = 0; i < 20; i++) expect(told.take({ at: 20 + i, behind: i % 2 === 0 ? 3600 : 0 })).toBeNull();
  });

  it('of whole quarters of an hour is a change of zone where the zone is not known', () => {
    for (const [isZoneKnown, told] of [
      [false, settled()],
      [true, settled()],
    ] as const) {
      const notices = told.lines(10, 5, { behind: -3600, isZoneKnown });
      expect(notices.some((notice) => notice !== null)).toBe(isZoneKnown);
      expect(told.lines(15, 5, { behind: -3600 }).every((notice) => notice === null)).toBe(true);
    }
  });

  it('is what a time daemon says, once for one setting', () => {
    const told = settled();
    expect(told.take({ at: 12, behind: 0, setBySeconds: 90_175.8 })).toEqual({
      clockStepSeconds: 90_175.8,
      boot: null,
    });
    expect(told.take({ at: 13, behind: 0, setBySeconds: 90_175.8 })).toBeNull();
    expect(told.take({ at: 40, behind: 0, setBySeconds: 0.2 })).toBeNull();
  });

  it('forgets what stamps showed in another zone', () => {
    const told = settled(7200);
    told.clock.forgetOffsets();
    expect(told.lines(10, 10)).toEqual(Array(10).fill(null));
  });
});

describe('a clock that was not set', () => {
  it('is unsynced until the daemon sets it, and then believed at once', () => {
    const told = new Told();
    told.lines(0, 10, { behind: 90_175 });
    expect(told.verdict.isUnsynced).toBe(true);
    expect(told.take({ at: 11, setBySeconds: 90_175 })).toEqual({ clockStepSeconds: 90_175, boot: null });
    told.take({ at: 12 });
    expect(told.verdict).toEqual({ skewMicros: 0, isUnsynced: false });
  });

  it('is seen to be set by its stamps alone', () => {
    const told = new Told();
    told.lines(0, 3, { behind: 90_175 });
    expect(told.take({ at: 4 })).toEqual({ clockStepSeconds: 90_175, boot: null });
    expect(told.verdict.isUnsynced).toBe(false);
  });

  it('after a start is behind by little, when the newest file is of five minutes ago', () => {
    const told = new Told();
    told.lines(0, 10, { up: 500 });
    const [first] = told.lines(60, 1, { behind: 300, up: 20 });
    expect(first).toMatchObject({ boot: { number: 1 } });
    expect(told.verdict.isUnsynced).toBe(true);
    told.take({ at: 61, behind: 300 });
    expect(told.verdict.isUnsynced).toBe(true);
    expect(told.take({ at: 62, behind: 1 })).toEqual({ clockStepSeconds: 299, boot: null });
    expect(told.verdict.isUnsynced).toBe(false);
  });
});

describe('a start of the device', () => {
  const uptimes = (told: Told, from: number, count: number, bootAt: number, said: Omit<Said, 'at'> = {}) =>
    Array.from({ length: count }, (_, i) => told.take({ ...said, at: from + i, up: from + i - bootAt }));

  it('is an uptime that goes back, from a later start; with its number and instant', () => {
    const told = new Told();
    expect(uptimes(told, 1000, 10, 0).every((notice) => notice === null)).toBe(true);
    expect(told.take({ at: 1090, up: 10 })).toEqual({
      clockStepSeconds: null,
      boot: { number: 1, micros: start + 1080e6 },
    });
    expect(told.take({ at: 1091, up: 11 })).toBeNull();
    expect(told.take({ at: 5000, up: 5 })).toMatchObject({ boot: { number: 2 } });
    expect(told.clock.boots.count).toBe(2);
  });

  it('is no line that came late, or out of order', () => {
    const told = new Told();
    uptimes(told, 1000, 10, 0);
    expect(told.take({ at: 1010, up: 1008.9, behind: 1.1 })).toBeNull();
    expect(told.take({ at: 1600, up: 500, behind: 1100 })).toBeNull();
    expect(told.take({ at: 1601, up: 1601 })).toBeNull();
    expect(told.take({ at: 1602, up: 1500, behind: null })).toBeNull();
  });

  it('is the kernel’s first line, once, whatever else tells of it', () => {
    const told = settled();
    expect(told.take({ at: 20, up: 0, mark: 'boot' })).toMatchObject({ boot: { number: 1 } });
    expect(told.take({ at: 21, up: 1 })).toBeNull();
    expect(told.take({ at: 22, behind: 300, mark: 'log-connected' })).toBeNull();
    expect(told.take({ at: 900, mark: 'boot', behind: null })).toMatchObject({ boot: { number: 2 } });
    expect(told.take({ at: 901, mark: 'boot', behind: null })).toBeNull();
  });

  it('is a log that connects anew with a clock that went back, and not one that only connects', () => {
    const told = settled();
    expect(told.take({ at: 20, mark: 'log-connected' })).toBeNull();
    expect(told.take({ at: 60, behind: 400, mark: 'log-connected' })).toEqual({
      clockStepSeconds: null,
      boot: { number: 1, micros: start + 60e6 },
    });
    expect(told.verdict.isUnsynced).toBe(true);
    expect(told.take({ at: 61, behind: 400, up: 25 })).toBeNull();
  });

  const isAnother = (told: Told, at: number, up: number, behind: number | null = 0): boolean => {
    const received = start + at * 1e6;
    return told.clock.boots.isAnotherKernel(up * 1e6, received, behind === null ? null : received - behind * 1e6);
  };

  it('that was none is seen when the kernel from before speaks again', () => {
    const told = new Told();
    uptimes(told, 1000, 5, 0);
    expect(isAnother(told, 1010, 1010)).toBe(false);
    expect(told.take({ at: 1011, up: 5 })).toMatchObject({ boot: { number: 1 } });
    expect(isAnother(told, 1012, 6)).toBe(false);
    expect(isAnother(told, 1012, 1012, null)).toBe(true);
  });

  it('while the device spoke is another device’s, as is one long before its own', () => {
    const told = new Told();
    uptimes(told, 1000, 5, 0);
    expect(isAnother(told, 1011, 50)).toBe(true);
    expect(isAnother(told, 1011, 50, null)).toBe(false);
    // Late, or of before the clock was set: nothing can be told of it.
    expect(isAnother(told, 1011, 50, 961)).toBe(false);
    expect(isAnother(told, 1011, 5000)).toBe(true);
    expect(isAnother(told, 1011, 1071)).toBe(false);
  });
});

describe('clockSetBy', () => {
  it.each<[string | null, string, number | null]>([
    ['ntpd', 'setting time to 2026-09-18 06:33:04.507385 (offset +90175.809472s)', 90_175.809472],
    ['ntpd', 'setting time to 2026-09-18 06:33:04.507385 (offset -12.5s)', -12.5],
    ['ntpd', 'Time set, stratum=16 interval=32 offset=3593.824949', 3593.824949],
    ['ntpd', 'Stratum change, stratum=2 interval=32 offset=0.000069', null],
    ['chronyd', 'System clock was stepped by -3.25 seconds', -3.25],
    ['dnsmasq', 'setting time to 2026-09-18 06:33:04.507385 (offset +90175.809472s)', null],
    [null, 'System clock was stepped by 1 seconds', null],
  ])('%s: %s', (appName, message, seconds) => {
    expect(clockSetBy(appName, message)).toBe(seconds);
  });
});
