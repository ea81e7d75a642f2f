import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretBox } from './secrets.js';

describe('SecretBox', () => {
  const box = SecretBox.fromBase64(Buffer.alloc(32, 7).toString('base64'));

  it('opens what it sealed, and seals the same text differently each time', () => {
    expect(box.open(box.seal('grüße\0'))).toBe('grüße\0');
    expect(box.seal('a').box).not.toBe(box.seal('a').box);
  });

  it('refuses a changed box and another key', () => {
    const sealed = box.seal('secret');
    const bytes = Buffer.from(sealed.box, 'base64');
    bytes[bytes.length - 1]! ^= 1;
    expect(() => box.open({ ...sealed, box: bytes.toString('base64') })).toThrow();
    const other = SecretBox.fromBase64(Buffer.alloc(32, 8).toString('base64'));
    expect(() => other.open(sealed)).toThrow(/sealed with key/);
  });

  it('makes a key file once, for its owner only', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'opmas-key-')), 'secret.key');
    const first = SecretBox.fromFile(path);
    expect(SecretBox.fromFile(path).open(first.seal('x'))).toBe('x');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => SecretBox.fromBase64('c2hvcnQ=')).toThrow(/32 bytes/);
  });
});
