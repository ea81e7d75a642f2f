import { describe, expect, it } from '@jest/globals';
import { baseConfigSchema, configFaults } from './config.js';

describe('configuration', () => {
  it('has defaults for everything', () => {
    const config = baseConfigSchema.parse({});
    expect(config.OPMAS_SHARDS).toBe(16);
    expect(config.OPMAS_INSTANCE).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('names every bad variable at once, with its value, and shows no secret', () => {
    const schema = baseConfigSchema.extend({ OPMAS_SECRET_KEY: baseConfigSchema.shape.OPMAS_SHARDS });
    const env = { HTTP_PORT: '99999', OPMAS_SHARDS: 'many', OPMAS_INSTANCE: 'a b', OPMAS_SECRET_KEY: 'hidden' };
    const parsed = schema.safeParse(env);
    const faults = configFaults(parsed.error!, env);
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
      'HTTP_PORT',
      'OPMAS_INSTANCE',
      'OPMAS_SECRET_KEY',
      'OPMAS_SHARDS',
    ]);
    expect(faults.join('\n')).toContain('"99999"');
    expect(faults.join('\n')).not.toContain('hidden');
  });
});
