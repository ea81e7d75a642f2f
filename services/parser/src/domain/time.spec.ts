import { describe, expect, it } from '@jest/globals';
import { formatInstant, parseInstant } from '@opmas/contracts';
import fc from 'fast-check';
import type { LocalTime } from './header/line-time.js';
import { IMPORT_CLOCK, LIVE_CLOCK, deviceInstant, resolveTime } from './time.js';

const micros = (text: string): number => parseInstant(text)!;

function local(text: string): LocalTime {
  const match = /^(?:(\d{4})-)?(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text)!;
  const [year, month, day, hour, minute, second] = match
    .slice(1)
    .map((part) => (part === undefined ? null : Number(part)));
  return {
    kind: 'local',
    year: year!,
    month: month!,
    day: day!,
    hour: hour!,
    minute: minute!,
    second: second!,
    micros: 0,
  };
}

function instant(line: string, received: string, zone: string | null = null): string | null {
  const found = deviceInstant(local(line), micros(received), zone);
  return found === null ? null : formatInstant(found);
}

describe('the year', () => {
  it.each([
    ['12-31 23:59:59', '2027-01-01T00:00:05Z', '2026-12-31T23:59:59.000000Z'],
    ['01-01 00:00:01', '2026-12-31T23:59:58Z', '2027-01-01T00:00:01.000000Z'],
    ['11-23 10:00:00', '2026-11-23T10:00:05Z', '2026-11-23T10:00:00.000000Z'],
    ['02-29 12:00:00', '2028-02-29T12:00:03Z', '2028-02-29T12:00:00.000000Z'],
    ['02-29 23:59:59', '2028-03-01T00:00:03Z', '2028-02-29T23:59:59.000000Z'],
  ])('%s received at %s is %s', (line, received, expected) => {
    expect(instant(line, received)).toBe(expected);
  });

  it('is the one on the device’s calendar, not on ours', () => {
    expect(instant('01-01 08:59:58', '2026-12-31T23:59:59Z', 'Asia/Tokyo')).toBe('2026-12-31T23:59:58.000000Z');
    expect(instant('12-31 16:00:01', '2027-01-01T00:00:02Z', 'America/Los_Angeles')).toBe(
      '2027-01-01T00:00:01.000000Z',
    );
  });

  it('is the latest that has the day, and does not put the line more than a day ahead', () => {
    expect(instant('02-29 12:00:00', '2026-11-23T12:00:00Z')).toBe('2024-02-29T12:00:00.000000Z');
    expect(instant('02-29 12:00:00', '2027-03-01T12:00:00Z')).toBe('2024-02-29T12:00:00.000000Z');
    expect(instant('02-29 12:00:00', '2103-03-01T12:00:00Z')).toBe('2096-02-29T12:00:00.000000Z');
    expect(instant('06-30 12:00:00', '2027-01-02T12:00:00Z')).toBe('2026-06-30T12:00:00.000000Z');
    expect(instant('11-24 09:59:00', '2026-11-23T10:00:00Z')).toBe('2026-11-24T09:59:00.000000Z');
    expect(instant('11-24 10:01:00', '2026-11-23T10:00:00Z')).toBe('2025-11-24T10:01:00.000000Z');
    expect(instant('01-01 23:00:00', '2026-12-31T22:00:00Z')).toBe('2026-01-01T23:00:00.000000Z');
  });
});

describe('the zone', () => {
  it('takes the offset of the season', () => {
    expect(instant('07-01 12:00:00', '2026-07-01T10:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T10:00:00.000000Z');
    expect(instant('12-01 12:00:00', '2026-12-01T11:00:00Z', 'Europe/Berlin')).toBe('2026-12-01T11:00:00.000000Z');
  });

  it('takes the instant nearest to the receipt in the hour that comes twice', () => {
    expect(instant('10-25 02:30:00', '2026-10-25T00:30:01Z', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000000Z');
    expect(instant('10-25 02:30:00', '2026-10-25T01:30:01Z', 'Europe/Berlin')).toBe('2026-10-25T01:30:00.000000Z');
  });

  it('reads an hour that the clock skips by the offset before', () => {
    expect(instant('03-29 02:30:00', '2026-03-29T01:30:00Z', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000000Z');
  });

  it('is UTC where the name is unknown', () => {
    expect(instant('11-23 10:00:00', '2026-11-23T10:00:00Z', 'Mars/Olympus')).toBe('2026-11-23T10:00:00.000000Z');
  });

  it('agrees with the calendar of the runtime at any instant', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns', 'UTC');
    const seconds = fc.integer({ min: Date.UTC(2020, 0, 1) / 1000, max: Date.UTC(2035, 0, 1) / 1000 });
    fc.assert(
      fc.property(zones, seconds, (zone, second) => {
        const text = new Date(second * 1000).toLocaleString('sv-SE', { timeZone: zone });
        expect(deviceInstant({ ...local(text) }, second * 1e6, zone)).toBe(second * 1e6);
      }),
    );
  });
});

describe('trust', () => {
  const received = micros('2026-11-23T10:00:00.000001Z');
  const resolve = (line: string, zone: string | null = null, trust = LIVE_CLOCK) => {
    const { micros: at, quality } = resolveTime(local(line), received, zone, trust);
    return [formatInstant(at), quality];
  };
  const receipt = formatInstant(received);

  it('names where the time comes from', () => {
    expect(resolve('11-23 09:59:58')).toEqual(['2026-11-23T09:59:58.000000Z', 'tz-default']);
    const berlin = { ...LIVE_CLOCK, defaultTimeZone: 'Europe/Berlin' };
    expect(resolve('11-23 10:59:58', null, berlin)).toEqual(['2026-11-23T09:59:58.000000Z', 'tz-default']);
    expect(resolve('11-23 09:59:58', 'UTC', berlin)).toEqual(['2026-11-23T09:59:58.000000Z', 'tz-known']);
    expect(resolve('11-23 10:59:58', 'Europe/Berlin')).toEqual(['2026-11-23T09:59:58.000000Z', 'tz-known']);
    expect(resolveTime(null, received, null).quality).toBe('received');
    expect(resolveTime({ kind: 'epoch', micros: received - 5 }, received, null)).toMatchObject({ quality: 'epoch' });
    expect(resolveTime({ kind: 'offset', micros: received - 5 }, received, null)).toMatchObject({ quality: 'offset' });
  });

  it('believes a clock up to its limit, and the receipt beyond', () => {
    expect(resolve('11-23 09:50:01')).toEqual(['2026-11-23T09:50:01.000000Z', 'tz-default']);
    expect(resolve('11-23 09:49:59')).toEqual([receipt, 'skewed']);
    expect(resolve('11-23 10:10:01')).toEqual([receipt, 'skewed']);
    expect(resolve('2031-11-23 10:00:00')).toEqual([receipt, 'skewed']);
    expect(resolve('11-22 09:00:00')).toEqual([receipt, 'unsynced']);
    expect(resolve('1970-01-01 00:00:12')).toEqual([receipt, 'unsynced']);
  });

  it('believes an imported line however old it is, within what can be written', () => {
    expect(resolve('2020-01-01 00:00:00', null, IMPORT_CLOCK)).toEqual(['2020-01-01T00:00:00.000000Z', 'tz-default']);
    const far = { kind: 'offset', micros: 9e16 } as const;
    expect(resolveTime(far, received, null, IMPORT_CLOCK)).toMatchObject({ micros: received, quality: 'skewed' });
  });
});
