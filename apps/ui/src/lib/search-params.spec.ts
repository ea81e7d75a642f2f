/** @jest-environment node */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { eventSearchSchema } from './event-filter.js';
import { parseSearch, stringifySearch } from './search-params.js';

describe('search parameters', () => {
  it('writes lists, flags and texts plainly and leaves out what is empty', () => {
    const search = { severity: ['3', '!7'], live: true, q: 'a b&c', domain: undefined, type: [], show: '' };
    expect(stringifySearch(search)).toBe('?severity=3,!7&live=1&q=a+b%26c');
    expect(stringifySearch({ q: undefined })).toBe('');
  });

  it('reads what it wrote', () => {
    const text = fc.string({ minLength: 1, maxLength: 40 }).filter((value) => value.trim() === value && value !== '');
    const item = fc.stringMatching(/^!?[a-z0-9.-]{1,20}$/).filter((value) => value !== '!');
    const search = fc.record({
      q: text,
      type: fc.uniqueArray(item, { minLength: 1, maxLength: 5 }),
      live: fc.constant(true),
    });
    fc.assert(
      fc.property(search, (given) => {
        expect(eventSearchSchema.parse(parseSearch(stringifySearch(given)))).toMatchObject(given);
      }),
    );
  });

  it('turns an address that somebody mangled into one that works', () => {
    const search = parseSearch('?show=sideways&live=maybe&severity=,,&q=%20&range=15m');
    expect(stringifySearch(eventSearchSchema.parse(search))).toBe('?range=15m');
  });

  it('takes values that are parsed already, as navigation within the page hands them over', () => {
    expect(eventSearchSchema.parse({ severity: ['3', '3', '4'], live: true })).toMatchObject({
      severity: ['3', '4'],
      live: true,
    });
  });
});
