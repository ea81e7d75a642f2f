import { describe, expect, it } from '@jest/globals';
import { EVENT_FIELDS } from '@opmas/contracts';
import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectionLedger } from '../connections.js';
import { parseHeader } from '../header/header.js';
import { readMessage } from './registry.js';

/** Lines that dialects know, cut anywhere and carried on with anything: where patterns are most tempted to backtrack. */
const folder = join(import.meta.dirname, '../../../corpus');
const lines = readdirSync(folder).flatMap((daemon) =>
  readdirSync(join(folder, daemon))
    .filter((file) => file.endsWith('.log'))
    .flatMap((file) =>
      readFileSync(join(folder, daemon, file), 'utf8')
        .split('\n')
        .filter(Boolean),
    ),
);
const headers = lines.map((line) => parseHeader(line)).filter(({ appName }) => appName !== 'logread');

function said(header: (typeof headers)[number], message: string) {
  return readMessage({ header: { ...header, message }, receivedMicros: 0, connections: new ConnectionLedger() });
}

const cut = fc.record({ header: fc.constantFrom(...headers), share: fc.double({ min: 0, max: 1, noNaN: true }) });
const kept = ({ header, share }: { header: (typeof headers)[number]; share: number }): string =>
  header.message.slice(0, Math.ceil(header.message.length * share));

describe('known lines, cut', () => {
  it('and carried on with any text, never throw and never say what the contract does not know', () => {
    fc.assert(
      fc.property(cut, fc.string({ unit: 'binary', maxLength: 60 }), (line, rest) => {
        const answer = said(line.header, kept(line) + rest);
        if (answer !== null) EVENT_FIELDS[answer.type].parse(JSON.parse(JSON.stringify(answer.fields)));
      }),
      { numRuns: 5000 },
    );
  });

  it('and carried on at length, take time in proportion to it', () => {
    const filler = fc.constantFrom(
      ' ',
      'a',
      "'",
      '(',
      ')',
      ': ',
      'a ',
      '0',
      '.',
      '::',
      '<',
      '[',
      ' failed',
      ' from ',
      '1.',
      '=',
    );
    fc.assert(
      fc.property(cut, filler, (line, fill) => {
        const message = kept(line) + fill.repeat(20_000);
        const before = performance.now();
        said(line.header, message);
        expect(performance.now() - before).toBeLessThan(250);
      }),
      { numRuns: 1000 },
    );
  });
});
