import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ceHeaders, factSchema, fromBinaryMode } from './cloud-event.js';

const schema = factSchema('opmas.test.happened', z.object({ value: z.number() }));
const fact = {
  specversion: '1.0' as const,
  id: 'f1',
  type: 'opmas.test.happened' as const,
  source: '/opmas/test',
  subject: 's',
  time: '2026-11-23T10:00:15.000000Z',
  data: { value: 7 },
};

describe('a fact', () => {
  it('survives binary mode', () => {
    const headers = ceHeaders(fact);
    expect(headers['content-type']).toBe('application/json');
    expect(schema.parse(fromBinaryMode((name) => headers[name] ?? '', fact.data))).toEqual(fact);
  });

  it.each([
    { type: 'opmas.test.other' },
    { id: '' },
    { time: 'now' },
    { data: { value: 'x' } },
    { specversion: '0.3' },
  ])('is refused with %j', (change) => expect(schema.safeParse({ ...fact, ...change }).success).toBe(false));
});
