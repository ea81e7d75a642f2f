import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { headerless, parseHeader, parseHeaderWithSpans } from './header.js';
import type { HeaderSpan } from './spans.js';

const piece = fc.constantFrom(
  ...[
    '<13>',
    '<191>',
    '<999>',
    '<',
    '1 ',
    '- ',
    'Nov 23 10:00:15 ',
    '2026-11-23T10:00:15Z ',
    '[a x="',
    '"] ',
    '\\',
    ']',
    '[',
  ],
  ...[
    ':',
    ': ',
    ' ',
    'Mon ',
    '2026 ',
    'daemon.info ',
    'kernel: ',
    '[  1.000000] ',
    '[1795428015.066] ',
    'gw ',
    'app[1]: ',
  ],
  ...[
    '237: ',
    '*',
    '\uFEFF',
    'hostapd: ',
    'dropbear[2]: ',
    'kern  :info  : ',
    'UTC: ',
    '%SYS-5-X: ',
    '1795428015.066 ',
    '{"msg":"',
  ],
  ...[
    '"}',
    '","host":"gw"}',
    '{"message":"a","_x":{"b":[1,{}]},"pid":3}',
    '[Mon Nov 23 10:00:15 2026] ',
    'CET ',
    '\n',
    '\r',
  ],
);
const lines = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
  fc.array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 14 }).map((parts) => parts.join('')),
);

/** What lies in no span. */
function between(text: string, spans: readonly HeaderSpan[]): string {
  let rest = '';
  let next = 0;
  for (const { from, to } of [...spans].sort((one, other) => one.from - other.from || one.to - other.to)) {
    expect(from).toBeGreaterThanOrEqual(next);
    rest += text.slice(next, from);
    next = to;
  }
  return rest + text.slice(next);
}

