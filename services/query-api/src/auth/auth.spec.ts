import { describe, expect, it } from '@jest/globals';
import type { Shared } from '../shell/redis.js';
import { hashPassword, isPassword } from './passwords.js';
import { SignInLimit } from './sign-in-limit.js';
import { Tokens } from './tokens.js';

function memory(): Shared {
  const values = new Map<string, string>();
  return {
    count: (key, by) => {
      const sum = Number(values.get(key) ?? 0) + by;
      values.set(key, String(sum));
      return Promise.resolve(sum);
    },
    get: (key) => Promise.resolve(values.get(key) ?? null),
    getMany: (keys) => Promise.resolve(keys.map((key) => values.get(key) ?? null)),
    set: (key, value) => Promise.resolve(void values.set(key, value)),
    delete: (key) => Promise.resolve(void values.delete(key)),
    publish: () => undefined,
    subscribe: () => Promise.resolve(),
    close: () => undefined,
  };
}

const key = new Uint8Array(32).fill(7);

describe('passwords', () => {
  it('match their own hash only', async () => {
    const hash = await hashPassword('pässword');
    expect(hash).toMatch(/^scrypt\$32768\$8\$1\$/);
    expect(await isPassword('pässword', hash)).toBe(true);
    expect(await isPassword('pa\u0308ssword', hash)).toBe(true);
    expect(await isPassword('password', hash)).toBe(false);
    expect(await isPassword('anything', null)).toBe(false);
    expect(await isPassword('anything', 'scrypt$rubbish')).toBe(false);
  });
});

describe('tokens', () => {
  it('are told apart by use and by key', async () => {
    const tokens = new Tokens(key, memory());
    const access = await tokens.signAccess({ userName: 'ann', role: 'operator' });
    const refresh = await tokens.signRefresh('ann');
    expect(await tokens.verifyAccess(access)).toMatchObject({ userName: 'ann', role: 'operator' });
    expect(await tokens.verifyAccess(refresh)).toBeNull();
    expect(await tokens.verifyRefresh(access)).toBeNull();
    expect(await new Tokens(new Uint8Array(32), memory()).verifyAccess(access)).toBeNull();
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${access.split('.')[1]}.`;
    expect(await tokens.verifyAccess(unsigned)).toBeNull();
  });

  it('are revoked at once by signing out, after a grace when exchanged', async () => {
    const tokens = new Tokens(key, memory());
    const refresh = await tokens.signRefresh('ann');
    const claims = (await tokens.verifyRefresh(refresh))!;
    await tokens.revoke(claims, 'exchanged');
    expect(await tokens.verifyRefresh(refresh)).not.toBeNull();
    await tokens.revoke(claims, 'signed-out');
    expect(await tokens.verifyRefresh(refresh)).toBeNull();
    await tokens.revoke(claims, 'exchanged');
    expect(await tokens.verifyRefresh(refresh)).toBeNull();
  });
});

describe('the limit of sign-ins', () => {
  it('counts by name and address, and forgets what succeeded', async () => {
    const limit = new SignInLimit(memory());
    for (let i = 0; i < 10; i++) expect(await limit.begin('ann', '192.0.2.1')).toBeNull();
    expect(await limit.begin('ann', '192.0.2.1')).toBe(300);
    expect(await limit.begin('ann', '192.0.2.2')).toBeNull();
    await limit.succeeded('ann', '192.0.2.1');
    expect(await limit.begin('ann', '192.0.2.1')).toBeNull();
  });
});
