/** What the parser reads from its environment. */
import { baseConfigSchema } from '@opmas/platform';
import { z } from 'zod';
import { zoneOf } from './domain/zone.js';

export const parserConfigSchema = baseConfigSchema.extend({
  /** Self-registered devices of one shard that may wait for adoption; lines of further senders carry no device. */
  OPMAS_MAX_UNKNOWN_DEVICES: z.coerce.number().int().min(1).max(100_000).default(2000),
  /** Beyond this difference to the ingestor's clock, in seconds, a device's own time is not believed. */
  OPMAS_MAX_SKEW_S: z.coerce.number().min(1).max(86_400).default(600),
  /** A device's clock that jumps by at least so many seconds was set: the event that shows it says so. */
  OPMAS_CLOCK_STEP_S: z.coerce.number().min(2).max(86_400).default(30),
  /** Zone of lines that name none, of devices whose own is not configured. */
  OPMAS_DEFAULT_TIME_ZONE: z
    .string()
    .refine((name) => zoneOf(name) !== null, 'expected an IANA name like Europe/Berlin')
    .default('UTC'),
});

export type ParserConfig = z.infer<typeof parserConfigSchema>;
