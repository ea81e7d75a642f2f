/**
 * The certificate of the TLS listener: an authority of this data folder, made once, which senders are told to trust, and a
 * server certificate from it, made anew when the machine has other names or when it is about to run out.
 */
import { X509Certificate, createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { writeWhole } from './run-record.mjs';

const DAY_MS = 24 * 3_600_000;
const AUTHORITY_DAYS = 7_300;
const SERVER_DAYS = 1_825;
/** A server certificate with less left is made anew at a start, an authority with less left is, too. */
const RENEW_DAYS = 365;
/** Far back, because a router without a battery for its clock connects before it knows the time. */
const NOT_BEFORE = new Date(Date.UTC(2000, 0, 1));
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DNS_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*$/;

/** @typedef {{ ca: string, cert: string, key: string }} CertificateFiles paths of PEM files */

/**
 * The names and addresses that senders may have for this machine; link-local addresses are none.
 * @param {string} [further] a list with commas
 * @returns {string[]}
 */
export function ownNames(further = '') {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const names = [
    'localhost',
    hostname().toLowerCase(),
    '127.0.0.1',
    '::1',
    ...addresses.map(({ address }) => address).filter((address) => !/^fe80:/i.test(address)),
    ...further.split(',').map((name) => name.trim()),
  ];
  return [...new Set(names)].filter((name) => isIP(name) !== 0 || DNS_NAME.test(name));
}

/**
 * Makes what is missing in the folder, and tells what senders must know.
 * @param {string} folder
 * @param {{ names: string[], now?: number, say: (text: string) => void }} options now: ms since 1970
 * @returns {Promise<CertificateFiles>}
 */
export async function ensureCertificate(folder, { names, now = Date.now(), say }) {
  const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'server.pem'), key: join(folder, 'server.key') };
  const authorityKey = join(folder, 'ca.key');
  const authority = readPair(files.ca, authorityKey, now, 0);
  if (authority && isGood(files, authority.certificate, names, now)) return files;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Only here, because packages may have been installed a moment ago, and a start that makes nothing needs none of it.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  if (!authority?.key || !hasLeft(authority.certificate, now, RENEW_DAYS)) {
    if (authority) say(`the authority of the TLS listener is made anew: senders need the new ${files.ca}`);
    await makeAuthority(x509, files.ca, authorityKey, now);
  }
  await makeServer(x509, files, authorityKey, names, now);
  return files;
}

/**
 * @param {string} certFile
 * @param {string} keyFile
 * @param {number} now
 * @param {number} days that it must have left
 * @returns {{ certificate: X509Certificate, key: boolean } | null} null where there is no such certificate; key: whether it is there and fits
 */
function readPair(certFile, keyFile, now, days) {
  try {
    const certificate = new X509Certificate(readFileSync(certFile));
    return hasLeft(certificate, now, days) ? { certificate, key: fits(certificate, keyFile) } : null;
  } catch {
    return null;
  }
}

/**
 * @param {X509Certificate} certificate
 * @param {string} keyFile
 */
function fits(certificate, keyFile) {
  try {
    return certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)));
  } catch {
    return false;
  }
}

/**
 * @param {X509Certificate} certificate
 * @param {number} now
 * @param {number} days
 */
function hasLeft(certificate, now, days) {
  return Date.parse(certificate.validTo) > now + days * DAY_MS;
}

/**
 * @param {CertificateFiles} files
 * @param {X509Certificate} authority
 * @param {string[]} names
 * @param {number} now
 */
function isGood(files, authority, names, now) {
  const server = readPair(files.cert, files.key, now, RENEW_DAYS);
  if (!server?.key || !server.certificate.verify(authority.publicKey)) return false;
  const { certificate } = server;
  return names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined);
}

/**
 * @param {typeof import('@peculiar/x509')} x509
 * @param {string} certFile
 * @param {string} keyFile
 * @param {number} now
 */
async function makeAuthority(x509, certFile, keyFile, now) {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // A name of its own, for two authorities of one name are taken for one another.
    name: [{ CN: [`OPMAS ${hostname()} ${randomBytes(4).toString('hex')}`.slice(-64)] }],
    notBefore: NOT_BEFORE,
    notAfter: new Date(now + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeWhole(keyFile, await privatePem(keys.privateKey));
  writeWhole(certFile, `${certificate.toString('pem')}\n`);
}

/**
 * @param {typeof import('@peculiar/x509')} x509
 * @param {CertificateFiles} files
 * @param {string} authorityKeyFile
 * @param {string[]} names
 * @param {number} now
 */
async function makeServer(x509, files, authorityKeyFile, names, now) {
  const authority = new x509.X509Certificate(readFileSync(files.ca, 'utf8'));
  const pkcs8 = createPrivateKey(readFileSync(authorityKeyFile)).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const notAfter = Math.min(now + SERVER_DAYS * DAY_MS, authority.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ['OPMAS syslog'] }],
    issuer: authority.subject,
    notBefore: NOT_BEFORE,
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) ? 'ip' : 'dns', value: name }))),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  writeWhole(files.key, await privatePem(keys.privateKey));
  writeWhole(files.cert, `${certificate.toString('pem')}\n`);
}

/** @param {webcrypto.CryptoKey} key */
async function privatePem(key) {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