describe('any text', () => {
  it('gives a header, and a message that is the end of the text', () => {
    fc.assert(
      fc.property(lines, (text) => {
        const header = parseHeader(text);
        if (header.form !== 'json') expect(text.endsWith(header.message)).toBe(true);
        if (header.form === 'none') expect(header).toEqual(headerless(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('is accounted for: each character is in one field, or separates two', () => {
    fc.assert(
      fc.property(lines, (text) => {
        const { spans, ...header } = parseHeaderWithSpans(text);
        expect({ ...header, spans: null }).toEqual(parseHeader(text));
        if (header.form !== 'json') expect(between(text, spans)).toMatch(/^[ :[\]]*$/);
        for (const { part, from, to } of spans) {
          const said = text.slice(from, to);
          if (
            header.form !== 'json' &&
            (part === 'hostname' || part === 'appName' || part === 'procId' || part === 'msgId')
          )
            expect(header[part]).toBe(said === '-' && header.form === 'rfc5424' ? null : said);
          if (header.form !== 'json' && part === 'message') expect(header.message).toBe(said);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    '',
    '<13>',
    '<13>Nov 23 10:00:15 ',
    '<13>1 - - - - - [a ',
    'Mon Nov 23 10:00:15 2026 ',
    '{"msg":',
    '<13>Nov 23 10:00:15 gw ',
  ])('takes time in proportion to the length behind %j', (start) => {
    for (const filler of [
      '[',
      ' ',
      'a ',
      ':',
      '[a',
      '"',
      '\\',
      '0',
      'a: ',
      '=',
      '{"a":',
      '[',
      ': : ',
      ' x="1"',
      'a[1]: ',
      '?',
    ]) {
      const times = [50_000, 200_000].map((repeats) => {
        const text = start + filler.repeat(repeats);
        let best = Infinity;
        for (let round = 0; round < 3; round++) {
          const before = performance.now();
          parseHeader(text);
          best = Math.min(best, performance.now() - before);
        }
        return best;
      });
      // Four times the length: a quadratic reader takes sixteen times as long, and seconds.
      expect(times[1]!).toBeLessThan(Math.max(times[0]! * 12, 250));
    }
  });
});

const word = fc.stringMatching(/^[!-~]{1,48}$/).filter((text) => text !== '-');
const nilOr = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { nil: null, freq: 4 });
const sdName = fc.stringMatching(/^[!#-<>-\\^-~]{1,32}$/);
const sdValue = fc.string({ unit: 'grapheme', maxLength: 20 });
const messages = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.startsWith('\uFEFF'));
const priorities = fc.nat(191);

function rfc5424Data(data: Record<string, Record<string, string>> | null): string {
  if (data === null) return '-';
  return Object.entries(data)
    .map(([id, params]) => {
      const pairs = Object.entries(params).map(([name, value]) => ` ${name}="${value.replace(/[\\"\]]/g, '\\$&')}"`);
      return `[${id}${pairs.join('')}]`;
    })
    .join('');
}

describe('what was written', () => {
  it('is read back from RFC 5424', () => {
    const records = fc.record({
      priority: priorities,
      version: fc.integer({ min: 1, max: 999 }),
      micros: nilOr(fc.integer({ min: 0, max: 4_102_444_799_999_999 })),
      offsetMinutes: fc.integer({ min: -1439, max: 1439 }),
      hostname: nilOr(word),
      appName: nilOr(word),
      procId: nilOr(word),
      msgId: nilOr(word),
      structuredData: nilOr(
        fc.dictionary(sdName, fc.dictionary(sdName, sdValue, { noNullPrototype: true }), {
          minKeys: 1,
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
      hasMark: fc.boolean(),
      message: messages,
    });
    fc.assert(
      fc.property(records, (said) => {
        const time = said.micros === null ? '-' : isoTime(said.micros, said.offsetMinutes);
        const names = [said.hostname, said.appName, said.procId, said.msgId].map((name) => name ?? '-').join(' ');
        const text = `<${said.priority}>${said.version} ${time} ${names} ${rfc5424Data(said.structuredData)} ${said.hasMark ? '\uFEFF' : ''}${said.message}`;
        const header = parseHeader(text);
        expect(header).toMatchObject({
          form: 'rfc5424',
          facility: said.priority >> 3,
          severity: said.priority & 7,
          version: said.version,
          time: said.micros === null ? null : { kind: 'offset', micros: said.micros },
          hostname: said.hostname,
          appName: said.appName,
          procId: said.procId,
          msgId: said.msgId,
          message: said.message,
        });
        expect(JSON.stringify(header.structuredData)).toBe(JSON.stringify(said.structuredData));
      }),
      { numRuns: 1000 },
    );
  });

  it('is read back from RFC 3164 as logread writes it', () => {
    const records = fc.record({
      priority: priorities,
      micros: fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }).map((seconds) => seconds * 1e6),
      millis: nilOr(fc.nat(999)),
      hostname: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/),
      prefix: nilOr(fc.constantFrom('site-7', 'Building 7, floor 2', 'a b')),
      appName: fc.constantFrom('hostapd', 'netifd', 'dropbear', 'dnsmasq-dhcp', 'uhttpd'),
      procId: nilOr(fc.integer({ min: 1, max: 99_999 }).map(String)),
      message: messages,
    });
    fc.assert(
      fc.property(records, (said) => {
        const date = new Date(said.micros / 1000);
        const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.slice(date.getUTCMonth() * 3, date.getUTCMonth() * 3 + 3);
        const day = String(date.getUTCDate()).padStart(2, ' ');
        const epoch = said.millis === null ? '' : `[${said.micros / 1e6}.${String(said.millis).padStart(3, '0')}] `;
        const prefix = said.prefix === null ? '' : `${said.prefix}: `;
        const pid = said.procId === null ? '' : `[${said.procId}]`;
        const text = `<${said.priority}>${month} ${day} ${date.toISOString().slice(11, 19)} ${epoch}${said.hostname} ${prefix}${said.appName}${pid}: ${said.message}`;
        const { time, ...header } = parseHeader(text);
        const { hostname, appName, procId, message } = said;
        expect(header).toMatchObject({ form: 'rfc3164', hostname, prefix: said.prefix, appName, procId, message });
        expect(header).toMatchObject({ facility: said.priority >> 3, severity: said.priority & 7 });
        if (said.millis !== null) expect(time).toEqual({ kind: 'epoch', micros: said.micros + said.millis * 1000 });
        else
          expect(time).toMatchObject({
            kind: 'local',
            month: date.getUTCMonth() + 1,
            day: date.getUTCDate(),
            hour: date.getUTCHours(),
            minute: date.getUTCMinutes(),
            second: date.getUTCSeconds(),
          });
      }),
      { numRuns: 1000 },
    );
  });
});

/** With six digits, as seen `offsetMinutes` east of UTC. */
function isoTime(micros: number, offsetMinutes: number): string {
  const local = new Date(Math.floor(micros / 1000) + offsetMinutes * 60_000).toISOString().slice(0, 23);
  const size = Math.abs(offsetMinutes);
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
  return `${local}${String(micros % 1000).padStart(3, '0')}${zone}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
