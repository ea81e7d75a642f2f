/** Schemas of what the API answers: for OpenAPI, and for the tests that hold real answers against them. */
import {
  ACTION_CLASSES,
  DOMAINS,
  FINDING_SEVERITIES,
  ROLES,
  eventEnvelopeSchema,
  instantSchema,
} from '@opmas/contracts';
import { z } from 'zod';
import { DEVICE_HEALTHS } from '../domain/device-health.js';
import { ACTION_STATUSES } from '../domain/projections/action.js';

const id = z.string();
const count = z.number().int().min(0);
const maybeInstant = instantSchema.nullable();

export const eventAnswer = eventEnvelopeSchema;

export const findingAnswer = z.object({
  id,
  ruleId: z.string(),
  ruleVersion: z.number().int(),
  domain: z.enum(DOMAINS),
  severity: z.enum(FINDING_SEVERITIES),
  status: z.enum(['open', 'cleared']),
  deviceId: z.string().nullable(),
  title: z.string(),
  description: z.string(),
  group: z.record(z.string(), z.string()),
  count,
  firstSeenAt: instantSchema,
  lastSeenAt: instantSchema,
  openedAt: instantSchema,
  clearedAt: maybeInstant,
  clearReason: z.string().nullable(),
  evidence: z.array(z.string()).describe('ids of events; GET .../evidence has them whole'),
  reached: z.object({ value: z.number(), threshold: z.number() }),
  previousFindingId: z.string().nullable(),
});

export const actionAnswer = z.object({
  id,
  deviceId: z.string(),
  findingId: z.string().nullable(),
  playbookId: z.string().nullable(),
  playbookVersion: z.number().int().nullable(),
  step: z.string().nullable(),
  name: z.string(),
  title: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  class: z.enum(ACTION_CLASSES),
  commands: z.array(z.array(z.string())),
  status: z.enum(ACTION_STATUSES),
  proposedAt: instantSchema,
  expiresAt: instantSchema,
  decidedAt: maybeInstant,
  decidedBy: z.string().nullable(),
  decisionReason: z.string().nullable(),
  startedAt: maybeInstant,
  finishedAt: maybeInstant,
  exitCode: z.number().int().nullable(),
  failureReason: z.string().nullable(),
});

export const factAnswer = z
  .looseObject({ id: z.string(), type: z.string(), time: z.string() })
  .describe('a CloudEvents fact as it stands in the stream');

export const wholeActionAnswer = actionAnswer.extend({
  history: z.array(factAnswer),
  output: z.array(z.object({ channel: z.string(), text: z.string() })),
});

const openFindings = z.object({ info: count, low: count, medium: count, high: count, critical: count });

export const deviceAnswer = z.object({
  id,
  name: z.string(),
  status: z.enum(['discovered', 'adopted', 'ignored']),
  keys: z.array(z.string()),
  shard: count,
  labels: z.record(z.string(), z.string()),
  timeZone: z.string().nullable(),
  discoveredAt: instantSchema,
  health: z.enum(DEVICE_HEALTHS),
  firstSeenAt: maybeInstant,
  lastSeenAt: maybeInstant,
  eventsTotal: count,
  openFindings,
  sshConfigured: z.boolean(),
  ssh: z.object({ host: z.string(), port: z.number(), user: z.string(), hostKeys: z.array(z.string()) }).nullable(),
});

const bucket = z.object({
  at: instantSchema,
  total: count,
  bySeverity: z.record(z.string(), count).describe('effective syslog severity (0 to 7, none) → events'),
});

export const histogramAnswer = z.object({ bucketSeconds: count, buckets: z.array(bucket), approximate: z.boolean() });

const facet = z.array(z.object({ value: z.union([z.string(), z.number()]).nullable(), count }));
export const facetsAnswer = z.object({
  domain: facet,
  type: facet,
  severity: facet.describe('as the senders said it'),
  effectiveSeverity: facet.describe('by what the events say'),
  deviceId: facet,
});

export const templatesAnswer = z.object({
  from: instantSchema.describe('later than asked for where the range holds too many events to be read at once'),
  to: instantSchema,
  items: z.array(
    z.object({
      templateIds: z.array(z.string()).describe('several where shards named it by different lines'),
      appName: z.string().nullable(),
      template: z.string().describe('`<*>` stands for what varies'),
      count,
      devices: count.describe('at least so many'),
      firstSeenAt: instantSchema,
      lastSeenAt: instantSchema,
      sample: z.string(),
    }),
  ),
});

const deviceStatus = z.enum(['discovered', 'adopted', 'ignored']);
export const unattributedAnswer = z.object({
  key: z.string(),
  peer: z.string().describe('the address that its lines come from'),
  reason: z.string().describe('ambiguous: lines of this key come from several senders; capped: too many devices wait'),
  hostname: z.string().nullable(),
  firstSeenAt: instantSchema,
  lastSeenAt: instantSchema,
  eventsTotal: count,
  samples: z.array(z.string()),
  decision: z
    .object({ deviceId: z.string(), name: z.string(), status: deviceStatus, peer: z.string().nullable() })
    .nullable(),
  isSettled: z.boolean().describe('whether the decision holds for all earlier events by now'),
  candidates: z.array(
    z.object({ deviceId: z.string(), name: z.string(), status: deviceStatus, why: z.enum(['key', 'name', 'address']) }),
  ),
});
export const unattributedCounts = z.object({ open: count, decided: count });

export const overviewAnswer = z.object({
  eventsPerSecond: z.number(),
  linesTotal: count,
  events24h: count,
  openFindings,
  devices: z.object({ ok: count, problem: count, critical: count, unknown: count, total: count }),
  pendingActions: count,
  rate: z.array(bucket),
  topDevices: z.array(z.object({ deviceId: z.string(), name: z.string(), count })),
  topTypes: z.array(z.object({ type: z.string(), count })),
  pipeline: z.array(z.object({ stage: z.string(), lag: count.nullable(), ready: z.boolean(), detail: z.string() })),
});

export const documentAnswer = z.object({
  id,
  version: z.number().int(),
  enabled: z.boolean(),
  origin: z.string(),
  source: z.string(),
  title: z.string().nullable(),
  domain: z.string().nullable(),
  severity: z.string().nullable(),
});

const identity = z.object({ userName: z.string(), role: z.enum(ROLES) });
export const meAnswer = identity;
export const sessionAnswer = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresIn: count.describe('seconds until the access token expires'),
  user: identity,
});

export const userAnswer = identity.extend({
  disabled: z.boolean(),
  createdAt: instantSchema,
  changedAt: instantSchema,
});

export const auditAnswer = z.object({
  id,
  happenedAt: instantSchema,
  userName: z.string(),
  address: z.string().nullable(),
  operation: z.string(),
  target: z.string(),
  outcome: z.number().int(),
  detail: z.record(z.string(), z.unknown()),
});

export const problemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  instance: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ in: z.string(), name: z.string(), expected: z.string() })).optional(),
});

export function pageAnswer<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export function listAnswer<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item) });
}
