/** The services, one row each. Stopped in the order of this table, started together. */
import { join } from 'node:path';

/**
 * What a row may use.
 * @typedef {object} Place
 * @property {string} data the data folder
 * @property {string} database URL
 * @property {string} redis URL
 * @property {string} secretFile the deployment's key, made on the first start
 * @property {{ cert: string, key: string, ca: string }} tls PEM files of the TLS listener; ca: whose certificates senders may have, '' for none
 * @property {string | undefined} adminPassword for the user "admin", should it be made now
 * @property {{ syslogUdp: number, syslogTcp: number, syslogTls: number, ingestHttp: number, otlpHttp: number, api: number, ui: number }} ports 0: what is off
 */

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {string} entry relative to the root of the work tree
 * @property {(place: Place) => Record<string, string>} env beside what all services get
 * @property {(place: Place) => number} [healthPort] where it answers /readyz, unless that is its HTTP_PORT
 */

/** @type {Service[]} */
export const services = [
  {
    name: 'ui',
    entry: 'apps/ui/server.mjs',
    env: ({ ports }) => ({ UI_PORT: String(ports.ui), API_URL: `http://127.0.0.1:${ports.api}` }),
    healthPort: ({ ports }) => ports.ui,
  },
  {
    name: 'query-api',
    entry: 'services/query-api/dist/main.js',
    env: ({ ports, database, redis, secretFile, adminPassword }) => ({
      API_PORT: String(ports.api),
      DATABASE_URL: database,
      REDIS_URL: redis,
      OPMAS_SECRET_FILE: secretFile,
      ...(adminPassword ? { OPMAS_ADMIN_PASSWORD: adminPassword } : {}),
    }),
  },
  {
    name: 'actions',
    entry: 'services/actions/dist/main.js',
    env: ({ data, secretFile }) => ({ OPMAS_DATA_DIR: join(data, 'actions'), OPMAS_SECRET_FILE: secretFile }),
  },
  { name: 'agents', entry: 'services/agents/dist/main.js', env: () => ({}) },
  { name: 'parser', entry: 'services/parser/dist/main.js', env: () => ({}) },
  {
    name: 'ingestor',
    entry: 'services/ingestor/dist/main.js',
    env: ({ data, ports, tls }) => ({
      SYSLOG_UDP_PORT: String(ports.syslogUdp),
      SYSLOG_TCP_PORT: String(ports.syslogTcp),
      SYSLOG_TLS_PORT: String(ports.syslogTls),
      SYSLOG_TLS_CERT_FILE: tls.cert,
      SYSLOG_TLS_KEY_FILE: tls.key,
      SYSLOG_TLS_CA_FILE: tls.ca,
      INGEST_HTTP_PORT: String(ports.ingestHttp),
      OTLP_HTTP_PORT: ports.otlpHttp === 0 ? 'off' : String(ports.otlpHttp),
      OPMAS_JOURNAL_DIR: join(data, 'journal'),
    }),
  },
];
