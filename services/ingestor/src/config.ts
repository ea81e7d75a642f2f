/** The ingestor's environment. */
import { baseConfigSchema } from '@opmas/platform';
import { z } from 'zod';

const MEBIBYTE = 1024 * 1024;
const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback);
const mebibytes = (fallback: number) =>
  z.coerce
    .number()
    .min(0.0625)
    .max(1_048_576)
    .default(fallback)
    .transform((value) => Math.round(value * MEBIBYTE));
const milliseconds = (fallback: number, least = 1) =>
  z.coerce
    .number()
    .int()
    .min(least)
    .max(2 ** 31 - 1)
    .default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);

export const configSchema = baseConfigSchema.extend({
  /** Listeners; port 0 takes a free one. `::` takes IPv4 as well. */
  SYSLOG_HOST: z.string().min(1).default('::'),
  SYSLOG_UDP_PORT: port(5514),
  SYSLOG_TCP_PORT: port(5514),
  INGEST_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  INGEST_HTTP_PORT: port(5580),
  /** Where accepted lines wait; a directory that is this ingestor's alone, on a disk that survives a restart. */
  OPMAS_JOURNAL_DIR: z.string().min(1).default('.opmas/ingestor'),
  /** What the journal may take on disk; near it senders over TCP and HTTP are held back, at it UDP is lost. */
  OPMAS_JOURNAL_MAX_MIB: mebibytes(4096),
  OPMAS_JOURNAL_SEGMENT_MIB: mebibytes(64),
  /** How often the journal is brought to the disk: what a power cut of this machine can take at most. */
  OPMAS_JOURNAL_SYNC_MS: milliseconds(200),
  /** How long frames are kept after their acknowledgement; longer than nats-server may hold acknowledged frames in memory. */
  OPMAS_JOURNAL_RETAIN_MS: milliseconds(180_000, 0),
  OPMAS_FRAME_RECORDS: count(200),
  OPMAS_FRAME_KIB: z.coerce.number().int().min(1).max(512).default(256),
  OPMAS_FRAME_MS: milliseconds(20),
  /** Hostnames that one address may bring before its address becomes the key of further ones. */
  OPMAS_MAX_KEYS_PER_PEER: count(1024),
  OPMAS_MAX_CONNECTIONS: count(4096),
  /** A TCP connection that is silent for so long is closed; 0 for never. */
  OPMAS_TCP_IDLE_MS: milliseconds(3_600_000, 0),
  OPMAS_UDP_RECEIVE_BUFFER_MIB: mebibytes(16),
  OPMAS_HTTP_MAX_BODY_MIB: mebibytes(16),
  /** Imports that are read at once; each may hold a body. */
  OPMAS_HTTP_MAX_IMPORTS: count(8),
  /** How long an import waits for its acknowledgements. */
  OPMAS_HTTP_ACK_TIMEOUT_MS: milliseconds(30_000),
  /** On a first start frames wait until a build has published its rules. */
  OPMAS_AWAIT_RULES: z.stringbool().default(true),
  /** How long a stop waits for the last acknowledgements; what is left stays in the journal. */
  OPMAS_DRAIN_MS: milliseconds(5000, 0),
});

export type IngestorConfig = z.infer<typeof configSchema>;
