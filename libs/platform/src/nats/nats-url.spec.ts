import { describe, expect, it } from '@jest/globals';
import { readNatsUrl } from './nats-url.js';

describe('NATS_URL', () => {
  it('names one server, or several', () => {
    expect(readNatsUrl('nats://127.0.0.1:4222')).toEqual({ servers: ['127.0.0.1:4222'], shown: '127.0.0.1:4222' });
    expect(readNatsUrl('a.example:4222, nats://[::1]:4333').servers).toEqual(['a.example:4222', '[::1]:4333']);
  });

  it('gives credentials away to the server alone', () => {
    expect(readNatsUrl('nats://opmas:p%40ss@a.example:4222,nats://b.example:4222')).toEqual({
      servers: ['a.example:4222', 'b.example:4222'],
      user: 'opmas',
      pass: 'p@ss',
      shown: 'a.example:4222,b.example:4222',
    });
    expect(readNatsUrl('tls://s3cret@a.example:4222')).toMatchObject({
      token: 's3cret',
      tls: {},
      shown: 'a.example:4222',
    });
  });

  it.each(['http://a.example', 'nats://', ''])('refuses %j', (url) => {
    expect(() => readNatsUrl(url)).toThrow(/" is no nats:\/\/ or tls:\/\/ address/);
  });

  it('does not repeat a password in its complaint', () => {
    expect(() => readNatsUrl('http://opmas:hidden@a.example')).toThrow(/^((?!hidden).)*$/);
  });
});
