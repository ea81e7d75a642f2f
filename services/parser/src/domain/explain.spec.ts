import { describe, expect, it } from '@jest/globals';
import { parseInstant } from '@opmas/contracts';
import { createLineParser } from './line-parser.js';
import { LIVE_CLOCK } from './time.js';

const receivedAtMicros = parseInstant('2026-11-23T10:00:00.000000Z')!;
const source = { receivedAtMicros, key: 'file', id: 'file-0-1-0', deviceId: null };

describe('an explanation', () => {
  it('says which text became which field, and how the time was decided', () => {
    const parser = createLineParser({ timeZone: 'Europe/Berlin' });
    const line = "<29>Nov 23 11:00:10 gw site-7: netifd: Interface 'wan' is now up\r\n";
    expect(parser.explainLine(line, source)).toMatchObject({
      framing: { trailer: '\r\n' },
      header: {
        form: 'rfc3164',
        priority: 'daemon.notice',
        hostname: 'gw',
        prefix: 'site-7',
        appName: 'netifd',
        parts: [
          { part: 'priority', from: 0, to: 4, text: '<29>' },
          { part: 'time', from: 4, to: 19, text: 'Nov 23 11:00:10' },
          { part: 'hostname', from: 20, to: 22, text: 'gw' },
          { part: 'prefix', from: 23, to: 29, text: 'site-7' },
          { part: 'appName', from: 31, to: 37, text: 'netifd' },
          { part: 'message', from: 39, text: "Interface 'wan' is now up" },
        ],
      },
      time: {
        stated: 'local',
        year: { value: 2026, isInferred: true },
        zone: { name: 'Europe/Berlin', isKnown: true },
        deviceTime: '2026-11-23T10:00:10.000000Z',
        aheadSeconds: 10,
        uptimeSeconds: null,
        receivedAt: '2026-11-23T10:00:00.000000Z',
        quality: 'tz-known',
        timestamp: '2026-11-23T10:00:10.000000Z',
      },
      dialect: 'netifd',
      type: 'wan.interface.up',
      fields: { interface: 'wan' },
      templateId: 'netifd/wan.interface.up',
    });
  });

  it('says what nobody knows', () => {
    expect(createLineParser().explainLine('nothing', source)).toMatchObject({
      framing: { trailer: '' },
      header: { form: 'none', priority: null, parts: [{ part: 'message', from: 0, to: 7, text: 'nothing' }] },
      time: { stated: null, year: null, zone: null, deviceTime: null, aheadSeconds: null, quality: 'received' },
      dialect: null,
      type: 'other.unparsed',
    });
  });

  it('shows the clock that was not believed, and the one that needed nothing', () => {
    const parser = createLineParser({ trust: LIVE_CLOCK });
    const early = parser.explainLine('<29>Jan  1 00:00:10 gw app: x', source);
    expect(early.time).toMatchObject({
      year: { value: 2026, isInferred: true },
      zone: { name: 'UTC', isKnown: false },
      quality: 'unsynced',
      timestamp: '2026-11-23T10:00:00.000000Z',
    });
    const exact = parser.explainLine('<4>Nov 23 10:00:01 [1795428001.500] gw kernel: [   12.000001] x', source);
    expect(exact.time).toMatchObject({ stated: 'epoch', year: null, zone: null, uptimeSeconds: 12.000001 });
    expect(exact.header.parts.map(({ part }) => part)).toEqual([
      ...['priority', 'time', 'time', 'hostname', 'appName', 'uptime', 'message'],
    ]);
  });

  it('shows the members of a JSON line, and a priority of which one half is missing', () => {
    const { header } = createLineParser().explainLine('{"message":"x","level":"warn","site":[7]}', source);
    expect(header).toMatchObject({ form: 'json', priority: '-.warn' });
    expect(header.parts).toEqual([
      { part: 'message', from: 11, to: 14, text: '"x"' },
      { part: 'priority', from: 23, to: 29, text: '"warn"' },
      { part: 'structuredData', from: 37, to: 40, text: '[7]' },
    ]);
  });
});
