import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { certificateName, parseAltNames } from './tls-identity.js';

const fingerprint = 'AB:'.repeat(31) + 'CD';
const byFingerprint = `sha256:${'ab'.repeat(31)}cd`;
const name = (commonNames: string[], altNames = ''): string => certificateName({ commonNames, altNames, fingerprint });

describe('a client certificate', () => {
  it.each([
    [['GW-Berlin-03'], '', 'gw-berlin-03'],
    [['  Attic   Router '], 'DNS:other', 'attic router'],
    [['example', 'gw-7'], '', 'gw-7'],
    [[], 'IP Address:192.0.2.1, DNS:GW-8.example, DNS:second', 'gw-8.example'],
    [[], 'email:a@b, URI:spiffe://Fleet/gw-9', 'spiffe://Fleet/gw-9'],
    [[], 'URI:"spiffe://fleet/a\\u002cb"', 'spiffe://fleet/a,b'],
    [['Café'], '', 'café'],
    [[], '', byFingerprint],
    [['gw\u0000.evil'], '', byFingerprint],
    [['x'.repeat(297)], '', byFingerprint],
    [['sha256:00'], '', byFingerprint],
  ])('of common names %j and alternative names %j names %s', (commonNames, altNames, expected) => {
    expect(name(commonNames, altNames)).toBe(expected);
  });

  it('is named by the same text whatever way the same name is written', () => {
    expect(name(['Cafe\u0301'])).toBe(name(['CAFÉ']));
  });

  it('always has a name that fits into a key', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 }), fc.string(), (commonNames, altNames) => {
        const result = name(commonNames, altNames);
        expect(result.length).toBeGreaterThan(0);
        expect(result.length).toBeLessThanOrEqual(296);
      }),
    );
  });
});

describe('alternative names', () => {
  it('are told apart, with what stands in quotes as one', () => {
    expect(parseAltNames('DNS:a, DNS:"b, DNS:c", IP Address:0:0:0:0:0:0:0:1, URI:x')).toEqual([
      { type: 'DNS', value: 'a' },
      { type: 'DNS', value: 'b, DNS:c' },
      { type: 'IP Address', value: '0:0:0:0:0:0:0:1' },
      { type: 'URI', value: 'x' },
    ]);
  });
});
