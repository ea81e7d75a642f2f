/** Syslog over TLS on a port of its own, with certificates that are read again when their files change. */
import type { IngestorConfig } from '../config.js';
import type { Signals } from '../signals.js';
import type { Intake } from './intake.js';
import { StreamListener } from './stream-listener.js';
import type { StreamListenerOptions } from './stream-listener.js';
import { TlsFileWatch, readTlsCredentials } from './tls-credentials.js';
import { TlsHandshakes } from './tls-handshakes.js';

const DAY_MS = 24 * 3_600_000;

export class TlsListener {
  readonly #listener: StreamListener;
  readonly #watch: TlsFileWatch;

  private constructor(listener: StreamListener, watch: TlsFileWatch) {
    this.#listener = listener;
    this.#watch = watch;
  }

  /** Opens the port; an error names it, or the file that cannot be used, and the variable. Null where there is no certificate. */
  static async open(
    intake: Intake,
    signals: Signals,
    config: IngestorConfig,
    options: Pick<StreamListenerOptions, 'host' | 'maxConnections' | 'idleMs' | 'proxies'>,
  ): Promise<TlsListener | null> {
    const files = {
      cert: config.SYSLOG_TLS_CERT_FILE,
      key: config.SYSLOG_TLS_KEY_FILE,
      ca: config.SYSLOG_TLS_CA_FILE,
    };
    if (files.cert === '') return null;
    const credentials = await readTlsCredentials(files);
    const handshakes = new TlsHandshakes(credentials, config.SYSLOG_TLS_CLIENT_AUTH ?? (files.ca ? 'required' : 'off'));
    const relays = new Set(config.SYSLOG_TLS_RELAYS);
    const listener = await StreamListener.open(intake, signals, {
      ...options,
      transport: 'tls',
      port: config.SYSLOG_TLS_PORT,
      variable: 'SYSLOG_TLS_PORT',
      tls: handshakes,
      keyOf: (name) => (relays.has(name) ? null : `tls:${name}`),
    });
    const watch = new TlsFileWatch(files, credentials, config.SYSLOG_TLS_RELOAD_MS, {
      changed: (changed) => {
        handshakes.use(changed);
        signals.certificateTaken(files.cert, changed.fingerprint);
      },
      refused: (reason) => signals.certificateRefused(reason),
      expires: ({ expiresAtMs }) =>
        signals.certificateExpires(files.cert, expiresAtMs, (expiresAtMs - Date.now()) / DAY_MS),
    });
    return new TlsListener(listener, watch);
  }

  get port(): number {
    return this.#listener.port;
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.#listener.close();
  }
}
