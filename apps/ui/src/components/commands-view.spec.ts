import { describe, expect, it } from '@jest/globals';
import { shellText } from './commands-view.js';

describe('commands as text', () => {
  it('can be pasted into a shell and mean the same arguments', () => {
    expect(shellText(['nft', 'add', 'element', '{ 192.0.2.9 timeout 1h }', "it's", ''])).toBe(
      `nft add element '{ 192.0.2.9 timeout 1h }' 'it'\\''s' ''`,
    );
  });
});
