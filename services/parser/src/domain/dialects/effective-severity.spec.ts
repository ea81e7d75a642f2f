import { describe, expect, it } from '@jest/globals';
import type { EventType } from '@opmas/contracts';
import { EVENT_TYPES } from '@opmas/contracts';
import fc from 'fast-check';
import { effectiveSeverityOf } from './effective-severity.js';

describe('effectiveSeverityOf', () => {
  it.each<[EventType, number | null, number | null]>([
    ['security.login.succeeded', 3, 6],
    ['security.login.succeeded', 5, 5],
    ['security.login.failed', 3, 4],
    ['security.login.failed', 6, 4],
    ['security.login.failed', null, 4],
    ['health.kernel.panic', 3, 0],
    ['health.process.oom-killed', 3, 2],
    ['health.storage.read-only', 2, 2],
    ['health.storage.read-only', 4, 3],
    ['wan.interface.connection-lost', 5, 4],
    ['lan.lease.acked', 3, 6],
    ['lan.lease.acked', null, null],
    ['wan.daemon.note', 3, 6],
    ['health.job.started', 3, 6],
    ['health.service.crash-looping', 6, 3],
    ['health.daemon.fault', 0, 3],
    ['other.unparsed', 3, 3],
    ['other.unparsed', null, null],
  ])('%s logged at %p counts as %p', (type, severity, effective) => {
    expect(effectiveSeverityOf(type, {}, severity)).toBe(effective);
  });

  it('takes the firewall at its work for no warning', () => {
    expect(effectiveSeverityOf('security.packet.rejected', { verdict: 'drop' }, 4)).toBe(5);
    expect(effectiveSeverityOf('security.packet.rejected', { verdict: 'reject' }, null)).toBe(5);
    expect(effectiveSeverityOf('security.packet.rejected', { verdict: 'drop' }, 7)).toBe(7);
    expect(effectiveSeverityOf('security.packet.rejected', { verdict: 'accept' }, 4)).toBe(6);
  });

  it('answers a level of RFC 5424, or null for a line without one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EVENT_TYPES), fc.option(fc.integer({ min: 0, max: 7 })), (type, severity) => {
        const effective = effectiveSeverityOf(type, null, severity);
        if (effective === null) expect(severity).toBeNull();
        else expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(effective);
      }),
    );
  });
});
