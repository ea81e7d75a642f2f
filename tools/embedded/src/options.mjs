/** What `npm start` was asked for: its arguments and its environment. */
import { mkdtempSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartFault } from './host.mjs';
import { workPlace } from './places.mjs';

export const usage = `Usage: npm start -- [options]

Starts OPMAS: its servers (NATS, Postgres, Redis), its services and its web pages. Ctrl-C stops everything.

  --data DIR         where everything is kept (default .opmas)
  --ephemeral        a temporary data folder, removed at the end
  --demo             also sends the logs of 30 simulated routers
  --no-ui            without the web pages
  --free-ports       takes free ports instead of the usual ones (see endpoints.json)
  --port-offset N    adds N to every usual port
  --quiet            only the line that says that all is ready, and what goes wrong
  --help             this text

Environment:
  SYSLOG_UDP_PORT, SYSLOG_TCP_PORT (5514), SYSLOG_TLS_PORT (6514), INGEST_HTTP_PORT (5580),
  OTLP_HTTP_PORT (4318, or off), API_PORT (8000), UI_PORT (3000)
                     ports; 0 takes a free one
  NATS_URL, DATABASE_URL, REDIS_URL
                     a server of yours in place of the private one
  OPMAS_ADMIN_PASSWORD
                     password of the user "admin", made on the first start (default: random, shown once)
  SYSLOG_TLS_CERT_FILE, SYSLOG_TLS_KEY_FILE
                     a certificate of yours for syslog over TLS (default: one made in DATA/tls, whose authority is DATA/tls/ca.pem)
  OPMAS_TLS_NAMES    further names and addresses, with commas, for the one that is made
  OPMAS_SECRET_FILE  the key that secrets are sealed with (default DATA/secret.key)

Addresses are written to DATA/endpoints.json, each process's log to DATA/logs. See docs/operations.md.
`;

/** The public ports: name in endpoints.json, variable, usual number. */
export const publicPorts = /** @type {const} */ ([
  { key: 'syslogUdp', variable: 'SYSLOG_UDP_PORT', usual: 5514, protocol: 'udp' },
  { key: 'syslogTcp', variable: 'SYSLOG_TCP_PORT', usual: 5514, protocol: 'tcp' },
  // Where there is no certificate, nothing listens on it.
  { key: 'syslogTls', variable: 'SYSLOG_TLS_PORT', usual: 6514, protocol: 'tcp' },
  { key: 'ingestHttp', variable: 'INGEST_HTTP_PORT', usual: 5580, protocol: 'tcp' },
  // `off`, as for the ingestor: nothing listens on it.
  { key: 'otlpHttp', variable: 'OTLP_HTTP_PORT', usual: 4318, protocol: 'tcp' },
  { key: 'api', variable: 'API_PORT', usual: 8000, protocol: 'tcp' },
  { key: 'ui', variable: 'UI_PORT', usual: 3000, protocol: 'tcp' },
]);

/** @typedef {(typeof publicPorts)[number]['key']} PortKey */

/**
 * @typedef {object} StartOptions
 * @property {boolean} help
 * @property {string} data absolute
 * @property {boolean} ephemeral
 * @property {boolean} demo
 * @property {boolean} ui
 * @property {boolean} quiet
 * @property {Record<PortKey, number>} ports 0: a free one, or what is off
 */

/**
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} env
 * @returns {StartOptions}
 */
export function parseOptions(argv, env) {
  const { values } = readArguments(argv);
  if (values.ephemeral && values.data) throw new StartFault('--ephemeral and --data exclude each other.');
  const offset = values['port-offset'] === undefined ? 0 : wholeNumber('--port-offset', values['port-offset'], 50_000);
  const ephemeral = values.ephemeral === true;
  return {
    help: values.help === true,
    data: ephemeral && !values.help ? temporaryData() : resolve(values.data ?? workPlace),
    ephemeral,
    demo: values.demo === true,
    ui: values['no-ui'] !== true,
    quiet: values.quiet === true,
    ports: choosePorts(env, offset, values['free-ports'] === true),
  };
}

/** @param {string[]} argv */
function readArguments(argv) {
  try {
    return parseArgs({
      args: argv,
      options: {
        help: { type: 'boolean', short: 'h' },
        data: { type: 'string' },
        ephemeral: { type: 'boolean' },
        demo: { type: 'boolean' },
        'no-ui': { type: 'boolean' },
        'free-ports': { type: 'boolean' },
        'port-offset': { type: 'string' },
        quiet: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new StartFault(`${/** @type {Error} */ (error).message}\n  npm start -- --help shows what there is.`);
  }
}

function temporaryData() {
  const folder = mkdtempSync(join(tmpdir(), 'opmas-'));
  chmodSync(folder, 0o711);
  return folder;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} largest
 */
function wholeNumber(name, text, largest) {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > largest)
    throw new StartFault(`${name}: expected a number from 0 to ${largest}, it is "${text}"`);
  return value;
}

/**
 * Whether the environment closes a public port.
 * @param {PortKey} key
 * @param {NodeJS.ProcessEnv} env
 */
export function isOff(key, env) {
  if (key === 'syslogTls') return env['SYSLOG_TLS_CERT_FILE'] === '';
  return key === 'otlpHttp' && ['off', ''].includes(env['OTLP_HTTP_PORT'] ?? '4318');
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {number} offset
 * @param {boolean} free
 */
function choosePorts(env, offset, free) {
  const chosen = /** @type {Record<PortKey, number>} */ ({});
  for (const { key, variable, usual } of publicPorts) {
    const asked = env[variable];
    if (isOff(key, env)) chosen[key] = 0;
    else chosen[key] = asked ? wholeNumber(variable, asked, 65_535) : free ? 0 : usual + offset;
  }
  return chosen;
}
