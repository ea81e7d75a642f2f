import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { headerHostName, realHostName } from '@opmas/ingestor/domain';
import { parseHeader } from '@opmas/parser/domain';

/**
 * The ingestor finds the hostname in a line's bytes, the parser reads the line: whose line it is must not depend on which
 * of them is asked. Only real names matter, because all others make no key.
 */
function ofIngestor(line: string): string | null {
  const bytes = Buffer.from(`x${line}y`);
  const name = headerHostName(bytes, 1, bytes.length - 1);
  return name === null ? null : realHostName(name);
}

function ofParser(line: string): string | null {
  const { hostname } = parseHeader(line);
  return hostname === null ? null : realHostName(hostname);
}

const stamps = [
  ...['Nov 23 10:00:15', 'Nov  3 10:00:15', 'Nov 03 10:00:15', 'Nov 3 10:00:15', 'Nov 23 2026 10:00:15'],
  ...['Nov 23 10:00:15 2026', '2026 Nov 23 10:00:15', 'Nov 23 10:00:15.123456', 'Nov 23 10:00:15:', 'Nov 31 10:00:15'],
  ...[
    'Nov 23 24:00:15',
    '2026-11-23T10:00:15Z',
    '2026-11-23t10:00:15.5+01:00',
    '2026-11-23 10:00:15',
    '2026-11-23T10:00:15',
  ],
  ...[
    '2026-02-29T10:00:15Z',
    '2026-11-23T10:00:15+0100',
    '2026-11-23T10:00:15-24:00',
    '2026-11-23T10:00:15,5Z',
    '1795428015.066',
  ],
  ...[
    '*Nov 23 10:00:15',
    '237: Nov 23 10:00:15',
    '237: *Nov 23 10:00:15.1 CET:',
    'Mon Nov 23 10:00:15 2026',
    'Mon Nov 23 10:00:15',
  ],
  ...['1 2026-11-23T10:00:15Z', '1 -', '12 2026-11-23T10:00:15.1Z', '0 2026-11-23T10:00:15Z', '1 2026-13-23T10:00:15Z'],
  ...['Mon Nov 23 10:00:15 UTC 2026', 'Nov 23 10:00:15 UTC:', '1795428015', 'soon', ''],
];
const hosts = [
  ...[
    'gw-7',
    'GW.example',
    '192.0.2.1',
    'OpenWrt',
    '(none)',
    '2001:db8::1',
    '-',
    'daemon.notice',
    'last',
    '2026',
    '12',
    'h'.repeat(256),
  ],
  ...['dropbear[3]:', 'hostapd:', '%SYS-5-X:', 'gr\u00fc', 'a_b', 'host:', '', 'kern.info:'],
];
const bodies = [
  'dropbear[3]: text',
  'daemon.info netifd: text',
  'message repeated 3 times',
  'text',
  'more text',
  '- - - - x',
  '',
];

