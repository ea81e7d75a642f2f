/**
 * Which device a verified client certificate names. The name goes into the sender key `tls:<name>`, so it is the same for
 * every certificate that the device is given in its life, and another one for every other device.
 */

/** What of a certificate is looked at. */
export interface CertificateNames {
  /** Common names of the subject in the order of the certificate, decoded. */
  readonly commonNames: readonly string[];
  /** The subject's alternative names as `X509Certificate.subjectAltName` writes them; '' for none. */
  readonly altNames: string;
  /** SHA-256 of the certificate, as `X509Certificate.fingerprint256` writes it. */
  readonly fingerprint: string;
}

/** A sender key has at most 300 characters, `tls:` included. */
const MAX_NAME_LENGTH = 296;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\uFFFD]/u;

/**
 * The name: the last (most specific) common name of the subject; where it has none the first DNS name, else the first URI
 * of its alternative names. Common names and DNS names are compared without case (RFC 5280, RFC 4518): they are lower-cased, in
 * NFC, inner spaces as one, outer ones removed. A URI stands as it is. A certificate without any of these, or whose name is longer than 296
 * characters or has unprintable ones, is named by its fingerprint: `sha256:<64 hex digits>`.
 */
export function certificateName({ commonNames, altNames, fingerprint }: CertificateNames): string {
  const alternatives = parseAltNames(altNames);
  const first = (type: string): string | undefined => alternatives.find((name) => name.type === type)?.value;
  const commonName = folded(commonNames.at(-1) ?? '');
  const name = commonName || folded(first('DNS') ?? '') || (first('URI') ?? '');
  if (name === '' || name.length > MAX_NAME_LENGTH || UNPRINTABLE.test(name) || name.startsWith('sha256:')) {
    return `sha256:${fingerprint.replaceAll(':', '').toLowerCase()}`;
  }
  return name;
}

function folded(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll(/ +/g, ' ').trim();
}

/** `DNS:a, URI:"b\u002cc"`: a value that could be mistaken stands in quotes, as a JSON string. */
export function parseAltNames(text: string): { type: string; value: string }[] {
  const names: { type: string; value: string }[] = [];
  const pattern = /([^:,]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))(?:, |$)/y;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const quoted = match[2];
    names.push({ type: match[1]!, value: quoted === undefined ? match[3]! : unquoted(quoted) });
    if (pattern.lastIndex >= text.length) break;
  }
  return names;
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
