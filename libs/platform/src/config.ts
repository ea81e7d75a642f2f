/** Environment → typed configuration. Every fault is named at once; the process then ends with EX_CONFIG (78). */
import { hostname } from 'node:os';
import { z } from 'zod';
import { readNatsUrl } from './nats/nats-url.js';

const port = z.coerce.number().int().min(0).max(65535);
const milliseconds = z.coerce.number().int().min(1);

/** What every service reads; a service extends it with `.extend({...})`. */
export const baseConfigSchema = z.object({
  NATS_URL: z
    .string()
    .default('nats://127.0.0.1:4222')
    .superRefine((url, context) => {
      try {
        readNatsUrl(url);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    }),
  /** Names this replica; a rival must have another name. A restarted replica with the same name takes its shards back at once. */
  OPMAS_INSTANCE: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, "_" or "-"')
    .default(() => `${hostname().replaceAll(/[^A-Za-z0-9_-]/g, '-')}-${process.pid}`),
  OPMAS_BUILD: z.string().min(1).default('0.1.0'),
  /** Where /livez, /readyz and /metrics are served; 0 takes a free port. */
  HTTP_PORT: port.default(0),
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  OPMAS_SHARDS: z.coerce.number().int().min(1).max(1024).default(16),
  OPMAS_LEASE_MS: milliseconds.default(10_000),
  OPMAS_SNAPSHOT_MS: milliseconds.default(30_000),
  OPMAS_DUPLICATE_WINDOW_MS: milliseconds.default(120_000),
  /** Copies of each stream, 1, 3 or 5; more than one needs a nats-server cluster of 2.11 or newer. */
  OPMAS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  /** Room for the streams on the NATS server's disk, MiB; 13,568 where it is not set. */
  OPMAS_STREAMS_MIB: z.coerce.number().int().min(64).optional(),
  /** OTLP/HTTP collector, e.g. http://127.0.0.1:4318; traces are sent only where it is set. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  /** The process that started this one; when it is gone, the service drains and ends. */
  OPMAS_PARENT_PID: z.coerce.number().int().min(1).optional(),
});

export type BaseConfig = z.infer<typeof baseConfigSchema>;

/** One line a fault: variable, what is wrong, what it was. Empty where all is well. */
export function configFaults(error: z.ZodError, env: NodeJS.ProcessEnv): string[] {
  return error.issues.map((issue) => {
    const name = issue.path.join('.');
    const value = env[name];
    const shown = value === undefined ? 'it is not set' : `it is ${JSON.stringify(value.slice(0, 80))}`;
    return `${name}: ${issue.message} (${/SECRET|PASSWORD|KEY/.test(name) ? 'value not shown' : shown})`;
  });
}

/** Parses the environment, or prints every fault to stderr and ends the process with status 78. */
export function parseEnv<S extends z.ZodType>(schema: S, env: NodeJS.ProcessEnv = process.env): z.infer<S> {
  const parsed = schema.safeParse(env);
  if (parsed.success) return parsed.data;
  process.stderr.write(
    `configuration refused:\n${configFaults(parsed.error, env)
      .map((fault) => `  ${fault}\n`)
      .join('')}`,
  );
  process.exit(78);
}
