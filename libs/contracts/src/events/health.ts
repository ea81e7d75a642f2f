/** Health of the router itself. */
import { z } from 'zod';

export const healthEvents = {
  'health.process.oom-killed': z.strictObject({
    processName: z.string(),
    processId: z.number().int().optional(),
    totalVmKb: z.number().int().optional(),
    anonRssKb: z.number().int().optional(),
  }),
  /** Older kernels name the process that they are about to kill; the kill follows in a line of its own. */
  'health.process.oom-chosen': z.strictObject({ processName: z.string(), processId: z.number().int().optional() }),
  /** The allocation that brought the OOM killer about; the kill follows in a line of its own. */
  'health.memory.exhausted': z.strictObject({ processName: z.string() }),
  'health.log.connected': z.strictObject({ destination: z.string(), transport: z.string().optional() }),
  'health.log.send-failed': z.strictObject({ destination: z.string(), transport: z.string().optional() }),
} as const;
