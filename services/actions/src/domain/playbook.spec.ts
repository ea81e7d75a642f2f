import { describe, expect, it } from '@jest/globals';
import type { FindingOpened } from '@opmas/contracts';
import { readFileSync } from 'node:fs';
import { CATALOGUE } from './catalogue/registry.js';
import type { Playbook } from './playbook.js';
import { formatPlaybookFault, isTriggered, parametersFor, parsePlaybook } from './playbook.js';

const shipped = readFileSync(new URL('../../playbooks/block-ssh-brute-force.yaml', import.meta.url), 'utf8');

function read(text: string): Playbook {
  const reading = parsePlaybook('p.yaml', text, CATALOGUE);
  if (!reading.ok) throw new Error(reading.faults.map(formatPlaybookFault).join('\n'));
  return reading.playbook;
}

function faults(text: string): string[] {
  const reading = parsePlaybook('p.yaml', text, CATALOGUE);
  return reading.ok ? [] : reading.faults.map(formatPlaybookFault);
}

const plain = `id: block
version: 2
title: Block
trigger:
  rules: [ssh-brute-force]
steps:
  - name: block
    action: block-address
    parameters:
      address: '{{group.sourceIp}}'
      durationSeconds: 600
`;

describe('playbooks', () => {
  it('the shipped one asks before it blocks for an hour', () => {
    const playbook = read(shipped);
    expect(playbook).toMatchObject({
      id: 'block-ssh-brute-force',
      approval: { expiresAfter: 1_800_000 },
      cooldown: 3_600_000,
    });
    expect(playbook.steps).toEqual([
      {
        name: 'block',
        action: 'block-address',
        mode: 'approve',
        parameters: { address: '{{group.sourceIp}}', durationSeconds: 3600 },
      },
    ]);
  });

  it('always expires, and asks where it does not say otherwise', () => {
    expect(read(plain)).toMatchObject({ approval: { expiresAfter: 1_800_000 }, steps: [{ mode: 'approve' }] });
  });

  it.each([
    [
      'mode: approvee',
      plain.replace('action: b', 'mode: approvee\n    action: b'),
      /^p\.yaml:8:5: steps\.0\.mode: .*"observe"\|"approve"\|"auto"/,
    ],
    [
      'an unknown field',
      plain.replace('title:', 'titel: x\ntitle:'),
      /^p\.yaml:3:1: titel: unknown field; expected one of id, version, title, /,
    ],
    [
      'an unknown field of a step',
      `${plain}    retries: 3\n`,
      /^p\.yaml:12:5: steps\.0\.retries: unknown field; expected one of name, action, mode, parameters/,
    ],
    [
      'an unknown action',
      plain.replace('block-address', 'reboot'),
      /^p\.yaml:8:5: steps\.0\.action: unknown action "reboot"; expected one of block-address/,
    ],
    [
      'an unknown parameter',
      `${plain}      forever: true\n`,
      /^p\.yaml:12:7: steps\.0\.parameters\.forever: unknown parameter; expected one of address, durationSeconds/,
    ],
    [
      'a missing parameter',
      plain.replace('      durationSeconds: 600\n', ''),
      /^p\.yaml:9:5: steps\.0\.parameters: block-address needs the parameter "durationSeconds"/,
    ],
    [
      'a duration out of range',
      plain.replace('600', '90000'),
      /^p\.yaml:11:7: steps\.0\.parameters\.durationSeconds: .*86400/,
    ],
    [
      'an address that cannot be blocked',
      plain.replace("'{{group.sourceIp}}'", '127.0.0.1'),
      /^p\.yaml:10:7: steps\.0\.parameters\.address: "127\.0\.0\.1" cannot be blocked: it is a loopback address/,
    ],
    [
      'an unknown reference',
      plain.replace('group.sourceIp', 'env.HOME'),
      /^p\.yaml:10:7: steps\.0\.parameters\.address: unknown reference "\{\{env\.HOME\}\}"; expected group\.<field>/,
    ],
    [
      'an unknown severity',
      plain.replace('rules: [', 'severities: [urgent]\n  rules: ['),
      /^p\.yaml:5:16: trigger\.severities\.0: .*"critical"/,
    ],
    [
      'a trigger for everything',
      plain.replace('rules: [ssh-brute-force]', 'severities: [high]'),
      /^p\.yaml:4:1: trigger: names neither rules nor domains/,
    ],
    ['a span without a unit', `${plain}cooldown: 60\n`, /^p\.yaml:12:1: cooldown: /],
    [
      'two steps',
      `${plain}  - name: b\n    action: block-address\n    parameters: {address: '{{group.a}}', durationSeconds: 60}\n`,
      /^p\.yaml:6:1: steps: expected exactly one step/,
    ],
    ['no YAML', 'id: [1', /^p\.yaml:1:7: not YAML/],
    ['nothing', '', /^p\.yaml:1:1: /],
    ['an alias', 'a: &a [x]\nb: *a\n', /not YAML that playbooks may use/],
  ])('names file, line and field: %s', (_, text, expected) => {
    expect(faults(text)[0]).toMatch(expected);
  });

  const finding = {
    findingId: 'f1',
    ruleId: 'ssh-brute-force',
    domain: 'security',
    severity: 'high',
    title: 'SSH brute force',
    group: { sourceIp: '203.0.113.9' },
  } as unknown as FindingOpened['data'];

  it('is triggered by rule, domain and severity together', () => {
    expect(isTriggered(read(shipped), finding)).toBe(true);
    expect(isTriggered(read(shipped), { ...finding, ruleId: 'port-scan' })).toBe(false);
    expect(isTriggered(read(plain.replace('rules: [', 'severities: [critical]\n  rules: [')), finding)).toBe(false);
  });

  it('fills in what the finding says, and says what it lacks', () => {
    const [step] = read(plain).steps;
    expect(parametersFor(step!, finding)).toEqual({
      ok: true,
      parameters: { address: '203.0.113.9', durationSeconds: 600 },
    });
    expect(parametersFor(step!, { ...finding, group: {} })).toEqual({
      ok: false,
      reason: 'the finding has no group.sourceIp',
    });
    expect(parametersFor(step!, { ...finding, group: { sourceIp: '{{finding.id}}' } })).toMatchObject({
      parameters: { address: '{{finding.id}}' },
    });
  });
});
