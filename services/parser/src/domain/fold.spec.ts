import { describe, expect, it } from '@jest/globals';
import { deviceIdOf, deviceSchema, formatInstant, parseEvent, parseInstant, rawRecordId } from '@opmas/contracts';
import type { ConfigFact, Device, ParsedEvent, RawRecord } from '@opmas/contracts';
import type { FoldResult, FrameMeta, InputFrame } from '@opmas/platform/fold';
import fc from 'fast-check';
import { createParserFold, parserFold } from './fold.js';
import type { ParserState } from './state.js';

const start = parseInstant('2026-11-23T10:00:00.000000Z')!;
const shard = 3;

function meta(number: number, kind: 'frame' | 'tick' = 'frame', lane: string | null = null): FrameMeta {
  const frameId = `a-${shard}-${number}`;
  const clockMs = start / 1000 + number;
  const base = { shard, sequence: number, frameId, ingestor: 'a', number, kind, part: null, clockMs };
  return { ...base, configSequence: 0, ingestors: {}, lane };
}

function record(index: number, key: string, raw: string, more: Partial<RawRecord> = {}): RawRecord {
  const receivedAt = formatInstant(start + index * 1000);
  const id = rawRecordId('a', shard, 1, index);
  return { id, receivedAt, key, transport: 'udp', peer: '203.0.113.7', port: 514, raw, ...more };
}

function frameOf(records: (RawRecord | string)[], number = 1, lane: string | null = null): InputFrame {
  const lines = records.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)));
  return { meta: meta(number, 'frame', lane), lines };
}

function eventsOf(result: FoldResult): ParsedEvent[] {
  expect(result.outputs).toHaveLength(1);
  return result.outputs[0]!.records.map((text) => parseEvent(JSON.parse(text)));
}

const run = (records: (RawRecord | string)[], state = parserFold.initialState(shard)): FoldResult =>
  parserFold.process(state, frameOf(records));

function deviceFact(
  device: Partial<Device> & Pick<Device, 'deviceId' | 'keys'>,
  type: 'discovered' | 'changed' = 'changed',
) {
  const data: Device = {
    name: 'gw',
    shard,
    status: 'adopted',
    firstRecordId: 'a-3-1-0',
    discoveredAt: formatInstant(start),
    timeZone: null,
    labels: {},
    ssh: null,
    ...device,
  };
  const attributes = {
    specversion: '1.0',
    id: 'f',
    source: '/test',
    subject: device.deviceId,
    time: formatInstant(start),
  };
  return { ...attributes, type: `opmas.config.device.${type}`, data } as ConfigFact;
}

