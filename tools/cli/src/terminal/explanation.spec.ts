import { describe, expect, it } from '@jest/globals';
import { parseInstant } from '@opmas/contracts';
import { EventReader } from '../input/events.js';
import { formatExplanation, visible } from './explanation.js';

const explain = (line: string, timeZone: string | null = null): string => {
  const reader = new EventReader({ timeZone, referenceMicros: parseInstant('2026-11-23T10:00:20Z')! });
  return formatExplanation(reader.explain(Buffer.from(line)));
};

describe('an explanation as text', () => {
  it('shows what each step decided', () => {
    const line = '<27>Nov 23 11:00:15 gw-3 site 7: uhttpd[12]: luci: failed login on / for root from 192.0.2.2\r';
    const text = explain(line, 'Europe/Berlin');
    const beginning = text.slice(0, text.indexOf('security.login.failed'));
    expect(beginning).toBe(
      `line-1: <27>Nov 23 11:00:15 gw-3 site 7: uhttpd[12]: luci: failed login on / for root from 192.0.2.2\\r
|- [x] framing    trailer \\r taken off
|- [x] header     rfc3164
|      priority  0-4       <27> = daemon.err
|      time      4-19      Nov 23 11:00:15
|      hostname  20-24     gw-3
|      prefix    25-31     site 7
|      appName   33-39     uhttpd
|      procId    40-42     12
|      message   45-92     luci: failed login on / for root from 192.0.2.2
|      structured data [logread] {"prefix":"site 7"}
|- [x] time       2026-11-23T10:00:15.000000Z (tz-known: the device's wall clock in its zone)
|      receipt 2026-11-23T10:00:15.000000Z
|      the line's own 2026-11-23T10:00:15.000000Z, at its receipt
|      year 2026: not in the line, the likeliest one for its receipt
|      zone Europe/Berlin
|- [x] sender     host:gw-3 (the hostname in the header)
|- [x] dialect    uhttpd
\`- [x] event      `,
    );
    expect(text).toContain('       sourceIp = "192.0.2.2"\n');
    expect(text).toContain('       template uhttpd/security.login.failed\n\n');
  });

  it('shows what nobody knows, and does not let a line act on the screen', () => {
    const text = explain('\u001b[2J<5>\u0007nothing');
    expect(text).toContain('line-1: \\x1b[2J<5>\\x07nothing\n');
    expect(text).toContain('[ ] header     none: the whole line is the message\n');
    expect(text).toContain('[ ] sender     addr:- (no hostname in the line');
    expect(text).toContain('[ ] dialect    none');
    // eslint-disable-next-line no-control-regex -- that none is left is what is claimed
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });

  it.each([
    [
      '<29>Nov 23 10:00:15 OpenWrt app: x',
      "addr:- (OpenWrt is not the name of one device; on the wire the sender's address",
    ],
    ['<29>Nov 23 10:00:15 gw-3 app: x', 'host:gw-3 (the hostname in the header)\n'],
    [
      '{"host":"gw-3","message":"x"}',
      "host:gw-3 (the hostname in the header; on the wire the sender's address decides)",
    ],
    ['[    1.500000] x', '1.5 s after boot, by the kernel'],
    ['<29>Nov 23 10:00:15 gw-3 app: x', 'zone UTC: assumed'],
    ['<29>Nov 23 2026 10:00:15 gw-3 app: x', 'year 2026: in the line'],
    ['<29>Nov 23 10:00:15 gw-3 hostapd: no such thing was ever said', 'hostapd does not know this message'],
  ])('%s', (line, expected) => expect(explain(line)).toContain(expected));
});

it('visible text keeps what a terminal shows', () => {
  expect(visible('gr\u00fc\u00dfe \u{1f600}')).toBe('gr\u00fc\u00dfe \u{1f600}');
  expect(visible('\ufeff\t\u202e\u009b')).toBe('\\ufeff\\t\\u202e\\x9b');
});
