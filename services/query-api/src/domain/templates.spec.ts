import { describe, expect, it } from '@jest/globals';
import type { CountedTemplate } from './templates.js';
import { mergeTemplates } from './templates.js';

const counted = (templateId: string, over: Partial<CountedTemplate> = {}): CountedTemplate => ({
  templateId,
  appName: 'acme',
  template: 'user <*> left',
  count: 2,
  devices: 1,
  firstSeenAt: '2026-11-23T10:00:00.000000Z',
  lastSeenAt: '2026-11-23T10:05:00.000000Z',
  sample: `user ${templateId} left`,
  ...over,
});

describe('mergeTemplates', () => {
  it('counts what two shards call by two ids as one', () => {
    const later = counted('~b', { count: 5, devices: 3, lastSeenAt: '2026-11-23T10:09:00.000000Z' });
    expect(mergeTemplates([counted('~a'), later])).toEqual([
      {
        appName: 'acme',
        template: 'user <*> left',
        count: 7,
        devices: 3,
        firstSeenAt: '2026-11-23T10:00:00.000000Z',
        lastSeenAt: '2026-11-23T10:09:00.000000Z',
        sample: 'user ~b left',
        templateIds: ['~a', '~b'],
      },
    ]);
  });

  it('keeps daemons apart, the most frequent first', () => {
    const items = mergeTemplates([counted('~a'), counted('~b', { appName: null, count: 9 })]);
    expect(items.map(({ appName }) => appName)).toEqual([null, 'acme']);
  });
});
