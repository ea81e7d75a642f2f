/** @jest-environment node */
import { describe, expect, it } from '@jest/globals';
import { NO_VALUES, eventQueryOf, isFiltered, signOf, toggleValue, wantedValues } from './event-filter.js';

describe('the event filter', () => {
  it('toggles a value between included, excluded and off', () => {
    const included = { domain: toggleValue({}, 'domain', 'wifi', 'include') };
    expect(included.domain).toEqual(['wifi']);
    const excluded = { domain: toggleValue(included, 'domain', 'wifi', 'exclude') };
    expect(excluded.domain).toEqual(['!wifi']);
    expect(signOf(excluded, 'domain', 'wifi')).toBe('exclude');
    expect(toggleValue(excluded, 'domain', 'wifi', 'exclude')).toBeUndefined();
  });

  it('asks the API for all other values where some are excluded', () => {
    expect(eventQueryOf({ domain: ['!wifi'] }, NO_VALUES).domain?.split(',')).toEqual(
      expect.arrayContaining(['security', 'wan', 'lan']),
    );
    expect(eventQueryOf({ domain: ['!wifi'] }, NO_VALUES).domain).not.toContain('wifi');
    expect(eventQueryOf({ deviceId: ['!d2'] }, { deviceIds: ['d1', 'd2', 'd3'], types: [] })).toEqual({
      deviceId: 'd1,d3',
    });
    expect(eventQueryOf({ severity: ['!7', '!6'] }, NO_VALUES)).toEqual({ severity: '0,1,2,3,4,5' });
  });

  it('lets an inclusion outweigh exclusions of other values', () => {
    expect(wantedValues(['a', '!b'], ['a', 'b', 'c'])).toEqual(['a']);
    expect(wantedValues(undefined, ['a'])).toBeUndefined();
  });

  it('stays within the hundred values that the API takes', () => {
    const types = ['other.unparsed', 'vendor.own.type', 'wan.interface.up'];
    const wanted = eventQueryOf({ type: ['!other.unparsed'] }, { deviceIds: [], types }).type?.split(',') ?? [];
    expect(wanted.slice(0, 2)).toEqual(['vendor.own.type', 'wan.interface.up']);
    expect(wanted).not.toContain('other.unparsed');
    expect(wanted.length).toBeLessThanOrEqual(100);
  });

  it('passes texts on as they are', () => {
    expect(eventQueryOf({ q: 'bad password', hostname: 'hq', appName: 'dropbear' }, NO_VALUES)).toEqual({
      q: 'bad password',
      hostname: 'hq',
      appName: 'dropbear',
    });
    expect(isFiltered({})).toBe(false);
    expect(isFiltered({ hostname: 'hq' })).toBe(true);
  });
});
