/** Environment of the query API. */
import { baseConfigSchema } from '@opmas/platform';
import { z } from 'zod';

const days = z.coerce.number().int().min(1).max(3650);

export const configSchema = baseConfigSchema.extend({
  API_PORT: z.coerce.number().int().min(0).max(65535).default(8000),
  API_HOST: z.string().min(1).default('127.0.0.1'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgres://user:password@host:port/database' }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'expected redis://host:port' }),
  /** The deployment's key; made on first start where the file is absent. */
  OPMAS_SECRET_FILE: z.string().min(1).default('.opmas/secret.key'),
  /** The same as base64, for where there is no file. */
  OPMAS_SECRET_KEY: z.base64().optional(),
  /** Password of the user `admin`, made on the first start; a random one is logged once where it is not set. */
  OPMAS_ADMIN_PASSWORD: z.string().min(8).max(200).optional(),
  /** Days of events, and of their counts, that are kept in Postgres. */
  OPMAS_EVENTS_DAYS: days.default(30),
  OPMAS_COUNTS_DAYS: days.default(90),
  /** Rows of events in one transaction. */
  OPMAS_BATCH_ROWS: z.coerce.number().int().min(1).max(200_000).default(20_000),
  /** A rival replica's projection that stood still for so long is taken over. */
  OPMAS_TAKE_OVER_MS: z.coerce.number().int().min(100).default(3000),
});

export type Config = z.infer<typeof configSchema>;
