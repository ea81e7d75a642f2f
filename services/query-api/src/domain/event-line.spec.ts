import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatInstant } from '@opmas/contracts';
import { binaryOf, microsOf, readColumns } from './event-line.js';

const line = (over: Record<string, unknown> = {}) => ({
  id: 'ing-0-1-2',
  type: 'security.login.failed',
  deviceId: 'dev1',
  receivedAt: '2026-11-23T20:35:17.123456Z',
  domain: 'security',
  severity: 4,
  timestamp: '2026-11-23T20:35:16.000001Z',
  timeQuality: 'tz-known',
  facility: 10,
  hostname: 'router-1',
  appName: 'dropbear',
  message: 'm',
  ...over,
});

function read(value: unknown) {
  const text = binaryOf(JSON.stringify(value));
  return readColumns(`junk before\n${text}\n{"id":"next"}`, 12, 12 + text.length);
}

describe('readColumns', () => {
  it('reads the first fields', () => {
    expect(read(line())).toEqual({
      id: 'ing-0-1-2',
      type: 'security.login.failed',
      deviceId: 'dev1',
      receivedAt: Date.UTC(2026, 10, 23, 20, 35, 17) * 1000 + 123456,
      domain: 'security',
      severity: 4,
      effectiveSeverity: 4,
      timestamp: Date.UTC(2026, 10, 23, 20, 35, 16) * 1000 + 1,
      hostname: 'router-1',
      appName: 'dropbear',
    });
  });

  it('reads the severity by meaning where the line names one, in any order of the fields', () => {
    const { timestamp, timeQuality, facility, hostname, appName, message, ...first } = line();
    const rest = { timestamp, timeQuality, facility, hostname, appName, message };
    const told = { ...first, effectiveSeverity: 6, ...rest };
    expect(read(told)).toMatchObject({ severity: 4, effectiveSeverity: 6, appName: 'dropbear' });
    expect(read(Object.fromEntries(Object.entries(told).reverse()))).toMatchObject({ effectiveSeverity: 6 });
    expect(read({ ...told, severity: null })).toMatchObject({ severity: null, effectiveSeverity: 6 });
  });

  it('takes null for what is absent', () => {
    expect(read(line({ deviceId: null, severity: null, facility: null, hostname: null, appName: null }))).toMatchObject(
      {
        deviceId: null,
        severity: null,
        hostname: null,
        appName: null,
      },
    );
  });

  it('reads the same whatever the order of the fields and the escapes in them', () => {
    const odd = line({ hostname: 'a"b\\c\0é' });
    const reversed = Object.fromEntries(Object.entries(odd).reverse());
    expect(read(odd)).toEqual(read(reversed));
    expect(read(odd)?.hostname).toBe(binaryOf('a"b\\c\u2400é'));
  });

  it.each([
    '{',
    '[]',
    'null',
    '7',
    '{"id":"x"}',
    '{"id":"","type":"t","receivedAt":"2026-11-23T20:35:17.123456Z"}',
    '{"id":"x","type":"t","receivedAt":"soon"}',
  ])('says null to %s', (text) => {
    expect(readColumns(text, 0, text.length)).toBeNull();
  });

  it('agrees with JSON.parse on any texts', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.option(fc.string()),
        fc.option(fc.string({ unit: 'grapheme' })),
        (id, deviceId, hostname) => {
          const columns = read(line({ id, deviceId, hostname }));
          expect(columns?.id).toBe(binaryOf(id));
          expect(columns?.deviceId).toBe(deviceId === null ? null : binaryOf(deviceId));
          expect(columns?.hostname).toBe(hostname === null ? null : binaryOf(hostname));
        },
      ),
    );
  });
});

describe('microsOf', () => {
  it('is the inverse of formatInstant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8_000_000_000_000_000 }), (micros) =>
        expect(microsOf(formatInstant(micros))).toBe(micros),
      ),
    );
  });

  it('reads other forms of ISO 8601, and NaN for none', () => {
    expect(microsOf('2026-11-23T21:35:17+01:00')).toBe(microsOf('2026-11-23T20:35:17.000000Z'));
    expect(microsOf('yesterday')).toBeNaN();
  });
});
