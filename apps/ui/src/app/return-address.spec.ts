import { describe, expect, it } from '@jest/globals';
import { safeReturnTo } from './return-address.js';

describe('the address after signing in', () => {
  it('is a path of this site', () => {
    expect(safeReturnTo('/events?q=x')).toBe('/events?q=x');
    for (const bad of [
      'https://elsewhere.example',
      '//elsewhere.example',
      '/\\elsewhere.example',
      '/sign-in?returnTo=/',
      7,
      undefined,
    ]) {
      expect(safeReturnTo(bad)).toBeUndefined();
    }
  });
});
