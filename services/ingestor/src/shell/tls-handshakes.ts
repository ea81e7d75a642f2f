/** From a TCP connection to a secured one, and to the name that the sender's certificate gives it. RFC 5425, RFC 9662. */
import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Server, TLSSocket, TlsOptions } from 'node:tls';
import { certificateName } from '../domain/tls-identity.js';
import type { TlsCredentials } from './tls-credentials.js';

/** Whether senders are asked for a certificate, and whether they must have one. */
export type ClientAuth = 'off' | 'optional' | 'required';

/** How a handshake ended. `name`: of the sender's verified certificate, null where it has none. */
export type Handshake =
  | { readonly kind: 'secured'; readonly socket: TLSSocket; readonly name: string | null }
  | { readonly kind: 'failed'; readonly what: 'handshake' | 'client_certificate'; readonly reason: string }
  /** It ended without a byte, as those who only look whether the port is open do. */
  | { readonly kind: 'closed' };

const HANDSHAKE_TIMEOUT_MS = 30_000;

interface OpenSslError extends Error {
  code?: string;
  reason?: string;
}

/** Node documents no way from a TLS socket to the connection under it, and a closed one no longer tells its address. */
function connectionUnder(socket: TLSSocket): Socket | undefined {
  return (socket as TLSSocket & { _parent?: Socket })._parent;
}

function contextOptions({ cert, key, ca }: TlsCredentials): TlsOptions {
  return {
    cert,
    key,
    // Without it the system's authorities would do, none of which says anything about a router.
    ...(ca === '' ? {} : { ca }),
    minVersion: 'TLSv1.2',
    // No resumption: a certificate is checked against the authorities of this moment, and connections stand for days.
    secureOptions: constants.SSL_OP_NO_TICKET,
  };
}

export class TlsHandshakes {
  /** It listens nowhere: it gets connections that stand, and takes them through their handshakes. */
  readonly #server: Server;
  readonly #clientAuth: ClientAuth;
  readonly #waiting = new WeakMap<Socket, (handshake: Handshake) => void>();

  constructor(credentials: TlsCredentials, clientAuth: ClientAuth) {
    this.#clientAuth = clientAuth;
    this.#server = createServer({
      ...contextOptions(credentials),
      requestCert: clientAuth !== 'off',
      // Who is refused is decided below, where the reason is still known.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    });
    this.#server.on('secureConnection', (socket) => this.#secured(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#failed(error, socket));
  }

  /** Takes other credentials for the handshakes to come; connections that stand keep theirs. */
  use(credentials: TlsCredentials): void {
    this.#server.setSecureContext(contextOptions(credentials));
  }

  /** Begins a handshake on a connection that nothing reads from; calls back once. */
  begin(connection: Socket, done: (handshake: Handshake) => void): void {
    this.#waiting.set(connection, done);
    this.#server.emit('connection', connection);
  }

  #take(socket: TLSSocket): ((handshake: Handshake) => void) | undefined {
    const connection = connectionUnder(socket);
    if (!connection) return undefined;
    const done = this.#waiting.get(connection);
    this.#waiting.delete(connection);
    return done;
  }

  #secured(socket: TLSSocket): void {
    const done = this.#take(socket);
    const certificate = this.#clientAuth === 'off' ? undefined : socket.getPeerX509Certificate();
    if (this.#clientAuth === 'required' && !certificate) {
      done?.({ kind: 'failed', what: 'client_certificate', reason: 'it has no client certificate' });
    } else if (certificate && !socket.authorized) {
      const reason = `its client certificate is refused: ${String(socket.authorizationError)}`;
      done?.({ kind: 'failed', what: 'client_certificate', reason });
    } else {
      done?.({ kind: 'secured', socket, name: certificate ? nameOf(socket) : null });
    }
  }

  #failed(error: OpenSslError, socket: TLSSocket): void {
    const done = this.#take(socket);
    if (socket.bytesRead === 0 && (connectionUnder(socket)?.bytesRead ?? 0) === 0) done?.({ kind: 'closed' });
    else done?.({ kind: 'failed', what: 'handshake', reason: error.reason ?? error.code ?? error.message });
  }
}

function nameOf(socket: TLSSocket): string {
  const { subject, subjectaltname, fingerprint256 } = socket.getPeerCertificate();
  // A list where the subject has several, which the type does not say; none where it has none.
  const commonNames = [subject?.CN ?? []].flat();
  return certificateName({ commonNames, altNames: subjectaltname ?? '', fingerprint: fingerprint256 });
}
