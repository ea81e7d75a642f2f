import { describe, expect, it } from '@jest/globals';
import type { EventRecord } from '../../lib/api/resources.js';
import { fieldRows } from './event-fields.js';
import { mergeLines } from './merge-lines.js';

const event: EventRecord = {
  id: 'i-1-2-3',
  type: 'security.login.failed',
  deviceId: 'd1',
  receivedAt: '2026-11-23T20:00:00.000000Z',
  domain: 'security',
  severity: 4,
  timestamp: '2026-11-23T20:00:00.000000Z',
  timeQuality: 'offset',
  facility: 10,
  hostname: 'hq-core',
  appName: 'dropbear',
  procId: null,
  msgId: null,
  structuredData: { 'meta@1': { seq: '7781' } },
  message: "Bad password attempt for 'root' from 192.0.2.9:22",
  fields: { sourceIp: '192.0.2.9', sourcePort: 22, reason: 'bad-password' },
  raw: "<84>hq-core dropbear: Bad password attempt for 'root' from 192.0.2.9:22 seq=7781",
};

describe('the fields of an event', () => {
  const rows = new Map(fieldRows(event, 'HQ').map((row) => [row.name, row]));

  it('offers a filter that can find the line, and none that cannot', () => {
    expect(rows.get('sourceIp')).toMatchObject({ isParsed: true, filter: { kind: 'text', value: '192.0.2.9' } });
    expect(rows.get('reason')?.filter).toBeNull();
    expect(rows.get('sourcePort')?.filter).toBeNull();
    expect(rows.get('device')).toMatchObject({ text: 'HQ', filter: { kind: 'facet', field: 'deviceId', value: 'd1' } });
    expect(rows.get('hostname')?.filter).toEqual({ kind: 'exact', field: 'hostname', value: 'hq-core' });
    expect(rows.get('meta@1.seq')?.text).toBe('7781');
  });

  it('shows the severity by meaning beside the line’s own where they differ', () => {
    expect(rows.has('effectiveSeverity')).toBe(false);
    const lying = new Map(
      fieldRows({ ...event, severity: 3, effectiveSeverity: 6 }, 'HQ').map((row) => [row.name, row]),
    );
    expect(lying.get('effectiveSeverity')).toMatchObject({
      text: '6 info',
      filter: { kind: 'facet', field: 'effectiveSeverity', value: '6' },
    });
    expect(lying.get('severity')?.text).toBe('3 error');
  });

  it('leaves absent fields out', () => {
    expect(rows.has('procId')).toBe(false);
    expect(rows.get('facility')?.text).toBe('10 authpriv');
  });
});

describe('live and fetched lines', () => {
  it('are shown once each, newest first', () => {
    const at = (id: string, second: number) => ({ ...event, id, receivedAt: `2026-11-23T20:00:0${second}.000000Z` });
    const pages = [{ items: [at('b', 2), at('a', 1)], nextCursor: null }];
    expect(mergeLines([at('d', 4), at('b', 2)], pages).map((each) => each.id)).toEqual(['d', 'b', 'a']);
  });
});
