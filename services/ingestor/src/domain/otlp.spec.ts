import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { attributes, encodeProtobuf, requestOf, value } from '../spec-support/otlp-message.js';
import type { LogRecord, Request } from '../spec-support/otlp-message.js';
import { exportResponse, otlpEncoding, statusMessage } from './otlp-answer.js';
import { readJsonLogs } from './otlp-json.js';
import { OtlpLines } from './otlp-line.js';
import { OtlpUnreadable } from './otlp-logs.js';
import { readProtobufLogs } from './otlp-protobuf.js';

interface Line {
  text: string;
  host: string | null;
}

function linesOf(request: Request): (Line | null)[] {
  const lines = new OtlpLines();
  const all: (Line | null)[] = [];
  for (const item of readProtobufLogs(encodeProtobuf(request))) {
    const line = lines.take(item);
    if (item.kind === 'record') all.push(line && { text: line.bytes.toString(), host: line.host });
  }
  return all;
}

const lineOf = (record: LogRecord, resource: Record<string, unknown> = {}): Line | null =>
  linesOf(requestOf([record], resource))[0]!;
const textOf = (record: LogRecord, resource: Record<string, unknown> = {}): string | undefined =>
  lineOf(record, resource)?.text;

const AT = '1795466117123456789';
const STAMP = '2026-11-23T20:35:17.123456Z';

describe('a record whose body is a syslog line', () => {
  it.each([
    '<30>Nov 23 20:35:17 attic hostapd: phy0-ap0: AP-ENABLED',
    '<30>1 2026-11-23T20:35:17.123456Z attic hostapd 812 - - AP-ENABLED',
    'Nov 23 20:35:17 attic hostapd: AP-ENABLED',
    'Mon Nov 23 20:35:17 2026 daemon.notice hostapd: AP-ENABLED',
    '2026-11-23T20:35:17.123456+01:00 attic hostapd[812]: AP-ENABLED',
  ])('is that line: %s', (line) => {
    expect(textOf({ body: value(line), attributes: attributes({ 'log.file.name': 'messages' }) })).toBe(line);
    expect(textOf({ body: value(`${line}\r\n`) })).toBe(line);
    expect(textOf({ body: value(Buffer.from(line)) })).toBe(line);
  });

  it('also where a parser put something else into the body, and kept it', () => {
    const line = '<30>Nov 23 20:35:17 attic hostapd: AP-ENABLED';
    const kept = attributes({ 'log.record.original': line, hostname: 'attic', appname: 'hostapd' });
    expect(textOf({ body: value('AP-ENABLED'), attributes: kept })).toBe(line);
  });

  it('keeps bytes that are not UTF-8', () => {
    const bytes = Buffer.from('<30>Nov 23 20:35:17 attic app: caf\xe9', 'latin1');
    const item = [...readProtobufLogs(encodeProtobuf(requestOf([{ body: value(bytes) }])))].at(-1)!;
    expect(new OtlpLines().take(item)!.bytes.equals(bytes)).toBe(true);
  });

  it('is of the host that it names, else of the one that its record or its resource names', () => {
    const named = '<30>Nov 23 20:35:17 attic app: text';
    const nameless = '<30>Nov 23 20:35:17 OpenWrt app: text';
    const resource = { 'host.name': 'Gateway' };
    expect(lineOf({ body: value(named) }, resource)!.host).toBe(null);
    expect(lineOf({ body: value(nameless) }, resource)!.host).toBe('gateway');
    expect(lineOf({ body: value(nameless), attributes: attributes({ hostname: 'cellar' }) }, resource)!.host).toBe(
      'cellar',
    );
    expect(lineOf({ body: value(nameless) }, { 'host.name': 'localhost' })!.host).toBe(null);
  });

  it('is not any text that begins with a number in brackets, or with a time', () => {
    for (const text of ['<b>bold</b>', '<999>x', '2026-11-23T20:35:17Z INFO started', 'Nov 2026 was cold']) {
      expect(textOf({ body: value(text) })).toBe(`<13>1 - - - - - - ${text}`);
    }
  });
});

