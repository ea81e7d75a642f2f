import { describe, expect, it } from '@jest/globals';
import { DIALECTS } from '../dialects/registry.js';
import { isKnownDaemon } from './known-daemons.js';

describe('known daemons', () => {
  it('are all that a dialect reads: a log_prefix in front of their tags is told from a tag', () => {
    expect(Object.keys(DIALECTS).filter((tag) => !isKnownDaemon(tag))).toEqual([]);
  });
});
