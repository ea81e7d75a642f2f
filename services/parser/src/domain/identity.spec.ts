import { describe, expect, it } from '@jest/globals';
import { deviceIdOf, formatInstant, parseEvent, parseInstant, rawRecordId } from '@opmas/contracts';
import type { ConfigFact, Device, ParsedEvent, RawRecord } from '@opmas/contracts';
import type { InputFrame } from '@opmas/platform/fold';
import { createParserFold } from './fold.js';
import { LIVE_CLOCK } from './time.js';

const start = parseInstant('2026-11-23T10:00:00.000000Z')!;
const shard = 3;
const fold = createParserFold({ maxUnknownDevices: 3 });

/** A stream whose state goes through a snapshot before every record. */
class Stream {
  state = fold.initialState(shard);
  #count = 0;

  line(
    key: string,
    raw: string,
    more: Partial<RawRecord> & { at?: number } = {},
    lane: string | null = null,
  ): ParsedEvent {
    const { at = this.#count, ...over } = more;
    const number = ++this.#count;
    const record: RawRecord = {
      id: rawRecordId('a', shard, number, 0),
      receivedAt: formatInstant(start + at * 1e6),
      key,
      transport: 'udp',
      peer: '203.0.113.7',
      port: 514,
      raw,
      ...over,
    };
    const meta = {
      ...{ shard, sequence: number, frameId: `a-${shard}-${number}`, ingestor: 'a', number, part: null, lane },
      ...{ kind: 'frame' as const, clockMs: start / 1000, configSequence: 0, ingestors: {} },
    };
    const frame: InputFrame = { meta, lines: [JSON.stringify(record)] };
    this.state = fold.restore(shard, [...fold.snapshot(this.state)]);
    return parseEvent(JSON.parse(fold.process(this.state, frame).outputs[0]!.records[0]!));
  }

  device(device: Partial<Device> & Pick<Device, 'deviceId'>): void {
    const data: Device = {
      ...{
        name: 'gw',
        shard,
        keys: [],
        status: 'adopted',
        firstRecordId: 'a-3-1-0',
        discoveredAt: formatInstant(start),
      },
      ...{ timeZone: null, labels: {}, ssh: null },
      ...device,
    };
    const envelope = {
      specversion: '1.0',
      id: 'f',
      source: '/test',
      subject: data.deviceId,
      time: formatInstant(start),
    };
    fold.applyConfig(this.state, { ...envelope, type: 'opmas.config.device.changed', data } as ConfigFact, 1);
  }
}

const told = ({ deviceId, attribution, unattributed }: ParsedEvent) => ({ deviceId, attribution, unattributed });
const text = (at = 0): string => `<13>${clock(at)} gw app: text`;
const clock = (at: number): string => `Nov 23 ${new Date((start + at * 1e6) / 1000).toISOString().slice(11, 19)}`;
const kernel = (at: number, up: number): string => `<6>${clock(at)} gw kernel: [${up.toFixed(6).padStart(12)}] text`;

describe('a line', () => {
  it.each([
    ['tls:CN=gw-7', { method: 'tls-subject', confidence: 'high' }],
    ['host:gw', { method: 'hostname', confidence: 'medium' }],
    ['addr:203.0.113.7', { method: 'address', confidence: 'low' }],
  ])('of key %s says how its device was told', (key, attribution) => {
    const event = new Stream().line(key, text());
    expect(told(event)).toEqual({ deviceId: deviceIdOf(key, 'a-3-1-0'), attribution, unattributed: undefined });
  });

  it('of a provisioned token is its device’s, wherever it comes from', () => {
    const stream = new Stream();
    stream.device({ deviceId: 'd1', keys: ['host:opmas-7f3k'], tokens: ['host:opmas-7f3k'] });
    const attribution = { method: 'token', confidence: 'high' };
    for (const peer of ['203.0.113.1', '203.0.113.2', '203.0.113.1']) {
      expect(told(stream.line('host:opmas-7f3k', text(), { peer }))).toMatchObject({ deviceId: 'd1', attribution });
    }
  });

  it('of a sender beyond the cap says so, with what a decision may bind', () => {
    const stream = new Stream();
    for (const name of ['a', 'b', 'c']) stream.line(`host:${name}`, text());
    expect(told(stream.line('host:d', text()))).toEqual({
      deviceId: null,
      attribution: undefined,
      unattributed: { reason: 'capped', key: 'host:d', peer: '203.0.113.7' },
    });
    expect(stream.state.counts).toMatchObject({ capped: 1, ambiguous: 0 });
  });
});

describe('two routers of one name', () => {
  const peers = ['203.0.113.1', '203.0.113.2'] as const;
  const both = (): { stream: Stream; first: string } => {
    const stream = new Stream();
    const first = stream.line('host:gw', text(0), { peer: peers[0] }).deviceId!;
    stream.line('host:gw', text(1), { peer: peers[1] });
    stream.line('host:gw', text(2), { peer: peers[0] });
    return { stream, first };
  };

  it('are not merged: the second is ambiguous, and the first less sure', () => {
    const { stream, first } = both();
    expect(told(stream.line('host:gw', text(3), { peer: peers[1] }))).toEqual({
      deviceId: null,
      attribution: undefined,
      unattributed: { reason: 'ambiguous', key: 'host:gw', peer: peers[1] },
    });
    const attribution = { method: 'hostname', confidence: 'low' };
    expect(told(stream.line('host:gw', text(4), { peer: peers[0] }))).toMatchObject({ deviceId: first, attribution });
    expect(stream.state.counts).toMatchObject({ ambiguous: 2 });
  });

  it('are told apart from the decision on', () => {
    const { stream, first } = both();
    stream.device({ deviceId: 'd2', bindings: [{ key: 'host:gw', peer: peers[1] }] });
    const attribution = { method: 'binding', confidence: 'high' };
    expect(told(stream.line('host:gw', text(3), { peer: peers[1] }))).toMatchObject({ deviceId: 'd2', attribution });
    expect(told(stream.line('host:gw', text(4), { peer: peers[0] }))).toMatchObject({
      deviceId: first,
      attribution: { method: 'hostname', confidence: 'medium' },
    });
    expect(stream.line('host:gw', text(5), { peer: '203.0.113.3' }).deviceId).toBeNull();
  });

  it('are one where somebody says that the name is one device’s everywhere', () => {
    const { stream, first } = both();
    stream.device({ deviceId: first, keys: ['host:gw'], bindings: [{ key: 'host:gw', peer: null }] });
    for (const peer of [...peers, '203.0.113.3'])
      expect(stream.line('host:gw', text(5), { peer }).deviceId).toBe(first);
  });

  it('may be bound to a device of another shard, and be given up again', () => {
    const { stream } = both();
    stream.device({ deviceId: 'far', shard: 9, bindings: [{ key: 'host:gw', peer: peers[1] }] });
    expect(stream.line('host:gw', text(3), { peer: peers[1] }).deviceId).toBe('far');
    stream.device({ deviceId: 'd3', bindings: [{ key: 'host:gw', peer: peers[1] }] });
    expect(stream.line('host:gw', text(4), { peer: peers[1] }).deviceId).toBe('d3');
    stream.device({ deviceId: 'd3' });
    stream.line('host:gw', text(5), { peer: peers[0] });
    expect(stream.line('host:gw', text(6), { peer: peers[1] }).deviceId).toBeNull();
  });

  it('behind one relay are seen by their kernels', () => {
    const stream = new Stream();
    const first = stream.line('host:gw', kernel(0, 5000), { at: 0 });
    expect(first.deviceId).not.toBeNull();
    expect(stream.line('host:gw', kernel(1, 5001), { at: 1 }).deviceId).toBe(first.deviceId);
    expect(stream.line('host:gw', kernel(2, 90_000), { at: 2 }).unattributed).toMatchObject({ reason: 'ambiguous' });
    expect(stream.line('host:gw', text(3), { at: 3 }).unattributed).toMatchObject({ reason: 'ambiguous' });
  });

  it('are nothing that imports and forwarders can tell', () => {
    const stream = new Stream();
    const first = stream.line('host:gw', text(0), { peer: peers[0] }).deviceId;
    expect(stream.line('host:gw', text(1), { peer: '127.0.0.1', transport: 'http' }).deviceId).toBe(first);
    expect(stream.line('host:gw', text(1), { peer: '127.0.0.1' }, 'import-1').deviceId).toBe(first);
    expect(stream.line('host:gw', text(2), { peer: peers[0] }).attribution).toMatchObject({ confidence: 'medium' });
  });
});

describe('an address', () => {
  it('behind which several nameless routers stand is nobody’s', () => {
    const stream = new Stream();
    const ids = [1, 2, 1, 2, 1].map((port) => stream.line('addr:203.0.113.7', '<13>app: x', { port }).deviceId);
    expect(ids.map((id) => id !== null)).toEqual([true, true, true, false, false]);
  });
});

describe('a merged device', () => {
  it('gives its keys to the other and is gone', () => {
    const stream = new Stream();
    const old = stream.line('host:old', text()).deviceId!;
    stream.device({ deviceId: 'd1', keys: ['host:old', 'host:new'] });
    stream.device({ deviceId: old, keys: [], mergedInto: 'd1', status: 'ignored' });
    expect(stream.line('host:old', text()).deviceId).toBe('d1');
    expect(stream.state.devices.size).toBe(1);
    expect(stream.state.devices.unknownCount).toBe(0);
  });
});

describe('the clocks of an event', () => {
  it('stand on the line where they are, and where they differ', () => {
    const stream = new Stream();
    const plain = stream.line('host:gw', text(0), { at: 0 });
    expect(plain).not.toHaveProperty('deviceTime');
    expect(plain).not.toHaveProperty('uptime');
    expect(plain).not.toHaveProperty('device');
    const skewed = stream.line('host:gw', text(3600), { at: 1 });
    expect(skewed).toMatchObject({ timeQuality: 'skewed', deviceTime: '2026-11-23T11:00:00.000000Z' });
    expect(skewed.timestamp).toBe(skewed.receivedAt);
    expect(stream.line('host:gw', kernel(2, 5000.25), { at: 2 })).toMatchObject({ uptime: 5000.25 });
  });

  it('say when the device started and when its clock was set, on the lines that show it', () => {
    const stream = new Stream();
    for (let at = 0; at < 10; at++) stream.line('host:gw', kernel(at, 5000 + at), { at });
    const started = stream.line('host:gw', kernel(-300, 20), { at: 80 });
    expect(started).toMatchObject({
      timeQuality: 'unsynced',
      deviceTime: '2026-11-23T09:55:00.000000Z',
      device: { boot: { number: 1, startedAt: '2026-11-23T10:01:00.000000Z' } },
    });
    const set = stream.line(
      'host:gw',
      `<29>${clock(90)} gw ntpd: setting time to 2026-11-23 10:01:30.5 (offset +380.5s)`,
      { at: 90 },
    );
    expect(set).toMatchObject({ timeQuality: 'tz-default', device: { clockStep: { seconds: 380.5 } } });
    expect(stream.line('host:gw', text(91), { at: 91 })).toMatchObject({ timeQuality: 'tz-default' });
  });

  it('of imports and forwarded lines stand for themselves', () => {
    const stream = new Stream();
    for (let at = 0; at < 10; at++) stream.line('host:gw', text(at), { at });
    const imported = stream.line('host:gw', 'Mon Nov 22 10:00:00 2021 daemon.info app: text', { at: 10 }, 'import-1');
    expect(imported).toMatchObject({ timestamp: '2021-11-22T10:00:00.000000Z', timeQuality: 'tz-default' });
    const late = stream.line('host:gw', text(-1800), { at: 11, transport: 'http' });
    expect(late).toMatchObject({ timeQuality: 'skewed' });
    expect(stream.line('host:gw', text(-1800), { at: 11 })).toMatchObject({ timeQuality: 'tz-default' });
  });

  it('use the zone of the deployment where the device has none', () => {
    const berlin = createParserFold({ trust: { ...LIVE_CLOCK, defaultTimeZone: 'Europe/Berlin' } });
    const state = berlin.initialState(shard);
    const record = {
      id: 'a-3-1-0',
      receivedAt: formatInstant(start),
      key: 'host:gw',
      transport: 'udp',
      peer: 'p',
      port: 1,
    };
    const meta = {
      ...{ shard, sequence: 1, frameId: 'a-3-1', ingestor: 'a', number: 1, part: null, lane: null },
      ...{ kind: 'frame' as const, clockMs: 0, configSequence: 0, ingestors: {} },
    };
    const lines = [JSON.stringify({ ...record, raw: text(3600) })];
    const [event] = berlin
      .process(state, { meta, lines })
      .outputs[0]!.records.map((each) => parseEvent(JSON.parse(each)));
    expect(event).toMatchObject({ timestamp: '2026-11-23T10:00:00.000000Z', timeQuality: 'tz-default' });
  });
});
