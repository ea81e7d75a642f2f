/** What the agents read from their environment. */
import { baseConfigSchema } from '@opmas/platform';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const SHIPPED_RULES = fileURLToPath(new URL('../rules', import.meta.url));

export const agentsConfigSchema = baseConfigSchema.extend({
  /** Folder whose `rule.yaml` files, at any depth, are published at start. */
  OPMAS_RULES_DIR: z.string().min(1).default(SHIPPED_RULES),
});

export type AgentsConfig = z.infer<typeof agentsConfigSchema>;