describe('a frame', () => {
  it('becomes one frame of the same shard and kind, its events in order and by the contract', () => {
    const result = run([
      record(0, 'host:gw', "<29>Nov 23 10:00:00 gw netifd: Interface 'wan' is now down"),
      record(1, 'host:gw', 'garbage \u0000\uFFFD'),
    ]);
    expect(result.outputs[0]).toMatchObject({ subject: 'opmas.events.3', kind: 'frame' });
    const [down, garbage] = eventsOf(result);
    expect(down).toMatchObject({
      id: 'a-3-1-0',
      type: 'wan.interface.down',
      domain: 'wan',
      fields: { interface: 'wan' },
    });
    expect(garbage).toMatchObject({ type: 'other.unparsed', timeQuality: 'received', message: 'garbage \u0000\uFFFD' });
    expect(Object.keys(JSON.parse(result.outputs[0]!.records[0]!) as object)).toEqual([
      ...[
        'id',
        'type',
        'deviceId',
        'receivedAt',
        'domain',
        'severity',
        'timestamp',
        'timeQuality',
        'facility',
        'hostname',
      ],
      ...['appName', 'procId', 'msgId', 'structuredData', 'templateId', 'message', 'fields', 'raw', 'attribution'],
    ]);
  });

  it('that is a tick becomes a tick without records', () => {
    const result = parserFold.process(parserFold.initialState(shard), { meta: meta(1, 'tick'), lines: [] });
    expect(result.outputs).toEqual([{ subject: 'opmas.events.3', kind: 'tick', records: [] }]);
  });

  it.each<[string, string]>([
    ['{"id":', 'not JSON'],
    ['[]', 'expected object'],
    ['{"id":"x"}', 'receivedAt'],
    [JSON.stringify(record(1, '', 'x')), 'key'],
    [JSON.stringify({ ...record(1, 'k', 'x'), transport: 'pigeon' }), 'transport'],
    [JSON.stringify({ ...record(1, 'k', 'x'), receivedAt: '2026-13-23T10:00:00.000000Z' }), 'receivedAt'],
    [JSON.stringify({ ...record(1, 'k', 'x'), port: 70_000 }), 'port'],
    [JSON.stringify({ ...record(1, 'k', 'x'), rawBase64: '***' }), 'rawBase64'],
  ])('keeps the neighbours of the bad line %s', (bad, reason) => {
    const good = record(0, 'host:gw', '<13>app: text');
    const result = run([good, bad, { ...good, id: 'a-3-1-2' }]);
    expect(eventsOf(result).map((event) => event.id)).toEqual(['a-3-1-0', 'a-3-1-2']);
    expect(result.deadLetters).toEqual([{ index: 1, line: bad, reason: expect.stringContaining(reason) }]);
  });

  it('hands on the bytes of a line that is not UTF-8, and how it was cut', () => {
    const rawBase64 = Buffer.from([0xff, 0x41]).toString('base64');
    const cut = { rawBase64, truncated: true, partial: true } as const;
    const [event] = eventsOf(run([record(0, 'host:gw', '\uFFFDA', cut)]));
    expect(event).toMatchObject({ raw: '\uFFFDA', ...cut, message: '\uFFFDA' });
  });

  it('of an import believes the lines’ own time', () => {
    const old = record(0, 'host:gw', 'Mon Nov 22 10:00:00 2021 daemon.info app: text');
    const live = eventsOf(parserFold.process(parserFold.initialState(shard), frameOf([old])));
    const imported = eventsOf(parserFold.process(parserFold.initialState(shard), frameOf([old], 1, 'import-1')));
    expect(live[0]).toMatchObject({ timeQuality: 'unsynced', timestamp: old.receivedAt });
    expect(imported[0]).toMatchObject({ timeQuality: 'tz-default', timestamp: '2021-11-22T10:00:00.000000Z' });
  });
});

