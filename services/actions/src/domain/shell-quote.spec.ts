import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { commandLine, quoteArgument } from './shell-quote.js';

const BUSYBOX = '/bin/busybox';
const hasBusybox = existsSync(BUSYBOX);
if (!hasBusybox) process.stderr.write('the quoting property is skipped: no /bin/busybox here\n');

/** The arguments as a real ash hands them on, each ended by NUL. */
function throughAsh(argv: string[]): string[] {
  const script = `for a in ${commandLine(argv)}; do printf '%s\\0' "$a"; done`;
  const out = execFileSync(BUSYBOX, ['ash', '-s'], { input: script }).toString('utf8');
  return out.split('\0').slice(0, -1);
}

describe('quoting for a shell', () => {
  it('puts single quotes around all, and ends them for one within', () => {
    expect(quoteArgument("it's")).toBe("'it'\\''s'");
    expect(quoteArgument('')).toBe("''");
    expect(() => quoteArgument('a\0b')).toThrow('NUL');
  });

  (hasBusybox ? it : it.skip)('every text comes out of busybox ash as it went in', () => {
    const hostile = [
      '; reboot',
      '$(reboot)',
      '`reboot`',
      "'",
      "'\\''",
      '"',
      '\\',
      '\n',
      '\r\n',
      '-oProxyCommand=x',
      '*',
      '~',
      '!',
      '&&',
      '\u{1F4A5}',
      '${IFS}',
      '#',
      '',
    ];
    expect(throughAsh(hostile)).toEqual(hostile);
    const part = fc.oneof(
      fc.constantFrom(...hostile),
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme-ascii' }),
    );
    const argument = fc.array(part).map((parts) => parts.join('').replaceAll(/[\0\ud800-\udfff]/gu, ''));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 20 }), (argv) =>
        expect(throughAsh(argv)).toEqual(argv),
      ),
      { numRuns: 60 },
    );
  });
});
