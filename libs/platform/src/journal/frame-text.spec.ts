import { describe, expect, it } from '@jest/globals';
import { stampIds } from './frame-text.js';

const lines = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `"raw":"${'x'.repeat(at % 7)} \u00fc ${at}"}\n`);

describe('ids of records', () => {
  it.each([1, 2, 9, 10, 11, 99, 100, 101, 1001])('are put before each of %i lines, in their order', (count) => {
    const rest = lines(count);
    const stamped = stampIds(Buffer.from(rest.join('')), count, 'abc-3-17-');
    expect(stamped.toString()).toBe(rest.map((line, at) => `{"id":"abc-3-17-${at}",${line}`).join(''));
  });

  it('are put before lines that are shorter than an id', () => {
    expect(stampIds(Buffer.from('}\n}\n'), 2, 'a-long-prefix-').toString()).toBe(
      '{"id":"a-long-prefix-0",}\n{"id":"a-long-prefix-1",}\n',
    );
  });

  it('leaves the text that it is given as it was, also where that is part of a larger buffer', () => {
    const whole = Buffer.from('before"raw":"a"}\nbehind');
    stampIds(whole.subarray(6, 17), 1, 'p-');
    expect(whole.toString()).toBe('before"raw":"a"}\nbehind');
  });

  it('makes nothing of nothing', () => {
    expect(stampIds(Buffer.alloc(0), 0, 'p-')).toHaveLength(0);
  });
});
