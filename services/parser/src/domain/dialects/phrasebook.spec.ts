import { describe, expect, it } from '@jest/globals';
import { typed } from './dialect.js';
import type { Phrase } from './phrasebook.js';
import { phrasebook, wordbook } from './phrasebook.js';

const step = (name: string): Phrase[1] => {
  return (_message, rest) => (rest === 'pass' ? null : typed('health.boot.step', { step: `${name}|${rest}` }));
};
const PHRASES: Phrase[] = [
  ['Oops', step('oops')],
  ['ubi0: attached ', step('attached')],
  ['ubi0: ', step('ubi')],
  ['[ BUG', step('bracket')],
];
const steps = (answer: { fields: Record<string, unknown> } | null): unknown => answer?.fields['step'] ?? null;

describe('wordbook', () => {
  const read = wordbook(PHRASES);

  it.each([
    ['Oops: 0002', 'oops|: 0002'],
    ['Oops[#1]:  ', 'oops|[#1]:'],
    ['Oopsy', null],
    ['ubi0: attached mtd3', 'attached|mtd3'],
    ['ubi0: attaching', 'ubi|attaching'],
    ['ubi0', null],
    ['[ BUG: x', 'bracket|: x'],
    ['', null],
    [`${'a'.repeat(100)}: x`, null],
  ])('reads %j as %j', (message, expected) => {
    expect(steps(read(message))).toBe(expected);
  });

  it('leaves a message to the next phrase of its word where one has nothing to say', () => {
    expect(steps(read('ubi0: attached pass'))).toBe('ubi|attached pass');
    expect(steps(phrasebook(PHRASES)('ubi0: attached pass'))).toBeNull();
  });
});