describe('a record that a syslog receiver took apart', () => {
  const parsed = {
    appname: 'hostapd',
    facility: 3,
    hostname: 'attic',
    message: 'AP-ENABLED',
    msg_id: 'ID47',
    priority: 30,
    proc_id: '812',
    version: 1,
  };
  const line = `<30>1 ${STAMP} attic hostapd 812 ID47`;

  it('is put together again, with its message in the body, in the attributes, or in a structure', () => {
    const time = { timeUnixNano: AT.replace(/789$/, '000') };
    expect(textOf({ ...time, body: value('AP-ENABLED'), attributes: attributes(parsed) })).toBe(`${line} - AP-ENABLED`);
    expect(textOf({ ...time, attributes: attributes(parsed) })).toBe(`${line} - AP-ENABLED`);
    expect(textOf({ ...time, body: value(parsed) })).toBe(`${line} - AP-ENABLED`);
  });

  it('gets its structured data back, with escapes', () => {
    const structured_data = { 'origin@32473': { ip: '192.0.2.1', note: 'a "quoted" \\ ]' } };
    expect(textOf({ body: value('up'), attributes: attributes({ ...parsed, structured_data }) })).toBe(
      `<30>1 - attic hostapd 812 ID47 [origin@32473 ip="192.0.2.1" note="a \\"quoted\\" \\\\ \\]"]` +
        `[otelAttributes@32473 message="AP-ENABLED"] up`,
    );
  });

  it('loses nothing that fits no place', () => {
    const odd = attributes({
      hostname: 'not a name',
      priority: 999,
      'a very long name of an attribute, with spaces': [1, { b: true }],
      json: 'x',
      'net.peer.ip': '192.0.2.7',
    });
    const json = '{\\"a very long name of an attribute, with spaces\\":[1,{\\"b\\":true}\\],\\"json\\":\\"x\\"}';
    expect(textOf({ body: value('text'), attributes: odd })).toBe(
      '<13>1 - - - - - [otelAttributes@32473 hostname="not a name" priority="999" net.peer.ip="192.0.2.7" ' +
        `json="${json}"] text`,
    );
  });
});

