/** Who may call what: a bearer token on every route, a role where it changes something. */
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { SetMetadata } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { Role } from '@opmas/contracts';
import { ROLES } from '@opmas/contracts';
import type { Request } from 'express';
import type { Tokens } from '../auth/tokens.js';
import { Problem } from './problem.js';

const ACCESS = 'opmas:access';

/** The route needs no token. */
export const Public = () => SetMetadata(ACCESS, 'public');
/** The route needs this role, or one that may more. Without it every signed-in user may call. */
export const Needs = (role: Role) => SetMetadata(ACCESS, role);

/** viewer < operator < admin. */
export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export class AccessGuard implements CanActivate {
  readonly #reflector: Reflector;
  readonly #tokens: Tokens;

  constructor(reflector: Reflector, tokens: Tokens) {
    this.#reflector = reflector;
    this.#tokens = tokens;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.#reflector.getAllAndOverride<Role | 'public' | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const token = /^Bearer (\S+)$/i.exec(request.header('authorization') ?? '')?.[1];
    if (token === undefined)
      throw new Problem(
        401,
        'no-token',
        'Send "Authorization: Bearer <access token>"; POST /api/v1/auth/login gives one.',
      );
    const caller = await this.#tokens.verifyAccess(token);
    if (caller === null)
      throw new Problem(401, 'bad-token', 'The access token is not valid, or has expired: refresh it or sign in.');
    request.caller = caller;
    if (access !== undefined && !mayAct(caller.role, access)) {
      throw new Problem(403, 'role', `This needs the role ${access}; ${caller.userName} is ${caller.role}.`);
    }
    return true;
  }
}
