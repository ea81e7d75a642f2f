import { describe, expect, it } from '@jest/globals';
import { parseSshForm } from './ssh-form.js';

const KEY = `SHA256:${'a'.repeat(43)}`;
const form = {
  host: ' 192.0.2.1 ',
  port: '22',
  user: 'root',
  hostKeys: KEY,
  method: 'password' as const,
  secret: ' s ',
};

describe('the SSH form', () => {
  it("takes ssh-keygen's whole lines and a password as it is", () => {
    const parsed = parseSshForm({ ...form, hostKeys: `256 ${KEY} router (ED25519)\n\n${KEY}\n` });
    expect(parsed).toEqual({
      ok: true,
      connection: { host: '192.0.2.1', port: 22, user: 'root', hostKeys: [KEY, KEY], password: ' s ' },
    });
  });

  it('ends a private key with one line break', () => {
    const parsed = parseSshForm({ ...form, method: 'privateKey', secret: '\nKEY\n\n' });
    expect(parsed).toMatchObject({ ok: true, connection: { privateKey: 'KEY\n' } });
  });

  it('names what is wrong', () => {
    expect(parseSshForm({ ...form, port: '0' })).toMatchObject({ ok: false, fault: expect.stringContaining('port') });
    expect(parseSshForm({ ...form, hostKeys: `${KEY}\nMD5:00` })).toMatchObject({
      ok: false,
      fault: expect.stringContaining('Line 2'),
    });
    expect(parseSshForm({ ...form, hostKeys: ' \n' })).toMatchObject({ ok: false });
  });
});