describe('a record of an application', () => {
  it('brings severity, time, trace, scope and resource along', () => {
    const request: Request = {
      resourceLogs: [
        {
          resource: { attributes: attributes({ 'service.name': 'watchcat', 'host.name': 'attic', 'process.pid': 12 }) },
          schemaUrl: 'https://opentelemetry.io/schemas/1.30.0',
          scopeLogs: [
            {
              scope: { name: 'pinger', version: '2.1', attributes: attributes({ lane: 'a' }) },
              logRecords: [
                {
                  timeUnixNano: AT,
                  observedTimeUnixNano: '1795466118000000000',
                  severityNumber: 17,
                  severityText: 'ERROR',
                  body: value('no answer'),
                  attributes: attributes({ retries: 3, last: 0.5, ok: false }),
                  flags: 1,
                  traceId: '5b8efff798038103d269b633813fc60c',
                  spanId: 'eee19b7ec3c1b174',
                  eventName: 'ping.lost',
                },
              ],
            },
          ],
        },
      ],
    };
    expect(linesOf(request).map((line) => line?.text)).toEqual([
      `<11>1 ${STAMP} attic watchcat 12 - [otel@32473 traceId="5b8efff798038103d269b633813fc60c" ` +
        `spanId="eee19b7ec3c1b174" flags="1" severityNumber="17" severityText="ERROR" eventName="ping.lost" ` +
        `timeUnixNano="${AT}" observedTimeUnixNano="1795466118000000000" scopeName="pinger" scopeVersion="2.1" ` +
        `resourceSchemaUrl="https://opentelemetry.io/schemas/1.30.0"]` +
        `[otelAttributes@32473 retries="3" last="0.5" ok="false"]` +
        `[otelResource@32473 service.name="watchcat" host.name="attic" process.pid="12"][otelScope@32473 lane="a"] no answer`,
    ]);
  });

  it.each([
    [1, 7], [5, 7], [9, 6], [10, 5], [13, 4], [17, 3], [18, 2], [19, 1], [21, 0], [24, 0], [0, 5], [99, 5],
  ])('of SeverityNumber %i has severity %i', (severityNumber, severity) => {
    expect(textOf({ severityNumber, body: value('x') })).toMatch(new RegExp(`^<${8 + severity}>`));
  }); // prettier-ignore

  it('without a number has the severity that its text names, without a time the one of its observation', () => {
    expect(textOf({ severityText: 'Warn', observedTimeUnixNano: AT.replace(/789$/, '000'), body: value('x') })).toBe(
      `<12>1 ${STAMP} - - - - [otel@32473 severityText="Warn"] x`,
    );
  });

  it('with another body than text shows it', () => {
    expect(textOf({ body: value(['a', 1]) })).toBe('<13>1 - - - - - - ["a",1]');
    expect(textOf({ body: value({ a: 1, b: [true] }) })).toBe('<13>1 - - - - - [otelBody@32473 a="1" b="[true\\]"]');
    expect(textOf({ body: { intValue: '9223372036854775807' } })).toBe('<13>1 - - - - - - 9223372036854775807');
    expect(textOf({ body: { intValue: '-5' } })).toBe('<13>1 - - - - - - -5');
  });

  it('with too many attributes keeps its message and says what is left out', () => {
    const text = textOf({ body: value('the message'), attributes: attributes({ huge: 'x'.repeat(100_000), b: 1 }) });
    expect(text).toBe('<13>1 - - - - - [omitted@32473 elements="otelAttributes@32473"] the message');
  });

  it('with nothing in it is no line', () => {
    expect(lineOf({ severityNumber: 9, timeUnixNano: AT })).toBe(null);
    expect(lineOf({ body: value('') })).toBe(null);
    expect(textOf({ eventName: 'device.boot' })).toContain('device.boot');
  });
});