describe('a sender', () => {
  const line = (host: string): string => `<13>Nov 23 10:00:00 ${host} app: text`;

  it('registers itself once, by its first record', () => {
    const state = parserFold.initialState(shard);
    const first = run([record(0, 'host:gw', line('gw')), record(1, 'host:gw', line('gw'))], state);
    const deviceId = deviceIdOf('host:gw', 'a-3-1-0');
    expect(eventsOf(first).map((event) => event.deviceId)).toEqual([deviceId, deviceId]);
    expect(first.discovered).toHaveLength(1);
    expect(first.discovered[0]).toMatchObject({ type: 'opmas.config.device.discovered', subject: deviceId });
    expect(deviceSchema.parse(first.discovered[0]!.data)).toMatchObject({ name: 'gw', keys: ['host:gw'], shard });
    expect(run([record(2, 'host:gw', line('gw'))], state).discovered).toEqual([]);
  });

  it.each([
    ['addr:203.0.113.7', 'no header', '203.0.113.7'],
    ['addr:203.0.113.7', line('OpenWrt'), 'OpenWrt'],
    ['tls:CN=gw-7', 'no header', 'CN=gw-7'],
  ])('of key %s is named by its line or its key', (key, raw, name) => {
    expect(run([record(0, key, raw)]).discovered[0]?.data).toMatchObject({ name });
  });

  it('beyond the cap carries no device, is counted, and its lines are kept', () => {
    const fold = createParserFold({ maxUnknownDevices: 3 });
    const state = fold.initialState(shard);
    const lines = Array.from({ length: 10 }, (_, i) => record(i, `host:spoof-${i}`, line(`spoof-${i}`)));
    const result = fold.process(state, frameOf(lines));
    expect(result.discovered).toHaveLength(3);
    expect(eventsOf(result).filter((event) => event.deviceId === null)).toHaveLength(7);
    expect(state.counts).toMatchObject({ events: 10, unparsed: 10, capped: 7, ambiguous: 0 });
    expect(state.devices.size).toBe(3);
  });

  it('makes room below the cap when its device is adopted or set aside', () => {
    const fold = createParserFold({ maxUnknownDevices: 1 });
    const state = fold.initialState(shard);
    const deviceId = deviceIdOf('host:a', 'a-3-1-0');
    fold.process(state, frameOf([record(0, 'host:a', line('a'))]));
    fold.applyConfig(state, deviceFact({ deviceId, keys: ['host:a'], status: 'discovered' }, 'discovered'), 1);
    expect(fold.process(state, frameOf([record(1, 'host:b', line('b'))])).discovered).toHaveLength(0);
    fold.applyConfig(state, deviceFact({ deviceId, keys: ['host:a'], status: 'ignored' }), 2);
    expect(fold.process(state, frameOf([record(2, 'host:b', line('b'))])).discovered).toHaveLength(1);
    expect(eventsOf(fold.process(state, frameOf([record(3, 'host:a', line('a'))])))[0]?.deviceId).toBe(deviceId);
  });

  it('is bound by configuration, with its zone, also when a key moves to another device', () => {
    const state = parserFold.initialState(shard);
    parserFold.applyConfig(
      state,
      deviceFact({ deviceId: 'd1', keys: ['host:a', 'host:b'], timeZone: 'Europe/Berlin' }),
      1,
    );
    const raw = '<13>Nov 23 11:00:00 a app: text';
    expect(eventsOf(run([record(0, 'host:b', raw)], state))[0]).toMatchObject({
      deviceId: 'd1',
      timeQuality: 'tz-known',
      timestamp: '2026-11-23T10:00:00.000000Z',
    });
    parserFold.applyConfig(state, deviceFact({ deviceId: 'd2', keys: ['host:b'], shard: 9 }), 2);
    const [a, b] = eventsOf(run([record(1, 'host:a', raw), record(2, 'host:b', raw)], state));
    expect([a?.deviceId, b?.deviceId]).toEqual(['d1', 'd2']);
  });

  it('of another shard is none of ours', () => {
    const state = parserFold.initialState(shard);
    parserFold.applyConfig(state, deviceFact({ deviceId: 'far', keys: ['host:far'], shard: 9 }), 1);
    expect(state.devices.size).toBe(0);
  });

  it('is told by its connection where a line names only the pid, for a while', () => {
    const state = parserFold.initialState(shard);
    const at = (seconds: number): Partial<RawRecord> => ({ receivedAt: formatInstant(start + seconds * 1e6) });
    const dropbear = (text: string): string => `<84>Nov 23 10:00:00 gw dropbear[9]: ${text}`;
    const sources = eventsOf(
      run(
        [
          record(0, 'host:gw', dropbear('Child connection from 203.0.113.9:4711'), at(0)),
          record(1, 'host:gw', dropbear('Login attempt for nonexistent user'), at(1)),
          record(2, 'host:other', dropbear('Login attempt for nonexistent user'), at(2)),
          record(3, 'host:gw', dropbear('Login attempt for nonexistent user'), at(1000)),
        ],
        state,
      ),
    ).map((event) => (event.fields as { sourceIp?: string }).sourceIp);
    expect(sources).toEqual(['203.0.113.9', '203.0.113.9', undefined, undefined]);
  });
});

