import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../lib/api/resources.js';
import { findingMatches, findingQueryOf, findingSearchSchema } from './finding-search.js';

const finding: Finding = {
  id: 'f1',
  ruleId: 'port-scan',
  ruleVersion: 1,
  domain: 'security',
  severity: 'low',
  status: 'open',
  deviceId: null,
  title: 'Port scan from 192.0.2.7',
  description: 'It tried ports.',
  group: { sourceIp: '192.0.2.7' },
  count: 20,
  firstSeenAt: '',
  lastSeenAt: '',
  openedAt: '',
  clearedAt: null,
  evidence: [],
  reached: null,
};

describe('the findings filter', () => {
  it('lists open findings unless told otherwise', () => {
    expect(findingQueryOf({}).status).toBe('open');
    expect(findingQueryOf({ status: 'all' }).status).toBeUndefined();
    expect(findingMatches({}, { ...finding, status: 'cleared' })).toBe(false);
    expect(findingMatches({ status: 'all' }, { ...finding, status: 'cleared' })).toBe(true);
  });

  it('decides on a live finding as the API would', () => {
    expect(findingMatches({ severity: ['low'], q: '192.0.2.7' }, finding)).toBe(true);
    expect(findingMatches({ q: 'PORTS' }, finding)).toBe(true);
    expect(findingMatches({ severity: ['high'] }, finding)).toBe(false);
    expect(findingMatches({ deviceId: ['d1'] }, finding)).toBe(false);
  });

  it('drops what is no severity', () => {
    expect(findingSearchSchema.parse({ severity: 'low,awful', status: 'open?' })).toMatchObject({
      severity: ['low'],
      status: undefined,
    });
  });
});
