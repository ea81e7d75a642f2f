import { describe, expect, it } from '@jest/globals';
import { EVENT_FIELDS } from '@opmas/contracts';
import fc from 'fast-check';
import { ConnectionLedger } from '../connections.js';
import { headerless } from '../header/header.js';
import { DIALECTS, readMessage } from './registry.js';

function said(appName: string, message: string) {
  const header = { ...headerless(message), appName, procId: '7' };
  return readMessage({ header, receivedMicros: 0, connections: new ConnectionLedger() });
}

/** One tag of each: several tags share a dialect. */
const tags = [...new Map(Object.entries(DIALECTS).map(([tag, dialect]) => [dialect, tag])).values()];

describe.each(tags)('dialect %s', (daemon) => {
  const words = fc.constantFrom(
    ...[
      "Interface 'wan' ",
      'wan (2702): ',
      'udhcpc: ',
      'lease of ',
      'STA ',
      '02:aa:bb:00:00:01 ',
      'wlan0: ',
      'IN=',
      ' OUT= ',
    ],
    ...[
      'SRC=192.0.2.1 ',
      'DST=::1 ',
      'Exit before auth ',
      "(user 'root', 1 fails)",
      ' from ',
      '<192.0.2.1:22>',
      'query[A] ',
    ],
    ...[
      'DHCPACK(br-lan) ',
      'Killed process ',
      '12 (x) ',
      'IEEE 802.11: ',
      'WPA: ',
      'freq=',
      "'",
      '[',
      '(',
      ')',
      ' ',
      ': ',
    ],
  );
  const messages = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 120 }),
    fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 10 }).map((parts) => parts.join('')),
  );

  it('never throws, and says nothing that the contract does not know', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const answer = said(daemon, message);
        if (answer !== null) EVENT_FIELDS[answer.type].parse(JSON.parse(JSON.stringify(answer.fields)));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes time in proportion to the length', () => {
    const starts = [
      '',
      'query[A] ',
      "Interface '",
      'wan (1): ',
      'wlan0: STA ',
      'IN=',
      'Exit ',
      'DHCPACK(',
      'x: Link is ',
      'read ',
      'ath10k_pci 0000:01:00.0: ',
      'sd 0:0:0:0: [sda] ',
      'ubi0: ',
      '        ',
      'usteer event=',
      'wlan0: CTRL-EVENT-',
    ];
    for (const start of starts) {
      for (const filler of [
        ' ',
        'a',
        "'",
        '(',
        ': ',
        'a ',
        'IN= OUT=',
        ' from ',
        '=',
        'freq=',
        'illed process ',
        '::',
        '0',
      ]) {
        const before = performance.now();
        said(daemon, start + filler.repeat(20_000));
        expect(performance.now() - before).toBeLessThan(250);
      }
    }
  });
});
