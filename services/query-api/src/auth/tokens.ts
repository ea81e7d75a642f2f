/** Access and refresh tokens: JWT, HS256, signed with a key derived from the deployment's secret. */
import { randomUUID } from 'node:crypto';
import type { Role } from '@opmas/contracts';
import { ROLES } from '@opmas/contracts';
import type { JWTPayload } from 'jose';
import { SignJWT, jwtVerify } from 'jose';
import type { Shared } from '../shell/redis.js';

export const ACCESS_SECONDS = 15 * 60;
export const REFRESH_SECONDS = 14 * 86_400;
/** Two tabs may refresh with the same token at once. */
const REUSE_GRACE_MS = 30_000;
const ISSUER = 'opmas';

export interface Caller {
  userName: string;
  role: Role;
}

export interface RefreshClaims {
  userName: string;
  id: string;
  /** Seconds since 1970. */
  issuedAt: number;
  expiresAt: number;
}

export class Tokens {
  readonly #key: Uint8Array;
  readonly #shared: Shared;

  constructor(key: Uint8Array, shared: Shared) {
    this.#key = key;
    this.#shared = shared;
  }

  signAccess({ userName, role }: Caller): Promise<string> {
    return this.#sign({ role, use: 'access' }, userName, ACCESS_SECONDS);
  }

  signRefresh(userName: string): Promise<string> {
    return this.#sign({ use: 'refresh' }, userName, REFRESH_SECONDS);
  }

  /** Null for a token that is forged, expired, or not an access token. */
  async verifyAccess(token: string): Promise<(Caller & { expiresAt: number }) | null> {
    const claims = await this.#verify(token, 'access');
    const role = ROLES.find((known) => known === claims?.['role']);
    if (!claims?.sub || role === undefined) return null;
    return { userName: claims.sub, role, expiresAt: claims.exp ?? 0 };
  }

  /** Null for a token that is forged, expired, revoked, or not a refresh token. */
  async verifyRefresh(token: string): Promise<RefreshClaims | null> {
    const claims = await this.#verify(token, 'refresh');
    if (!claims?.sub || !claims.jti) return null;
    const revokedAt = await this.#shared.get(`revoked:${claims.jti}`);
    if (revokedAt !== null && Number(revokedAt) <= Date.now()) return null;
    return { userName: claims.sub, id: claims.jti, issuedAt: claims.iat ?? 0, expiresAt: claims.exp ?? 0 };
  }

  /** Signing out: at once. A token that was exchanged for a new one: after a short grace. */
  async revoke(claims: RefreshClaims, reason: 'signed-out' | 'exchanged'): Promise<void> {
    const at = reason === 'exchanged' ? Date.now() + REUSE_GRACE_MS : 0;
    const ttl = Math.max(1, claims.expiresAt - Math.floor(Date.now() / 1000));
    const earlier = await this.#shared.get(`revoked:${claims.id}`);
    if (earlier !== null && Number(earlier) <= at) return;
    await this.#shared.set(`revoked:${claims.id}`, String(at), ttl);
  }

  #sign(claims: JWTPayload, userName: string, seconds: number): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userName)
      .setIssuer(ISSUER)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#key);
  }

  async #verify(token: string, use: 'access' | 'refresh'): Promise<JWTPayload | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: ['HS256'], issuer: ISSUER });
      return payload['use'] === use ? payload : null;
    } catch {
      return null;
    }
  }
}