describe('the hostname that makes the sender key', () => {
  it.each(['<30>', '<191>', '<30> '])(
    'is the one that the parser reads, in every form with the priority %j',
    (priority) => {
      for (const stamp of stamps) {
        for (const epoch of ['', '[1795428015.066] ', '[1795428015.06] ']) {
          for (const host of hosts) {
            for (const body of bodies) {
              const line = `${priority}${stamp} ${epoch}${host} ${body}`;
              // Rare forms make no key of the name: no time, or a weekday and no year where ctime has it.
              const isRare = /^(?:Mon .*(?:UTC 2026|:15)|\d{10}|soon|)$/.test(stamp);
              const expected = isRare && ofIngestor(line) === null ? null : ofParser(line);
              expect([line, ofIngestor(line)]).toEqual([line, expected]);
            }
          }
        }
      }
    },
  );

  it.each(['', '<999>', '<1234>', '<', '<>', '<192>', '<007>'])(
    'is never one that the parser does not read: %j',
    (priority) => {
      for (const stamp of stamps) {
        for (const host of hosts) {
          for (const body of bodies) expectNoOther(`${priority}${stamp} ${host} ${body}`);
        }
      }
    },
  );

  it('is never one that the parser does not read, whatever the line', () => {
    const piece = fc.constantFrom(
      ...stamps,
      ...hosts,
      ...bodies,
      '<30>',
      '<999>',
      '[',
      ']',
      ':',
      '  ',
      '\t',
      '\n',
      '\0',
      '{"host":"x"}',
    );
    /** A line of a known form in which single characters were taken out, put in or replaced. */
    const edits = fc.array(
      fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 2 }), fc.constantFrom(...' :.,-_%[]<>()0129TZ\t\0aJ\u00fc')),
      { maxLength: 3 },
    );
    const edited = fc
      .tuple(
        fc.constantFrom('<30>', '<191>', '<999>', '<0>', ''),
        fc.constantFrom(...stamps),
        fc.constantFrom(...hosts),
        fc.constantFrom(...bodies),
        edits,
      )
      .map(([priority, stamp, host, body, changes]) => {
        const letters = [...`${priority}${stamp} ${host} ${body}`];
        for (const [at, taken, letter] of changes) letters.splice(at, taken, letter);
        return letters.join('');
      });
    const lines = fc.oneof(
      edited,
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(' ')),
      fc
        .tuple(fc.nat(200), fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 8 }))
        .map(([priority, parts]) => `<${priority}>${parts.join(' ')}`),
      fc.string({ unit: 'binary', maxLength: 120 }),
    );
    fc.assert(fc.property(lines, expectNoOther), { numRuns: 10_000 });
  });

  it('has a letter or a digit', () => {
    expectNoOther('<0>Nov 23 10:00:15 _ Nov 23 10:00:15');
    expect(ofIngestor('<30>Nov 23 10:00:15 __ dropbear[3]: text')).toBeNull();
    expect(ofIngestor('<30>Nov 23 10:00:15 _7_ dropbear[3]: text')).toBe('_7_');
  });

  it('is read from files of lines without a priority only where a tag follows', () => {
    expect(ofIngestor('Nov 23 10:00:15 gw-7 dropbear[3]: text')).toBe('gw-7');
    expect(ofIngestor('Nov 23 10:00:15 gw-7 daemon.info netifd: text')).toBe('gw-7');
    expect(ofIngestor('Nov 23 10:00:15 Some text')).toBeNull();
    expect(ofIngestor('Mon Nov 23 10:00:15 2026 daemon.info netifd: text')).toBeNull();
  });

  const corpus = join(import.meta.dirname, '../../../../services/parser/corpus');
  it('is the same over the corpora of the parser', () => {
    for (const daemon of readdirSync(corpus)) {
      for (const file of readdirSync(join(corpus, daemon)).filter((name) => name.endsWith('.log'))) {
        for (const line of readFileSync(join(corpus, daemon, file), 'utf8')
          .split('\n')
          .filter(Boolean))
          expectNoOther(line);
      }
    }
  });

  const shared = join(import.meta.dirname, '../../../../../shared/corpus');
  (existsSync(shared) ? it : it.skip)('is the same over real lines', () => {
    for (const file of ['openwrt-real.tsv', 'generic-linux.tsv']) {
      const rows = readFileSync(join(shared, file), 'utf8').split('\n').slice(1).filter(Boolean);
      for (const row of rows) {
        const line = row.split('\t').slice(2).join('\t');
        const name = /^(?:<\d+>)?[A-Z][a-z]{2} +\d+ [\d:]{8} (\S+) (?:\w+\.\w+ )?\S+:? /.exec(line)?.[1];
        expect([line, ofIngestor(line)]).toEqual([line, name === undefined ? null : realHostName(name)]);
        expectNoOther(line);
      }
    }
  });
});

function expectNoOther(line: string): void {
  const name = ofIngestor(line);
  if (name !== null) expect([line, name]).toEqual([line, ofParser(line)]);
}
