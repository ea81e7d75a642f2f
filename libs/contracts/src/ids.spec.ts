import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { actionIdOf, derivedId, deviceIdOf, factIdOf, findingIdOf, rawFrameId, rawRecordId } from './ids.js';
import { sha256 } from './sha256.js';
import { isSubjectToken } from './streams.js';

describe('sha256', () => {
  it('agrees with the runtime on any text', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(texts, (text) => {
        expect(Buffer.from(sha256(text)).toString('hex')).toBe(createHash('sha256').update(text).digest('hex'));
      }),
    );
  });
});

describe('derived ids', () => {
  // Fixed for good: stored facts and findings carry them.
  it('never change', () => {
    expect({
      device: deviceIdOf('host:gw', 'a-3-1-0'),
      finding: findingIdOf('ssh-brute-force', 1, '203.0.113.9', 'a-3-1-0'),
      fact: factIdOf('x', 'opened', 1),
      action: actionIdOf({
        triggerId: 'f',
        occurrence: 1,
        playbookId: 'p',
        playbookVersion: 1,
        step: 's',
        deviceId: 'd',
      }),
    }).toEqual({
      device: 'k0pmfmpm75hjmvq7905g2fa7pt',
      finding: 'pakazb5x63kqd0r5kfcsn6vext',
      fact: '6cqqtcafap9bhpmxft5z690w0k',
      action: 'wca0h7fbsf41ce7jvk1r5bahfn',
    });
  });

  it('are tokens of a subject, and tell apart what a plain joining would not', () => {
    expect(isSubjectToken(derivedId('a', 'b'))).toBe(true);
    expect(derivedId('a', 'b')).toHaveLength(26);
    expect(derivedId('ab', 'c')).not.toBe(derivedId('a', 'bc'));
    expect(derivedId('a')).not.toBe(derivedId('a', ''));
  });
});

describe('ids of records', () => {
  it('name ingestor, shard, frame and index', () => {
    expect(rawFrameId('site-a', 3, 17)).toBe('site-a-3-17');
    expect(rawRecordId('site-a', 3, 17, 0)).toBe('site-a-3-17-0');
  });
});
