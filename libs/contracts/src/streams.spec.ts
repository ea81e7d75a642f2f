import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CONFIG_KINDS, DOMAINS, STREAMS, isSubjectToken, shardOf, subjects } from './streams.js';

describe('shardOf', () => {
  // Fixed for good: a producer in another language must place a key alike, and a deployment's devices must stay put.
  it.each([
    ['host:gw-cellar', 15],
    ['addr:192.0.2.1', 15],
    ['tls:CN=gw-7', 10],
    ['host:\u00fcber', 9],
    ['', 5],
    ['a', 12],
    ['foobar', 8],
  ])('places %j', (key, shard) => {
    expect([key, shardOf(key)]).toEqual([key, shard]);
  });

  it('is FNV-1a of 32 bits over UTF-8', () => {
    const whole = 2 ** 32;
    expect([shardOf('', whole), shardOf('a', whole), shardOf('foobar', whole)]).toEqual([
      0x811c9dc5, 0xe40c292c, 0xbf9cf968,
    ]);
  });

  it('answers a shard for any key, and spreads keys', () => {
    fc.assert(fc.property(fc.string(), fc.integer({ min: 1, max: 1024 }), (key, count) => shardOf(key, count) < count));
    const filled = new Set(Array.from({ length: 400 }, (_, i) => shardOf(`host:gw-${i}`)));
    expect(filled.size).toBe(16);
  });
});

describe('subjects', () => {
  const built = [
    subjects.raw(3, 'site-a'),
    subjects.events(3),
    subjects.signals(3),
    ...DOMAINS.map((domain) => subjects.findings(domain, 'fleet')),
    subjects.action('d', 'a'),
    subjects.incidents,
    subjects.decisions('f'),
    ...CONFIG_KINDS.map((kind) => subjects.config(kind, 'x')),
    subjects.deadletter('parser', 3),
  ];

  it.each(built)('%s belongs to exactly one stream', (subject) => {
    const owners = Object.values(STREAMS).filter((stream) =>
      stream.subjects.some((pattern) => matches(pattern, subject)),
    );
    expect(owners).toHaveLength(1);
  });

  it('takes only tokens that a subject may hold', () => {
    expect(['a', 'A-9_z', 'x'.repeat(128)].every(isSubjectToken)).toBe(true);
    expect(['', 'a.b', 'a b', '*', '>', '\u00fc', 'x'.repeat(129)].some(isSubjectToken)).toBe(false);
  });
});

function matches(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const tokens = subject.split('.');
  return wanted.length === tokens.length && wanted.every((token, i) => token === '*' || token === tokens[i]);
}
