import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Log } from '@opmas/platform';
import { RefusalLog } from './refusal-log.js';

describe('refused connections', () => {
  let told: object[];
  let refusals: RefusalLog;
  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    refusals = new RefusalLog({ warn: (fields: object) => void told.push(fields) } as unknown as Log);
  });
  afterEach(() => void jest.useRealTimers());

  it('are told at once, and their repetitions as one line a minute', () => {
    for (let i = 0; i < 1000; i++) refusals.add('tls', '192.0.2.1', 'unknown ca');
    refusals.add('tls', '192.0.2.1', 'no shared cipher');
    expect(told).toEqual([
      { listener: 'tls', peer: '192.0.2.1', reason: 'unknown ca' },
      { listener: 'tls', peer: '192.0.2.1', reason: 'no shared cipher' },
    ]);
    jest.advanceTimersByTime(60_000);
    expect(told[2]).toEqual({
      repeated: [{ listener: 'tls', peer: '192.0.2.1', reason: 'unknown ca', repeated: 999 }],
      others: 0,
    });
    refusals.add('tls', '192.0.2.1', 'unknown ca');
    expect(told).toHaveLength(4);
    jest.advanceTimersByTime(60_000);
    expect(told).toHaveLength(4);
  });

  it('of very many peers are a number', () => {
    for (let i = 0; i < 5000; i++) refusals.add('tcp', `10.0.0.${i}`, 'there are too many');
    expect(told).toHaveLength(20);
    jest.advanceTimersByTime(60_000);
    expect(told[20]).toEqual({ repeated: [], others: 4980 });
  });
});
