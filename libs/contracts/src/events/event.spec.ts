import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { DOMAINS } from '../streams.js';
import { EVENT_TYPES, domainOf, isEventType, parseEvent } from './event.js';
import { ip, mac } from './fields.js';

const event = {
  id: 'a-3-1-0',
  type: 'wan.interface.down',
  deviceId: null,
  receivedAt: '2026-11-23T10:00:15.000000Z',
  domain: 'wan',
  severity: 5,
  timestamp: '2026-11-23T10:00:15.000000Z',
  timeQuality: 'tz-default',
  facility: 3,
  hostname: 'gw',
  appName: 'netifd',
  procId: null,
  msgId: null,
  structuredData: null,
  message: "Interface 'wan' is now down",
  fields: { interface: 'wan' },
  raw: "<29>Nov 23 10:00:15 gw netifd: Interface 'wan' is now down",
};

describe('event types', () => {
  it.each(EVENT_TYPES)('%s is dotted and begins with its domain', (type) => {
    expect(type).toMatch(/^[a-z]+\.[a-z0-9-]+(?:\.[a-z-]+)?$/);
    expect(DOMAINS).toContain(domainOf(type));
  });

  it('are told from other texts', () => {
    expect(isEventType('wan.interface.down')).toBe(true);
    expect(['toString', '__proto__', 'wan', ''].some(isEventType)).toBe(false);
  });
});

describe('parseEvent', () => {
  it('answers an event by the contract', () => {
    expect(parseEvent(event)).toEqual(event);
    expect(parseEvent({ ...event, rawBase64: 'AA==' })).toHaveProperty('rawBase64', 'AA==');
  });

  it.each<[string, object]>([
    ['type', { type: 'wan.interface.exploded' }],
    ['fields.interface', { fields: {} }],
    ['fields', { fields: { interface: 'wan', more: 1 } }],
    ['severity', { severity: 8 }],
    ['timestamp', { timestamp: '2026-11-23T10:00:15Z' }],
    ['timeQuality', { timeQuality: 'guessed' }],
    ['message', { message: undefined }],
  ])('names %s where it is wrong', (path, change) => {
    const error = (() => {
      try {
        parseEvent({ ...event, ...change });
        return null;
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(z.ZodError);
    expect((error as z.ZodError).issues.map((issue) => issue.path.join('.'))).toContain(path);
  });
});

describe('field schemas', () => {
  it('take MAC addresses with masked octets, in lower case', () => {
    expect(mac.safeParse('02:aa:bb:xx:**:11').success).toBe(true);
    expect(mac.safeParse('02:AA:bb:00:00:11').success).toBe(false);
    expect(ip.safeParse('::').success).toBe(true);
  });
});
