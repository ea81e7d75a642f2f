import { describe, expect, it } from '@jest/globals';
import type { ParsedEvent } from '@opmas/contracts';
import { formatFault } from './language/source.js';
import { compileRule, describeCorrelation } from './rule.js';
import { loadRules } from './rule-set.js';
import { eventAt, ruleOf, ruleText } from './spec-support/events.js';

/** The faults of a rule, as a person reads them. */
function faultsOf(text: string): string[] {
  const compiled = compileRule(text, 'r.yaml');
  return compiled.ok ? [] : compiled.faults.map(formatFault);
}

const withDetection = (detection: string): string => ruleText({ detection });

describe('a rule file', () => {
  it('has sane defaults for all that it does not say', () => {
    expect(ruleOf()).toMatchObject({
      status: 'stable',
      quietMs: 600_000,
      reopenWithinMs: 3_600_000,
      notify: { factor: 2, everyMs: 60_000 },
      evidence: { first: 10, last: 10 },
      limits: { groups: 50_000 },
      correlation: { toleranceMs: 60_000 },
    });
    expect(describeCorrelation(ruleOf().correlation)).toBe('event_count >= 5 in 10m by sourceIp');
  });

  it.each([
    [
      'a typo in a field of the rule',
      ruleText({ severty: 'low' }),
      'r.yaml:10:1: unknown field "severty" in the rule',
      'did you mean "severity"?',
    ],
    ['a missing field', ruleText().replace(/^title.*\n/m, ''), 'r.yaml:1:1: the rule lacks "title"', ''],
    [
      'an unknown event type',
      ruleText({ events: '[security.login.fail]' }),
      'r.yaml:7:10: there is no event type "security.login.fail"',
      'did you mean "security.login.failed"?',
    ],
    [
      'a typo in an event field',
      withDetection('{s: {source_ip: 1.2.3.4}, condition: s}'),
      'r.yaml:8:17: security.login.failed has no field "source_ip"',
      'did you mean "sourceIp"?',
    ],
    [
      'a value that the field never has',
      withDetection('{s: {service: shh}, condition: s}'),
      'service is never "shh"',
      'did you mean "ssh"?',
    ],
    [
      'an unknown modifier',
      withDetection('{s: {userName|startwith: a}, condition: s}'),
      'unknown modifier "startwith"',
      'did you mean "startswith"?',
    ],
    [
      'a modifier of Sigma that is not honoured',
      withDetection('{s: {userName|base64: a}, condition: s}'),
      'the modifier "base64" of Sigma is not supported',
      '',
    ],
    [
      'two modifiers that exclude each other',
      withDetection('{s: {userName|contains|re: a}, condition: s}'),
      'contains and re exclude each other',
      '',
    ],
    [
      'a back-reference',
      withDetection(String.raw`{s: {userName|re: '(a)\1'}, condition: s}`),
      'is refused',
      'RE2 syntax',
    ],
    ['a look-ahead', withDetection("{s: {userName|re: '(?=a)b'}, condition: s}"), 'is refused', 'RE2 syntax'],
    ['a broken regular expression', withDetection("{s: {userName|re: '(a'}, condition: s}"), 'is refused', ''],
    [
      'a network that is none',
      withDetection('{s: {sourceIp|cidr: 10.0.0.0/33}, condition: s}'),
      '"10.0.0.0/33" is no network',
      '',
    ],
    [
      'a comparison of texts',
      withDetection('{s: {userName|gt: 3}, condition: s}'),
      'gt compares numbers, and userName is text',
      '',
    ],
    [
      'a condition on an unknown selection',
      withDetection('{login: {service: ssh}, condition: logn}'),
      'r.yaml:8:47: in the condition, "logn" is no selection',
      'did you mean "login"?',
    ],
    [
      'a condition that ends too early',
      withDetection('{s: {service: ssh}, condition: s and}'),
      'the condition ends too early',
      '',
    ],
    [
      'an open parenthesis',
      withDetection('{s: {service: ssh}, condition: (s or s}'),
      'a parenthesis is not closed',
      '',
    ],
    ['old Sigma', withDetection('{s: {service: ssh}, condition: "s | count() > 3"}'), '"|" does not belong here', ''],
    [
      'a pattern without a match',
      withDetection('{s: {service: ssh}, condition: s and not 1 of filter_*}'),
      'no selection is called "filter_*"',
      '',
    ],
    [
      'a selection that is not used',
      withDetection('{s: {service: ssh}, t: {service: web}, condition: s}'),
      'does not use the selection "t"',
      '',
    ],
    ['an empty selection', withDetection('{s: {}, condition: s}'), 'the selection "s" is empty', ''],
    ['no condition', withDetection('{s: {service: ssh}}'), 'detection lacks "condition"', ''],
    ['null in a list', withDetection('{s: {userName: [a, null]}, condition: s}'), 'null stands in a list', ''],
    [
      'a timespan of 0',
      ruleText({ correlation: '{type: event_count, timespan: 0, condition: {gte: 2}}' }),
      'correlation.timespan is 0 (a window without length never holds anything)',
      'like 90s or 10m',
    ],
    [
      'a timespan of 0s',
      ruleText({ correlation: '{type: event_count, timespan: 0s, condition: {gte: 2}}' }),
      'correlation.timespan is 0s',
      'a span from 1s to 30d',
    ],
    [
      'a timespan in two units',
      ruleText({ correlation: '{type: event_count, timespan: 1h30m, condition: {gte: 2}}' }),
      'correlation.timespan is "1h30m"',
      '',
    ],
    [
      'an unknown kind',
      ruleText({ correlation: '{type: event_cnt, timespan: 1m, condition: {gte: 2}}' }),
      'correlation.type is "event_cnt"',
      'did you mean "event_count"?',
    ],
    [
      'a threshold of 0',
      ruleText({ correlation: '{type: event_count, timespan: 1m, condition: {gte: 0}}' }),
      'correlation.condition.gte is 0',
      '',
    ],
    [
      'a condition without a lower limit',
      ruleText({ correlation: '{type: event_count, timespan: 1m, condition: {lt: 3}}' }),
      'no lower limit',
      '',
    ],
    [
      'a group-by that the type lacks',
      ruleText({ correlation: '{type: event_count, group-by: clientMac, timespan: 1m, condition: {gte: 3}}' }),
      'group-by names "clientMac", which security.login.failed lacks',
      '',
    ],
    [
      'value_count without a field',
      ruleText({ correlation: '{type: value_count, timespan: 1m, condition: {gte: 3}}' }),
      'value_count lacks "field"',
      '',
    ],
    [
      'value_count of what it groups by',
      ruleText({
        correlation: '{type: value_count, group-by: sourceIp, timespan: 1m, condition: {field: sourceIp, gte: 3}}',
      }),
      '"sourceIp" is in group-by too',
      '',
    ],
    [
      'a title with an unknown field',
      ruleText({ title: '"{{sourceIP}} knocks"' }),
      'title names {{sourceIP}}, which no event of the rule has',
      'did you mean "sourceIp"?',
    ],
    ['a bad id', ruleText({ id: 'a b' }), 'id is "a b"', ''],
    ['a version that is no number', ruleText({ version: 'one' }), 'version is "one"', ''],
    ['a severity that there is none', ruleText({ severity: 'hihg' }), 'severity is "hihg"', 'did you mean "high"?'],
    ['text that is no YAML', 'id: [1, 2\n', 'not YAML', ''],
    ['a key given twice', `${ruleText()}id: other\n`, 'r.yaml:10:1: not YAML: Map keys must be unique', ''],
    ['an alias', ruleText({ title: '&t Failed', description: '*t' }), 'an alias', ''],
    ['two documents', `${ruleText()}---\n${ruleText()}`, 'the file holds 2 documents', ''],
    ['an empty file', '', 'r.yaml:1:1: the file is empty', ''],
    ['a list', '- a\n', 'the rule is a list', ''],
  ])('is refused for %s, with its place', (_, text, message, hint) => {
    const faults = faultsOf(text).join('\n');
    expect(faults).toContain(message);
    expect(faults).toContain(hint);
    expect(faults).toMatch(/^r\.yaml:\d+:\d+: /);
  });

  it('tells of every fault at once', () => {
    expect(
      faultsOf(ruleText({ version: '0', severity: 'x', correlation: '{type: y, timespan: z, condition: {}}' })),
    ).toHaveLength(4);
  });

  it('is refused when its id is taken, and the first goes on', () => {
    const { rules, errors } = loadRules([
      { file: 'a.yaml', text: ruleText() },
      { file: 'b.yaml', text: ruleText({ title: 'Another' }) },
      { file: 'c.yaml', text: 'nonsense' },
      { file: 'd.yaml', text: ruleText({ id: 'another' }) },
    ]);
    expect(rules.map(({ id }) => id)).toEqual(['another', 'ssh-failures']);
    expect(errors.map(formatFault)).toEqual([
      'b.yaml:1:5: two rules have the id "ssh-failures": a.yaml has it too; expected an id of its own',
      expect.stringContaining('c.yaml:1:1'),
    ]);
  });
});

