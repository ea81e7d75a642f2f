/** The ingestor's environment. */
import { baseConfigSchema } from '@opmas/platform';
import { z } from 'zod';
import { parseAddressBlock } from './domain/ip-address.js';

const MEBIBYTE = 1024 * 1024;
const port = (fallback: number) => z.coerce.number().int().min(0).max(65535).default(fallback);
/** A port, or null for `off`. */
const portOrOff = (fallback: number) =>
  z.preprocess(
    (value) => (value === '' ? 'off' : value),
    z.union([z.literal('off').transform(() => null), port(fallback)]),
  );
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
const count = (fallback: number, most = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number().int().min(1).max(most).default(fallback);

/** Words between commas. */
const words = () =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    );
const addressBlocks = () =>
  words().transform((texts, context) =>
    texts.flatMap((text) => {
      const block = parseAddressBlock(text);
      if (!block) context.addIssue(`"${text}" is no address and no block like 192.0.2.0/24`);
      return block ?? [];
    }),
  );

const schema = baseConfigSchema.extend({
  /** Listeners; port 0 takes a free one. `::` takes IPv4 as well. */
  SYSLOG_HOST: z.string().min(1).default('::'),
  SYSLOG_UDP_PORT: port(5514),
  SYSLOG_TCP_PORT: port(5514),
  /** Syslog over TLS; it is listened for where there is a certificate. */
  SYSLOG_TLS_PORT: port(6514),
  /** PEM: the certificate, followed by the chain that senders need. Read again when it changes, as are the other two files. */
  SYSLOG_TLS_CERT_FILE: z.string().default(''),
  SYSLOG_TLS_KEY_FILE: z.string().default(''),
  /** PEM: whose certificates senders may have, and no others. */
  SYSLOG_TLS_CA_FILE: z.string().default(''),
  /** Whether senders must have a certificate; `required` where SYSLOG_TLS_CA_FILE is set, else `off`. */
  SYSLOG_TLS_CLIENT_AUTH: z.enum(['off', 'optional', 'required']).optional(),
  /** Names of certificates of relays: the lines that these bring are of those whom each names, not of the relay. */
  SYSLOG_TLS_RELAYS: words(),
  /** How often the files are looked at. */
  SYSLOG_TLS_RELOAD_MS: milliseconds(5000),
  /** Connections to the listener begin with a PROXY header, and come from OPMAS_PROXY_TRUSTED only. */
  SYSLOG_TCP_PROXY_PROTOCOL: z.stringbool().default(false),
  SYSLOG_TLS_PROXY_PROTOCOL: z.stringbool().default(false),
  OPMAS_PROXY_TRUSTED: addressBlocks(),
  INGEST_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  INGEST_HTTP_PORT: port(5580),
  /** OTLP/HTTP logs; `off` (or nothing) closes it. */
  OTLP_HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  OTLP_HTTP_PORT: portOrOff(4318),
  /** Where accepted lines wait; a directory that is this ingestor's alone, on a disk that survives a restart. */
  OPMAS_JOURNAL_DIR: z.string().min(1).default('.opmas/ingestor'),
  /** What the journal may take on disk; near it senders over TCP and HTTP are held back, at it the oldest datagrams go. */
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
  /** For each listener, TCP and TLS. */
  OPMAS_MAX_CONNECTIONS: count(4096),
  /** A TCP or TLS connection that is silent for so long is closed; 0 for never. */
  OPMAS_TCP_IDLE_MS: milliseconds(3_600_000, 0),
  /** Receive buffer of each UDP socket; the kernel grants `net.core.rmem_max` at most. */
  OPMAS_UDP_RECEIVE_BUFFER_MIB: mebibytes(16),
  /** Sockets on the UDP port, each with a buffer; more than one from Node 22.12 on. A sender stays on one of them. */
  OPMAS_UDP_SOCKETS: count(1, 64),
  /** Datagrams that were read and wait to be taken in; beyond it the oldest are lost. */
  OPMAS_UDP_QUEUE_MIB: mebibytes(64),
  /** Of a body over HTTP, import or OTLP: its content, decompressed. */
  OPMAS_HTTP_MAX_BODY_MIB: mebibytes(16),
  /** Imports that are read at once, and OTLP requests as many; each may hold a body. */
  OPMAS_HTTP_MAX_IMPORTS: count(8),
  /** How long an import waits for its acknowledgements. */
  OPMAS_HTTP_ACK_TIMEOUT_MS: milliseconds(30_000),
  /** On a first start frames wait until a build has published its rules. */
  OPMAS_AWAIT_RULES: z.stringbool().default(true),
  /** How long a stop waits for the last acknowledgements; what is left stays in the journal. */
  OPMAS_DRAIN_MS: milliseconds(5000, 0),
});

type Setting = keyof z.infer<typeof schema>;

/** What cannot be told from one variable alone. */
export const configSchema = schema.superRefine((config, context) => {
  const fault = (path: Setting, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
  const isSecured = config.SYSLOG_TLS_CERT_FILE !== '';
  if (isSecured && config.SYSLOG_TLS_KEY_FILE === '')
    fault('SYSLOG_TLS_KEY_FILE', 'SYSLOG_TLS_CERT_FILE needs its key');
  if (!isSecured && (config.SYSLOG_TLS_KEY_FILE !== '' || config.SYSLOG_TLS_CA_FILE !== ''))
    fault('SYSLOG_TLS_CERT_FILE', 'TLS needs a certificate');
  if ((config.SYSLOG_TLS_CLIENT_AUTH ?? 'off') !== 'off' && config.SYSLOG_TLS_CA_FILE === '')
    fault('SYSLOG_TLS_CA_FILE', 'SYSLOG_TLS_CLIENT_AUTH needs the authorities of the senders’ certificates');
  if ((config.SYSLOG_TCP_PROXY_PROTOCOL || config.SYSLOG_TLS_PROXY_PROTOCOL) && config.OPMAS_PROXY_TRUSTED.length === 0)
    fault('OPMAS_PROXY_TRUSTED', 'the PROXY protocol needs the addresses of the proxies that are trusted');
});

export type IngestorConfig = z.infer<typeof configSchema>;
