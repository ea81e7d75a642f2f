import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maskedWords } from './mask.js';
import { TemplateMiner } from './template-miner.js';
import type { MinerLimits } from './template-miner.js';

describe('maskedWords', () => {
  it.each([
    ['peer 192.0.2.7:443 lost after 12s', 'peer <*> lost after <*>'],
    ['peer 2001:db8::7 lost', 'peer <*> lost'],
    ['peer 02:aa:bb:cc:dd:ee lost', 'peer <*> lost'],
    ['peer fe:dc:ba:fe:dc:ba: lost', 'peer <*>: lost'],
    ["can't open '/etc/x y' for root", "can't open '<*>' for root"],
    ['len=4 flags=0x1f id=deadbeef', 'len=<*> flags=<*> id=<*>'],
    ['/etc/rc.d/S96led: setting up', '/etc/rc.d/<*>: setting up'],
    ['phy0-ap0: up', '<*>: up'],
    ['added: a, b: c', 'added: a, b: c'],
    ['  two   spaces\tand a tab ', 'two spaces and a tab'],
    ['naïve über', 'naïve über'],
    ['', ''],
  ])('%s', (message, template) => {
    expect(maskedWords(message).join(' ')).toBe(template);
  });

  it('bounds the words, whatever the text, and takes time in proportion to it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (message) => {
        const words = maskedWords(message);
        expect(words.length).toBeLessThanOrEqual(41);
        expect(words.join(' ').length).toBeLessThanOrEqual(1024);
        expect(words.every((word) => word !== '' && !/\s/.test(word.replace(/[^ \t\n\r]/g, '')))).toBe(true);
      }),
    );
  });
});

function mined(miner: TemplateMiner, lines: readonly string[], appName: string | null = 'acme'): string[] {
  return lines.map((line) => {
    const { id, text } = miner.mine(appName, line);
    return `${id} ${text}`;
  });
}
const ids = (entries: readonly string[]): string[] => entries.map((entry) => entry.split(' ')[0]!);

describe('TemplateMiner', () => {
  it('gives lines that differ in a few words one template, whose id stays', () => {
    const miner = new TemplateMiner();
    const said = mined(miner, [
      'user alice signed in at 10:04',
      'user bob signed in at 11:30',
      'user eve signed in at 1',
    ]);
    expect(new Set(ids(said)).size).toBe(1);
    expect(said.map((entry) => entry.slice(entry.indexOf(' ') + 1))).toEqual([
      'user alice signed in at <*>',
      'user <*> signed in at <*>',
      'user <*> signed in at <*>',
    ]);
  });

  it('keeps others apart: another daemon, another length, another first word, less than half alike', () => {
    const miner = new TemplateMiner();
    const lines = ['cache is full now', 'cache is full', 'disk is full now', 'cache was read well'];
    expect(new Set([...ids(mined(miner, lines)), ...ids(mined(miner, lines, 'other'))]).size).toBe(8);
  });

  it('does not wear a template away, merge by merge', () => {
    const miner = new TemplateMiner();
    const said = mined(miner, ['a b c d e f', 'a x c d e f', 'a x y d e f', 'a x y z e f', 'a x y z w f']);
    expect(new Set(ids(said)).size).toBeGreaterThan(1);
  });

  it('forgets what was not seen for longest, and finds it again by the same id', () => {
    const limits: MinerLimits = { templatesADaemon: 2, templates: 3 };
    const miner = new TemplateMiner(limits);
    const [first] = mined(miner, ['one alpha', 'two beta']);
    mined(miner, ['three gamma']);
    expect([miner.size, miner.evicted]).toEqual([2, 1]);
    mined(miner, ['four delta', 'five epsilon'], 'other');
    expect([miner.size, miner.evicted]).toEqual([3, 2]);
    expect(mined(miner, ['one alpha'])).toEqual([first]);
    expect(miner.size).toBe(3);
  });

  const word = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', '12', "'x'", '02:aa:bb:cc:dd:ee');
  const line = fc.tuple(
    fc.constantFrom(null, 'a', 'b', 'c'),
    fc.array(word, { maxLength: 5 }).map((w) => w.join(' ')),
  );

  it('says the same after a snapshot at any place, within its limits', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.nat(40), (lines, at) => {
        const limits = { templatesADaemon: 4, templates: 8 };
        const whole = new TemplateMiner(limits);
        let cut = new TemplateMiner(limits);
        for (const [index, [app, message]] of lines.entries()) {
          if (index === at || at > 30) {
            const entries = JSON.parse(JSON.stringify([...cut.snapshot()])) as Parameters<
              TemplateMiner['restore']
            >[0][];
            cut = new TemplateMiner(limits);
            for (const entry of entries) cut.restore(entry);
          }
          expect({ ...cut.mine(app, message) }).toEqual({ ...whole.mine(app, message) });
          expect(whole.size).toBeLessThanOrEqual(8);
        }
        expect([...cut.snapshot()]).toEqual([...whole.snapshot()]);
      }),
    );
  });
});
