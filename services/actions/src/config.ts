/** Environment of the actions service. */
import { baseConfigSchema } from '@opmas/platform';
import { z } from 'zod';
import { canonicalAddress } from './domain/address.js';

const seconds = z.coerce.number().int().min(1).max(86_400);

export const configSchema = baseConfigSchema.extend({
  /** This executor's own disk: its journal of intents and recent facts. Not shared with another replica. */
  OPMAS_DATA_DIR: z.string().min(1).default('.opmas/actions'),
  /** The deployment's key; made on first start where the file is absent. */
  OPMAS_SECRET_FILE: z.string().min(1).default('.opmas/secret.key'),
  /** The same as base64, for where there is no file. */
  OPMAS_SECRET_KEY: z.base64().optional(),
  /** Addresses that no action may be aimed at, joined by commas; this machine's own are added. */
  OPMAS_PROTECTED_ADDRESSES: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => canonicalAddress(one.trim()))
        .filter((one) => one !== ''),
    ),
  /** Seconds that a router which does not answer is tried before its action fails. */
  OPMAS_ACTION_CONNECT_SECONDS: seconds.default(60),
  /** Seconds after its start at which an action of which nothing is heard counts as interrupted. */
  OPMAS_ACTION_DEADLINE_SECONDS: seconds.default(900),
});

export type Config = z.infer<typeof configSchema>;
