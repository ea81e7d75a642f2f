import { describe, expect, it } from '@jest/globals';
import { formatFault } from './language/source.js';
import type { SampleEvent } from './sample.js';
import { checkSample, readExpectation } from './sample.js';
import { START_MS, eventAt, ruleOf, sshFailure } from './spec-support/events.js';

const EXPECTED = `
settle: 1h
findings:
  - { group: { sourceIp: 203.0.113.9 }, openedBy: 5, count: 6, status: cleared, evidence: [1-6] }
nearMisses:
  - { lines: [7, 8-9], why: too few }
`;

const samples = (sources: string[]): SampleEvent[] =>
  sources.map((source, i) => ({
    line: i + 1,
    event: JSON.stringify(eventAt({ at: i, fields: sshFailure(source), id: `s-${i}` })),
    clockMs: START_MS + i * 1000,
  }));

function failuresOf(expected: string, sources: string[]): string[] {
  const read = readExpectation(expected, 'expected.yaml');
  if (!read.ok) return read.faults.map(formatFault);
  return checkSample(ruleOf(), read.expectation, samples(sources)).failures;
}

const attack = Array.from({ length: 6 }, () => '203.0.113.9');
const slips = Array.from({ length: 3 }, () => '198.51.100.7');

describe('the sample of a rule', () => {
  it('passes where exactly the expected findings come about', () => {
    expect(failuresOf(EXPECTED, [...attack, ...slips])).toEqual([]);
  });

  it.each([
    [
      'a finding that does not come about',
      EXPECTED,
      [...slips, ...slips.slice(0, 1), ...attack.slice(0, 5)],
      ['opened by line 5 did not come about', 'an unexpected finding'],
    ],
    ['another count', EXPECTED.replace('count: 6', 'count: 7'), [...attack, ...slips], ['counts 6 events, expected 7']],
    ['another status', EXPECTED.replace('cleared', 'open'), [...attack, ...slips], ['is cleared, expected open']],
    [
      'other evidence',
      EXPECTED.replace('[1-6]', '[1-5]'),
      [...attack, ...slips],
      ['keeps the lines 1, 2, 3, 4, 5, 6, expected 1, 2, 3, 4, 5'],
    ],
    ['a near miss that hits', EXPECTED, [...attack, ...attack], ['line 7 is evidence of a finding']],
    ['a near miss that is not in the sample', EXPECTED, attack, ['the sample has no line 7 (near miss: too few)']],
  ])('fails for %s', (_, expected, sources, failures) => {
    const text = failuresOf(expected, sources).join('\n');
    for (const failure of failures) expect(text).toContain(failure);
  });

  it.each([
    ['no near miss', EXPECTED.slice(0, EXPECTED.indexOf('nearMisses')), 'the expectation lacks "nearMisses"'],
    ['a wrong range', EXPECTED.replace('8-9', '9-8'), 'expected.yaml:6:18: a line is "9-8"'],
    ['an unknown field', EXPECTED.replace('openedBy', 'openBy'), 'did you mean "openedBy"?'],
  ])('is refused with %s', (_, expected, message) => {
    expect(failuresOf(expected, attack).join('\n')).toContain(message);
  });
});
