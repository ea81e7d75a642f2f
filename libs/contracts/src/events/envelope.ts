/** What every parsed event has, whatever its type. Header fields carry RFC 5424's names. */
import { z } from 'zod';
import { instantSchema } from '../raw-record.js';
import { DOMAINS } from '../streams.js';

/** Where `timestamp` comes from; see docs/contracts.md. */
export const TIME_QUALITIES = ['epoch', 'offset', 'tz-known', 'tz-default', 'skewed', 'unsynced', 'received'] as const;
export type TimeQuality = (typeof TIME_QUALITIES)[number];

/** How a device was told from a line, the surest first; see docs/contracts.md. */
export const ATTRIBUTION_METHODS = ['tls-subject', 'token', 'binding', 'hostname', 'address'] as const;
export type AttributionMethod = (typeof ATTRIBUTION_METHODS)[number];

export const CONFIDENCES = ['high', 'medium', 'low'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

/** Why a line has no device: several senders that cannot be told apart, or too many unknown ones. */
export const UNATTRIBUTED_REASONS = ['ambiguous', 'capped'] as const;
export type UnattributedReason = (typeof UNATTRIBUTED_REASONS)[number];

/** SD-ID → (PARAM-NAME → PARAM-VALUE), RFC 5424 section 6.3. */
export const structuredDataSchema = z.record(z.string(), z.record(z.string(), z.string()));

/**
 * The envelope in wire order: the first fields are those that readers route by and that Postgres keeps as columns, so
 * that a reader passes over a line without parsing it. Absent values are `null`.
 */
export const eventEnvelopeSchema = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  /** Null while the sender is not attributed to a device. */
  deviceId: z.string().nullable(),
  receivedAt: instantSchema,
  domain: z.enum(DOMAINS),
  /** As the sender said it, 0 (emergency) to 7 (debug); null where the line has no PRI. */
  severity: z.number().int().min(0).max(7).nullable(),
  /** How grave the event is by what it says, on the same scale; present only where that is not `severity`. */
  effectiveSeverity: z.number().int().min(0).max(7).optional(),
  /** The time of the event: the device's own where it can be trusted, else `receivedAt`. */
  timestamp: instantSchema,
  timeQuality: z.enum(TIME_QUALITIES),
  facility: z.number().int().min(0).max(23).nullable(),
  hostname: z.string().nullable(),
  appName: z.string().nullable(),
  procId: z.string().nullable(),
  msgId: z.string().nullable(),
  structuredData: structuredDataSchema.nullable(),
  /** What the message is an instance of: `<dialect>/<type>`, or `~<hash>` of a mined template; see docs/contracts.md. */
  templateId: z.string().min(1).max(128).optional(),
  message: z.string(),
  /** What the message says, by the schema of the type. */
  fields: z.record(z.string(), z.unknown()),
  /** The line as received; see `rawRecordSchema`. */
  raw: z.string(),
  rawBase64: z.string().optional(),
  /** The line was longer than the ingestor's limit: `raw` is its beginning. */
  truncated: z.literal(true).optional(),
  /** The line ended with its connection: `raw` may be its beginning only. */
  partial: z.literal(true).optional(),
  /** Form of the type where it is not the first; see docs/contracts.md. */
  version: z.number().int().min(2).optional(),
  /** The line's own time, resolved, where `timestamp` is another: the device's clock was not believed. */
  deviceTime: instantSchema.optional(),
  /** Seconds since the device's kernel started, where the line says them. */
  uptime: z.number().min(0).optional(),
  /** What the line showed of the device itself. */
  device: z
    .object({
      /** Its clock was set; positive where it went forward. */
      clockStep: z.object({ seconds: z.number() }).optional(),
      /** It started: its number among the starts that were noticed, from 1, and when, by the ingestor's clock. */
      boot: z.object({ number: z.number().int().min(1), startedAt: instantSchema }).optional(),
    })
    .optional(),
  /** On every line of a stream that has a device. */
  attribution: z.object({ method: z.enum(ATTRIBUTION_METHODS), confidence: z.enum(CONFIDENCES) }).optional(),
  /** On every line of a stream that has none: why, and the sender key and address that a decision may bind. */
  unattributed: z.object({ reason: z.enum(UNATTRIBUTED_REASONS), key: z.string(), peer: z.string() }).optional(),
});

export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;
