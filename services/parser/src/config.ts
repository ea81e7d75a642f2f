/** What the parser reads from its environment. */
import { baseConfigSchema } from '@opmas/platform';
import { z } from 'zod';

export const parserConfigSchema = baseConfigSchema.extend({
  /** Self-registered devices of one shard that may wait for adoption; lines of further senders carry no device. */
  OPMAS_MAX_UNKNOWN_DEVICES: z.coerce.number().int().min(1).max(100_000).default(2000),
  /** Beyond this difference to the ingestor's clock, in seconds, a device's own time is not believed. */
  OPMAS_MAX_SKEW_S: z.coerce.number().min(1).max(86_400).default(600),
});

export type ParserConfig = z.infer<typeof parserConfigSchema>;
