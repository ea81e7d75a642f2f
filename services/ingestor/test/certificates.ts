/** Authorities and certificates for specs. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { JsonGeneralName, JsonName, X509Certificate } from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 24 * 3_600_000;

export interface Pem {
  cert: string;
  key: string;
}

interface CertificateOptions {
  names?: JsonGeneralName[];
  usage?: ExtendedKeyUsage;
  days?: number;
}

const pemOf = (key: webcrypto.CryptoKey): string =>
  KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** An authority that signs what is asked of it. */
export class TestAuthority {
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
  }

  static async create(name: string): Promise<TestAuthority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: [{ CN: [name] }],
      keys,
      signingAlgorithm: ALGORITHM,
      notAfter: new Date(Date.now() + DAY_MS),
      extensions: [new BasicConstraintsExtension(true, 0, true)],
    });
    return new TestAuthority(certificate, keys);
  }

  get pem(): string {
    return this.#certificate.toString('pem');
  }

  /** A server's certificate for localhost. */
  server(days = 60): Promise<Pem> {
    const names: JsonGeneralName[] = [
      { type: 'dns', value: 'localhost' },
      { type: 'ip', value: '127.0.0.1' },
      { type: 'ip', value: '::1' },
    ];
    return this.issue([{ CN: ['syslog'] }], { names, usage: ExtendedKeyUsage.serverAuth, days });
  }

  async issue(subject: JsonName, options: CertificateOptions = {}): Promise<Pem> {
    const { names = [], usage = ExtendedKeyUsage.clientAuth, days = 60 } = options;
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      subject,
      issuer: this.#certificate.subject,
      notBefore: new Date(Date.now() - 90 * DAY_MS),
      notAfter: new Date(Date.now() + days * DAY_MS),
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new ExtendedKeyUsageExtension([usage]),
        ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    return { cert: certificate.toString('pem'), key: pemOf(keys.privateKey) };
  }
}

/** A client's certificate that no authority signed. */
export async function selfSigned(name: string): Promise<Pem> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: ALGORITHM,
    notAfter: new Date(Date.now() + DAY_MS),
    extensions: [new BasicConstraintsExtension(false, undefined, true)],
  });
  return { cert: certificate.toString('pem'), key: pemOf(keys.privateKey) };
}
