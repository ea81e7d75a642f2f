/** The certificates and the key of the TLS listener: read from files, and read again when these change. */
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** Paths of PEM files, with the variables that name them for messages. */
export interface TlsFiles {
  /** The server's certificate, followed by the chain that senders need. */
  readonly cert: string;
  readonly key: string;
  /** Whose certificates senders' certificates are checked against; '' for none. */
  readonly ca: string;
}

export interface TlsCredentials {
  readonly cert: string;
  readonly key: string;
  /** '' for none. */
  readonly ca: string;
  /** When the first certificate of the chain expires, ms since 1970. */
  readonly expiresAtMs: number;
  /** SHA-256 of the server's certificate, as senders that pin it write it. */
  readonly fingerprint: string;
}

/** Files as they were read, or why they could not be. */
type Contents = Omit<TlsCredentials, 'expiresAtMs' | 'fingerprint'> | { readonly fault: string };

const VARIABLES = { cert: 'SYSLOG_TLS_CERT_FILE', key: 'SYSLOG_TLS_KEY_FILE', ca: 'SYSLOG_TLS_CA_FILE' } as const;
const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const DAY_MS = 24 * 3_600_000;

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function readOne(files: TlsFiles, which: keyof TlsFiles): Promise<string> {
  if (files[which] === '') return '';
  try {
    return await readFile(files[which], 'utf8');
  } catch (error) {
    throw new Error(`${files[which]} (${VARIABLES[which]}) cannot be read: ${textOf(error)}`, { cause: error });
  }
}

async function readContents(files: TlsFiles): Promise<Contents> {
  try {
    const [cert, key, ca] = await Promise.all([readOne(files, 'cert'), readOne(files, 'key'), readOne(files, 'ca')]);
    return { cert, key, ca };
  } catch (error) {
    return { fault: textOf(error) };
  }
}

/** All certificates of a PEM text, in its order. */
function certificates(text: string): X509Certificate[] {
  const all = [...text.matchAll(CERTIFICATE)].map(([pem]) => new X509Certificate(pem));
  if (all.length === 0) throw new Error('there is no PEM certificate in it');
  return all;
}

/** Checks what was read, part by part, so that a fault names its file. */
function check(files: TlsFiles, contents: Contents): TlsCredentials {
  if ('fault' in contents) throw new Error(contents.fault);
  const named = <T>(which: keyof TlsFiles, run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw new Error(`${files[which]} (${VARIABLES[which]}) cannot be used: ${textOf(error)}`, { cause: error });
    }
  };
  const { cert, key, ca } = contents;
  const chain = named('cert', () => certificates(cert));
  const leaf = chain[0]!;
  const privateKey = named('key', () => createPrivateKey(key));
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new Error(
      `${files.key} (${VARIABLES.key}) is not the key of the certificate in ${files.cert} (${VARIABLES.cert})`,
    );
  }
  if (ca !== '') named('ca', () => certificates(ca));
  named('cert', () => createSecureContext({ cert, key }));
  const expiresAtMs = Math.min(...chain.map((certificate) => Date.parse(certificate.validTo)));
  return { cert, key, ca, expiresAtMs, fingerprint: leaf.fingerprint256 };
}

/** Reads and checks the files; throws what names the file and its variable. */
export async function readTlsCredentials(files: TlsFiles): Promise<TlsCredentials> {
  return check(files, await readContents(files));
}

export interface TlsReload {
  changed(credentials: TlsCredentials): void;
  /** New files cannot be used; told once for each state of the files that lasts. */
  refused(reason: string): void;
  /** Called when watching starts or new files are taken, and once a day. */
  expires(credentials: TlsCredentials): void;
}

/**
 * Reads the files again and again, and tells when their contents are other ones: links that are swapped and files that are replaced
 * or written over are all seen. Files that do not fit together get one more interval, for they may be replaced one after the other.
 */
export class TlsFileWatch {
  readonly #files: TlsFiles;
  readonly #told: TlsReload;
  readonly #timer: NodeJS.Timeout;
  #current: TlsCredentials;
  #refused: { contents: string; isTold: boolean } | null = null;
  #isReading = false;
  #expiryToldAtMs = 0;

  constructor(files: TlsFiles, current: TlsCredentials, everyMs: number, told: TlsReload) {
    this.#files = files;
    this.#current = current;
    this.#told = told;
    this.#timer = setInterval(() => void this.#look(), everyMs).unref();
    this.#tellExpiry();
  }

  async #look(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      this.#compare(await readContents(this.#files));
      if (Date.now() - this.#expiryToldAtMs > DAY_MS) this.#tellExpiry();
    } finally {
      this.#isReading = false;
    }
  }

  #compare(contents: Contents): void {
    const { cert, key, ca } = this.#current;
    if (!('fault' in contents) && contents.cert === cert && contents.key === key && contents.ca === ca) {
      this.#refused = null;
      return;
    }
    try {
      const credentials = check(this.#files, contents);
      this.#told.changed(credentials);
      this.#current = credentials;
      this.#refused = null;
      this.#tellExpiry();
    } catch (error) {
      this.#refuse(JSON.stringify(contents), textOf(error));
    }
  }

  #refuse(contents: string, reason: string): void {
    if (this.#refused?.contents !== contents) {
      this.#refused = { contents, isTold: false };
    } else if (!this.#refused.isTold) {
      this.#refused.isTold = true;
      this.#told.refused(reason);
    }
  }

  #tellExpiry(): void {
    this.#expiryToldAtMs = Date.now();
    this.#told.expires(this.#current);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