describe('a request', () => {
  const anyValue = fc.letrec<{ own: unknown }>((tie) => ({
    own: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.constantFrom(0.5, -1.25),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
      fc.array(tie('own'), { maxLength: 3 }),
      fc.dictionary(fc.string({ maxLength: 8 }), tie('own'), { maxKeys: 3 }),
    ),
  })).own;
  const anyAttributes = fc.dictionary(fc.string({ maxLength: 40 }), anyValue, { maxKeys: 4 }).map(attributes);
  const anyNano = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
  const anyRecord: fc.Arbitrary<LogRecord> = fc.record(
    {
      timeUnixNano: anyNano,
      observedTimeUnixNano: anyNano,
      severityNumber: fc.nat(30),
      severityText: fc.string({ maxLength: 8 }),
      body: anyValue.map(value),
      attributes: anyAttributes,
      droppedAttributesCount: fc.nat(9),
      flags: fc.nat(255),
      traceId: fc.constant('5b8efff798038103d269b633813fc60c'),
      spanId: fc.constant('eee19b7ec3c1b174'),
      eventName: fc.string({ maxLength: 8 }),
    },
    { requiredKeys: [] },
  );
  const anyRequest: fc.Arbitrary<Request> = fc.record({
    resourceLogs: fc.array(
      fc.record({
        resource: fc.record({ attributes: anyAttributes, droppedAttributesCount: fc.nat(9) }),
        schemaUrl: fc.string({ maxLength: 8 }),
        scopeLogs: fc.array(
          fc.record({
            scope: fc.record({ name: fc.string(), version: fc.string(), attributes: anyAttributes }),
            schemaUrl: fc.string({ maxLength: 8 }),
            logRecords: fc.array(anyRecord, { maxLength: 3 }),
          }),
          { maxLength: 2 },
        ),
      }),
      { maxLength: 2 },
    ),
  });

  it('says the same in protobuf and in JSON, and each record becomes one line or is refused', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const binary = [...readProtobufLogs(encodeProtobuf(request))];
        const json = [...readJsonLogs(JSON.stringify(request))];
        expect(json).toEqual(binary);
        const [a, b] = [new OtlpLines(), new OtlpLines()];
        binary.forEach((item, i) => {
          const line = a.take(item);
          expect(b.take(json[i]!)).toEqual(line);
          if (line) expect(line.bytes.length).toBeGreaterThan(0);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('of any bytes is read or refused', () => {
    const read = (bytes: Buffer): void => {
      const lines = new OtlpLines();
      for (const item of readProtobufLogs(bytes)) lines.take(item);
    };
    fc.assert(
      fc.property(anyRequest, fc.nat(), fc.nat(255), fc.uint8Array({ maxLength: 40 }), (request, at, byte, tail) => {
        const bytes = encodeProtobuf(request);
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        for (const damaged of [bytes, Buffer.concat([bytes, tail]), Buffer.from(tail)]) {
          try {
            read(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(OtlpUnreadable);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('in JSON that is wrong is refused by the place', () => {
    const read = (body: unknown): unknown => [...readJsonLogs(JSON.stringify(body))];
    const record = (own: object): object => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}, own] }] }] });
    const at = 'resourceLogs[0].scopeLogs[0].logRecords[1]';
    expect(() => read([])).toThrow('the body: expected an object');
    expect(() => [...readJsonLogs('{"resourceLogs":')]).toThrow('expected an ExportLogsServiceRequest in JSON');
    expect(() => read({ resourceLogs: {} })).toThrow('resourceLogs: expected an array');
    expect(() => read(record({ timeUnixNano: 'soon' }))).toThrow(`${at}.timeUnixNano: expected an integer`);
    expect(() => read(record({ traceId: 'xyz' }))).toThrow(`${at}.traceId: expected 32 hexadecimal digits`);
    expect(() => read(record({ body: { boolValue: 'yes' } }))).toThrow(`${at}.body.boolValue: expected true or false`);
    expect(read({})).toEqual([]);
  });

  it('with values nested too deep is refused', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100; i++) deep = [deep];
    const request = requestOf([{ body: value(deep) }]);
    expect(() => [...readProtobufLogs(encodeProtobuf(request))]).toThrow('nested deeper than 64');
    expect(() => [...readJsonLogs(JSON.stringify(request))]).toThrow('nested deeper than 64');
  });
});

describe('an answer', () => {
  it('is empty where all was taken, and says what was not', () => {
    const whole = { rejectedLogRecords: 0, errorMessage: '' };
    expect(exportResponse(whole, 'protobuf').length).toBe(0);
    expect(exportResponse(whole, 'json').toString()).toBe('{}');
    const partial = { rejectedLogRecords: 3, errorMessage: 'no' };
    expect(exportResponse(partial, 'protobuf').toString('hex')).toBe('0a0608031202' + '6e6f');
    expect(JSON.parse(exportResponse(partial, 'json').toString())).toEqual({
      partialSuccess: { rejectedLogRecords: '3', errorMessage: 'no' },
    });
  });

  it('of a refusal is a google.rpc.Status', () => {
    expect(statusMessage(503, 'no', null, 'protobuf').toString('hex')).toBe('080e1202' + '6e6f');
    expect(JSON.parse(statusMessage(400, 'no', { field: 'a', description: 'b' }, 'json').toString())).toEqual({
      code: 3,
      message: 'no',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'a', description: 'b' }],
        },
      ],
    });
    expect(statusMessage(400, 'no', { field: 'a', description: 'b' }, 'protobuf').includes('BadRequest')).toBe(true);
  });

  it('is in the encoding of the request', () => {
    expect(
      ['application/x-protobuf', 'application/json; charset=utf-8', 'text/plain', undefined].map(otlpEncoding),
    ).toEqual(['protobuf', 'json', null, null]);
  });
});