describe('a detection', () => {
  const login = (fields: Record<string, unknown>, message?: string): ParsedEvent =>
    eventAt({
      at: 0,
      fields: { service: 'ssh', reason: 'bad-password', ...fields },
      ...(message === undefined ? {} : { message }),
    });
  const packet = (fields: Record<string, unknown>): ParsedEvent =>
    eventAt({ at: 0, type: 'security.packet.rejected', fields });
  const matches = (items: string, event: ParsedEvent): boolean =>
    ruleOf({
      events: `[${event.type}]`,
      detection: `{s: ${items}, condition: s}`,
      title: 'a title',
      correlation: '{type: event_count, timespan: 1m, condition: {gte: 1}}',
    }).test(event);

  it.each<[string, ParsedEvent, boolean]>([
    ['{userName: ROOT}', login({ userName: 'root' }), true],
    ['{userName|cased: ROOT}', login({ userName: 'root' }), false],
    ['{userName: roo}', login({ userName: 'root' }), false],
    ['{userName: [admin, root]}', login({ userName: 'root' }), true],
    ['{userName: r*t}', login({ userName: 'root' }), true],
    ['{userName: "r??t"}', login({ userName: 'root' }), true],
    ['{userName: "r?t"}', login({ userName: 'root' }), false],
    [String.raw`{userName: 'a\*b'}`, login({ userName: 'a*b' }), true],
    [String.raw`{userName: 'a\*b'}`, login({ userName: 'axb' }), false],
    [String.raw`{userName: 'a\\*'}`, login({ userName: String.raw`a\bc` }), true],
    ['{userName|contains: oo}', login({ userName: 'root' }), true],
    ['{userName|startswith: ro}', login({ userName: 'root' }), true],
    ['{userName|startswith: oo}', login({ userName: 'root' }), false],
    ['{userName|endswith: [x, ot]}', login({ userName: 'root' }), true],
    ['{userName|contains|all: [r, x]}', login({ userName: 'root' }), false],
    ['{userName|contains|all: [r, t]}', login({ userName: 'root' }), true],
    ['{userName|neq: root}', login({ userName: 'root' }), false],
    ['{userName|neq: root}', login({}), true],
    ['{userName|re: "^r[a-o]+t$"}', login({ userName: 'root' }), true],
    ['{userName|re: "^R"}', login({ userName: 'root' }), false],
    ['{userName|re|i: "^R"}', login({ userName: 'root' }), true],
    ['{userName: null}', login({}), true],
    ['{userName: null}', login({ userName: '' }), false],
    ['{userName: ""}', login({ userName: '' }), true],
    ['{userName: ""}', login({}), false],
    ['{userName|exists: true}', login({ userName: '' }), true],
    ['{userName|exists: false}', login({}), true],
    ['{sourceIp|cidr: 203.0.113.0/24}', login({ sourceIp: '203.0.113.9' }), true],
    ['{sourceIp|cidr: 203.0.113.0/30}', login({ sourceIp: '203.0.113.9' }), false],
    ['{sourceIp|cidr: [10.0.0.0/8, "2001:db8::/32"]}', login({ sourceIp: '2001:DB8:0::1' }), true],
    ['{sourceIp|cidr: 10.0.0.0/8}', login({ sourceIp: '100.1.1.1' }), false],
    ['{sourceIp|cidr: 10.0.0.0/8}', login({ sourceIp: '::ffff:10.1.1.1' }), true],
    ['{sourceIp|cidr: 10.0.0.0/8}', login({ sourceIp: 'nonsense' }), false],
    ['{destinationPort: 22}', packet({ destinationPort: 22 }), true],
    ['{destinationPort|gte: 1024}', packet({ destinationPort: 1023 }), false],
    ['{destinationPort|lt: 1024}', packet({ destinationPort: 1023 }), true],
    ['{destinationPort|gt: 1}', packet({}), false],
    ['{tcpFlags: SYN}', packet({ tcpFlags: ['ACK', 'SYN'] }), true],
    ['{tcpFlags: RST}', packet({ tcpFlags: ['ACK', 'SYN'] }), false],
    ['{tcpFlags: null}', packet({ tcpFlags: [] }), true],
    ['{hostname: router-1, service: ssh}', login({}), true],
    ['{hostname: router-2, service: ssh}', login({}), false],
    ['[{service: web}, {reason: bad-password}]', login({}), true],
    ['[gateway, "pass*word"]', login({}, 'a bad PASSxxWORD attempt'), true],
    ['[gateway]', login({}, 'a bad attempt'), false],
    ['{"|all": [bad, attempt]}', login({}, 'a bad attempt'), true],
    ['{"|all": [bad, gateway]}', login({}, 'a bad attempt'), false],
  ])('%s', (items, event, expected) => {
    expect(matches(items, event)).toBe(expected);
  });

  const conditions: [string, boolean][] = [
    ['a and not b', true],
    ['a and b or a', true],
    ['not (a and b)', true],
    ['not a or b', false],
    ['1 of them', true],
    ['any of them', true],
    ['all of them', false],
    ['a and not 1 of f_*', true],
    ['all of f_*', false],
    ['a AND NOT b', true],
    ['1 of _h*', true],
  ];
  it.each(conditions)('condition: %s', (condition, expected) => {
    const names = new Set(condition.includes('of them') ? [] : condition.match(/\w+/g));
    const used = (name: string): boolean =>
      condition.includes('of them') || names.has(name) || (condition.includes('f_*') && name.startsWith('f_'));
    const selections = {
      a: 'service: ssh',
      b: 'service: web',
      f_1: 'userName: x',
      f_2: 'userName: y',
      _hidden: 'service: ssh',
    };
    const parts = Object.entries(selections).filter(([name]) => used(name) || name === '_hidden');
    const rule = ruleOf({
      detection: `{${parts.map(([name, item]) => `${name}: {${item}}`).join(', ')}, condition: ${condition}}`,
    });
    expect(rule.test(login({}))).toBe(expected);
  });

  it('matches a hostile text in time that grows with its length only', () => {
    const rule = ruleOf({
      detection: "{s: {userName|re: '^(a+)+$'}, t: {userName: '*a*a*a*a*a*b'}, condition: s or t}",
    });
    const started = performance.now();
    expect(rule.test(login({ userName: `${'a'.repeat(50_000)}!` }))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