describe('the fold', () => {
  const hosts = fc.constantFrom('host:a', 'host:b', 'addr:192.0.2.1', 'tls:c');
  const peers = fc.constantFrom('203.0.113.7', '203.0.113.8');
  const ports = fc.constantFrom(514, 40_000);
  /** Seconds since the stream's start: with gaps, and not always forwards. */
  const instants = fc.integer({ min: 0, max: 3000 });
  const texts = fc.oneof(
    fc.constantFrom(
      '<84>Nov 23 10:00:00 gw dropbear[7]: Child connection from 203.0.113.9:4711',
      '<84>Nov 23 10:00:00 gw dropbear[8]: Child connection from 203.0.113.10:4711',
      '<84>Nov 23 10:00:00 gw dropbear[7]: Login attempt for nonexistent user',
      '<84>Nov 23 10:00:00 gw dropbear[8]: Login attempt for nonexistent user',
      '<86>Nov 23 10:00:00 gw dropbear[7]: Exit before auth: Exited normally',
      "<29>Nov 23 10:00:00 gw netifd: Interface 'wan' is now up",
      '<6>Nov 23 10:00:00 gw kernel: [    0.000000] Linux version 6.6.0 (builder@host)',
      '<6>Nov 23 10:00:10 gw kernel: [   10.500000] br-lan: port 1(lan1) entered forwarding state',
      '<6>Nov 23 10:20:00 gw kernel: [90000.500000] br-lan: port 1(lan1) entered forwarding state',
      '<6>Nov 23 10:40:00 gw kernel: [   99.500000] br-lan: port 1(lan1) entered forwarding state',
      '<29>Nov 22 03:00:00 gw ntpd: setting time to 2026-11-23 10:00:00.5 (offset +111600.5s)',
      '<30>Nov 23 10:10:00 gw logread[9]: Logread connected to 192.0.2.1:5514 via udp',
    ),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  const streams = fc.array(fc.tuple(hosts, texts, peers, ports, instants), { maxLength: 40 });

  const fold = createParserFold({ maxUnknownDevices: 3 });
  const withoutIds = (text: string): unknown => {
    const { id, deviceId, ...rest } = JSON.parse(text) as ParsedEvent;
    return { ...rest, isAttributed: deviceId !== null && id !== '' };
  };

  function events(
    stream: [string, string, string, number, number][],
    cutAfter: (index: number) => boolean,
    afterRecord = (state: ParserState) => state,
  ) {
    let state = fold.initialState(shard);
    const out: string[] = [];
    let waiting: RawRecord[] = [];
    stream.forEach(([key, raw, peer, port, second], index) => {
      const receivedAt = formatInstant(start + second * 1e6);
      waiting.push(record(index, key, raw, { peer, port, receivedAt }));
      if (!cutAfter(index) && index < stream.length - 1) return;
      out.push(...fold.process(state, frameOf(waiting)).outputs[0]!.records);
      waiting = [];
      state = afterRecord(state);
    });
    return out;
  }

  it('gives the same events in any split into frames', () => {
    fc.assert(
      fc.property(streams, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (stream, cuts) => {
        const whole = events(stream, () => false).map(withoutIds);
        expect(events(stream, (index) => cuts[index]!).map(withoutIds)).toEqual(whole);
      }),
    );
  });

  it('goes on alike after a snapshot and restore at any record', () => {
    const throughSnapshot = (state: ParserState): ParserState => fold.restore(shard, [...fold.snapshot(state)]);
    fc.assert(
      fc.property(streams, (stream) => {
        expect(events(stream, () => true, throughSnapshot)).toEqual(events(stream, () => true));
      }),
    );
  });

  it('refuses a snapshot of another shard, or of none', () => {
    expect(() => fold.restore(4, [...fold.snapshot(fold.initialState(3))])).toThrow('shard 3');
    expect(() => fold.restore(4, [])).toThrow('empty');
    expect(() => fold.restore(4, ['nonsense'])).toThrow();
  });

  it('writes snapshots of many devices in texts well under a message’s size', () => {
    const big = createParserFold({ maxUnknownDevices: 5000 });
    const state = big.initialState(shard);
    big.process(state, frameOf(Array.from({ length: 1001 }, (_, i) => record(i, `host:gw-${i}`, 'x'))));
    const chunks = [...big.snapshot(state)];
    // One of counts, eleven of devices, one of templates.
    expect(chunks).toHaveLength(13);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(200_000);
    expect([...big.snapshot(big.restore(shard, chunks))]).toEqual(chunks);
  });
});
