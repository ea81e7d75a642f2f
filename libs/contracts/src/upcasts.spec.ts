import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from './events/event.js';
import { UPCASTS, newestVersion, upcast } from './upcasts.js';
import type { UpcastRegistry } from './upcasts.js';

/** A made-up history: `a` got its second and third form, then was renamed to `b`, which has a second form. */
const history: UpcastRegistry = {
  'a@1': ({ speed, ...rest }) => ({ ...rest, speedMbps: speed }),
  'a@2': (message) => ({ ...message, unit: 'Mbps' }),
  'a@3': ({ version: _version, ...rest }) => ({ ...rest, type: 'b' }),
  'b@1': (message) => ({ ...message, isRenamed: true }),
};

describe('upcast', () => {
  it('takes a message from any form to the newest', () => {
    const newest = { type: 'b', version: 2, speedMbps: 5, unit: 'Mbps', isRenamed: true };
    expect(upcast({ type: 'a', speed: 5 }, history)).toEqual(newest);
    expect(upcast({ type: 'a', version: 2, speedMbps: 5 }, history)).toEqual(newest);
    expect(upcast({ type: 'a', version: 3, speedMbps: 5, unit: 'Mbps' }, history)).toEqual(newest);
    expect(upcast(newest, history)).toBe(newest);
  });

  it.each([null, 1, 'a', [], {}, { type: 1 }, { type: 'toString' }, { type: 'a', version: 'x' }, { type: 'z' }])(
    'leaves %j as it is',
    (value) => expect(upcast(value, history)).toBe(value),
  );

  it('says so where a registry never ends', () => {
    const endless: UpcastRegistry = {
      'a@1': ({ version: _version, ...rest }) => ({ ...rest, type: 'b' }),
      'b@1': () => ({ type: 'a' }),
    };
    expect(() => upcast({ type: 'a' }, endless)).toThrow('never end');
  });
});

describe('newestVersion', () => {
  it('counts the forms of a type', () => {
    expect([newestVersion('a', history), newestVersion('b', history), newestVersion('z', history)]).toEqual([4, 2, 1]);
  });

  it('has a function for every step of the real registry', () => {
    for (const key of Object.keys(UPCASTS)) {
      expect(key).toMatch(/^[a-z.-]+@[1-9]\d*$/);
    }
    expect(EVENT_TYPES.every((type) => newestVersion(type) >= 1)).toBe(true);
  });
});
