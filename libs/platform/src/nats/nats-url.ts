/** What `NATS_URL` says: servers, and the credentials that stand in it. */

/** Options for `connect`, and a form of the address that may be shown. */
export interface NatsAddress {
  servers: string[];
  user?: string;
  pass?: string;
  token?: string;
  /** Present (and empty: the system's authorities) where a server is named by `tls://`. */
  tls?: Record<string, never>;
  /** Without user, password and token. */
  shown: string;
}

/**
 * Reads `nats://user:password@host:port,nats://other:port`. Credentials of the first server that has some hold for all,
 * as a NATS client sends one set; a user without a password is a token, as nats.io's other clients read it.
 *
 * Throws an Error that names the server (without its credentials) where one is no URL of scheme `nats` or `tls`.
 */
export function readNatsUrl(url: string): NatsAddress {
  const address: NatsAddress = { servers: [], shown: '' };
  for (const text of url.split(',').map((part) => part.trim())) {
    const server = text.includes('://') ? text : `nats://${text}`;
    const parsed = URL.canParse(server) ? new URL(server) : null;
    if (!parsed || parsed.hostname === '' || !['nats:', 'tls:'].includes(parsed.protocol)) {
      throw new Error(`"${server.replace(/\/\/[^@]*@/, '//')}" is no nats:// or tls:// address`);
    }
    address.servers.push(parsed.host);
    if (parsed.protocol === 'tls:') address.tls = {};
    if (parsed.username !== '' && address.user === undefined && address.token === undefined) {
      const name = decodeURIComponent(parsed.username);
      if (parsed.password === '') address.token = name;
      else Object.assign(address, { user: name, pass: decodeURIComponent(parsed.password) });
    }
  }
  address.shown = address.servers.join(',');
  return address;
}
