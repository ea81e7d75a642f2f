import { Body, Controller, Get, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { Role, Sealed } from '@opmas/contracts';
import { SecretBox } from '@opmas/platform';
import type { Request } from 'express';
import type { z } from 'zod';
import { isPassword } from '../auth/passwords.js';
import { SignInLimit } from '../auth/sign-in-limit.js';
import { ACCESS_SECONDS, Tokens } from '../auth/tokens.js';
import { UserStore } from '../stores/user-store.js';
import { Public } from './access.js';
import { Problem } from './problem.js';
import { loginBody, logoutBody, refreshBody } from './queries.js';
import { addressOf } from './requests.js';

export interface Session {
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
  user: { userName: string; role: Role };
}

@Controller('api/v1/auth')
export class AuthController {
  readonly #users: UserStore;
  readonly #tokens: Tokens;
  readonly #limit: SignInLimit;
  readonly #secrets: SecretBox;

  constructor(
    @Inject(UserStore) users: UserStore,
    @Inject(Tokens) tokens: Tokens,
    @Inject(SignInLimit) limit: SignInLimit,
    @Inject(SecretBox) secrets: SecretBox,
  ) {
    this.#users = users;
    this.#tokens = tokens;
    this.#limit = limit;
    this.#secrets = secrets;
  }

  @Public()
  @Post('login')
  @HttpCode(200)
  async login(@Body({ schema: loginBody }) body: z.infer<typeof loginBody>, @Req() request: Request): Promise<Session> {
    const address = addressOf(request);
    const waitSeconds = await this.#limit.begin(body.username, address);
    if (waitSeconds !== null) {
      const detail = `Too many attempts to sign in: wait ${waitSeconds / 60} minutes.`;
      throw new Problem(429, 'too-many-attempts', detail, { retryAfterSeconds: waitSeconds });
    }
    const user = await this.#users.byName(body.username);
    const hash = user && !user.disabled ? this.#open(user.password) : null;
    if (!(await isPassword(body.password, hash)) || user === null) {
      throw new Problem(401, 'wrong-password', 'User name or password is wrong, or the user is disabled.');
    }
    await this.#limit.succeeded(body.username, address);
    return this.#session(user);
  }

  @Public()
  @Post('refresh')
  @HttpCode(200)
  async refresh(@Body({ schema: refreshBody }) body: z.infer<typeof refreshBody>): Promise<Session> {
    const claims = await this.#tokens.verifyRefresh(body.refreshToken);
    const user = claims ? await this.#users.byName(claims.userName) : null;
    // A token from before the user was last changed (password, role) is no longer taken.
    const isStale = claims !== null && user !== null && claims.issuedAt < Math.floor(Date.parse(user.changedAt) / 1000);
    if (claims === null || user === null || user.disabled || isStale) {
      throw new Problem(401, 'bad-token', 'The refresh token is not valid any more: sign in again.');
    }
    await this.#tokens.revoke(claims, 'exchanged');
    return this.#session(user);
  }

  @Post('logout')
  @HttpCode(204)
  async logout(@Body({ schema: logoutBody }) body: z.infer<typeof logoutBody>): Promise<void> {
    const claims = body.refreshToken === undefined ? null : await this.#tokens.verifyRefresh(body.refreshToken);
    if (claims) await this.#tokens.revoke(claims, 'signed-out');
  }

  @Get('me')
  me(@Req() request: Request): { userName: string; role: Role } {
    const { userName, role } = request.caller!;
    return { userName, role };
  }

  /** A hash that another key sealed is nobody's wrong password. */
  #open(password: Sealed): string {
    try {
      return this.#secrets.open(password);
    } catch (error) {
      throw new Problem(
        503,
        'wrong-key',
        `The user's password cannot be read: ${(error as Error).message}. Check OPMAS_SECRET_FILE.`,
      );
    }
  }

  async #session({ userName, role }: { userName: string; role: Role }): Promise<Session> {
    return {
      accessToken: await this.#tokens.signAccess({ userName, role }),
      refreshToken: await this.#tokens.signRefresh(userName),
      expiresIn: ACCESS_SECONDS,
      user: { userName, role },
    };
  }
}
