/** Facts of a finding's life in OPMAS_FINDINGS: opened, recurred, cleared. */
import { z } from 'zod';
import { eventEnvelopeSchema } from '../events/envelope.js';
import { instantSchema } from '../raw-record.js';
import { DOMAINS } from '../streams.js';
import { factSchema } from './cloud-event.js';

/** By meaning, never by the daemon's own level. */
export const FINDING_SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

/** Evidence that outlives OPMAS_EVENTS: whole events, the first and the last ones, and how many there were in all. */
export const evidenceSchema = z.object({
  first: z.array(eventEnvelopeSchema),
  last: z.array(eventEnvelopeSchema),
  total: z.number().int().min(1),
});

const identity = {
  findingId: z.string(),
  ruleId: z.string(),
  ruleVersion: z.number().int().min(1),
  domain: z.enum(DOMAINS),
  severity: z.enum(FINDING_SEVERITIES),
  /** Null for a finding across devices. */
  deviceId: z.string().nullable(),
  title: z.string(),
  description: z.string(),
  /** Group-by field → value. */
  group: z.record(z.string(), z.string()),
};

const counts = {
  /** Events counted since the episode opened, those of the window that opened it included. */
  count: z.number().int().min(1),
  firstSeenAt: instantSchema,
  lastSeenAt: instantSchema,
};

export const findingOpenedSchema = factSchema(
  'opmas.finding.opened',
  z.object({
    ...identity,
    ...counts,
    openedAt: instantSchema,
    /** Why the correlation held: the value it reached, and the threshold it had to reach. */
    reached: z.object({ value: z.number(), threshold: z.number() }),
    evidence: evidenceSchema,
    /** Id of the episode of the same rule and group that ended shortly before. */
    previousFindingId: z.string().nullable(),
  }),
);

export const findingRecurredSchema = factSchema(
  'opmas.finding.recurred',
  z.object({ findingId: z.string(), ...counts, evidence: evidenceSchema }),
);

export const CLEAR_REASONS = [
  'quiet',
  'condition',
  'rule_changed',
  'rule_disabled',
  'device_removed',
  'evicted',
] as const;

export const findingClearedSchema = factSchema(
  'opmas.finding.cleared',
  z.object({ findingId: z.string(), ...counts, reason: z.enum(CLEAR_REASONS), clearedAt: instantSchema }),
);

export const findingFactSchema = z.discriminatedUnion('type', [
  findingOpenedSchema,
  findingRecurredSchema,
  findingClearedSchema,
]);

export type FindingOpened = z.infer<typeof findingOpenedSchema>;
export type FindingRecurred = z.infer<typeof findingRecurredSchema>;
export type FindingCleared = z.infer<typeof findingClearedSchema>;
export type FindingFact = z.infer<typeof findingFactSchema>;
export type Evidence = z.infer<typeof evidenceSchema>;
