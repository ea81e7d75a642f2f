/** Raw records: what an ingestor received, before anything is understood. */
import { z } from 'zod';

export const TRANSPORTS = ['udp', 'tcp', 'tls', 'http', 'otlp'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** ISO 8601 in UTC with microseconds. */
export const instantSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, 'an instant like 2026-11-23T20:35:17.123456Z');

/**
 * One record of a RAW frame. `raw` is the line as text; where its bytes are not valid UTF-8, `rawBase64` holds them
 * exactly, and `raw` shows U+FFFD in place of what does not decode.
 */
export const rawRecordSchema = z.object({
  /** `<ingestor>-<shard>-<frame number>-<index>`. */
  id: z.string().min(1),
  /** The ingestor's clock, never going back within a subject. */
  receivedAt: instantSchema,
  /**
   * Sender key: `tls:<name>` of a verified client certificate (its form is in docs/contracts.md), `host:<hostname>` or
   * `addr:<address>`; chosen by the ingestor, computed nowhere else.
   */
  key: z.string().min(1).max(300),
  transport: z.enum(TRANSPORTS),
  /** Address of the peer, or of whom a trusted proxy named; IPv4-mapped IPv6 written as IPv4. */
  peer: z.string(),
  port: z.number().int().min(0).max(65535),
  raw: z.string(),
  rawBase64: z.base64().optional(),
  /** The line was longer than the ingestor's limit and is cut. */
  truncated: z.literal(true).optional(),
  /** The frame ended with its connection, not with a delimiter. */
  partial: z.literal(true).optional(),
});

export type RawRecord = z.infer<typeof rawRecordSchema>;
