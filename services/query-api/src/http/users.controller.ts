import { Body, Controller, Get, Inject, Param, Patch, Post, Req } from '@nestjs/common';
import type { Role } from '@opmas/contracts';
import type { Request } from 'express';
import type { z } from 'zod';
import { Users } from '../commands/users.js';
import type { UserItem } from '../domain/projections/config.js';
import { UserStore } from '../stores/user-store.js';
import { Needs } from './access.js';
import { notFound } from './problem.js';
import { newUserBody, userBody, userParam } from './queries.js';

/** A user without the password's hash. */
export interface UserAnswer {
  userName: string;
  role: Role;
  disabled: boolean;
  createdAt: string;
  changedAt: string;
}

function answer({ userName, role, disabled, createdAt, changedAt }: UserItem): UserAnswer {
  return { userName, role, disabled, createdAt, changedAt };
}

@Needs('admin')
@Controller('api/v1/users')
export class UsersController {
  readonly #store: UserStore;
  readonly #users: Users;

  constructor(@Inject(UserStore) store: UserStore, @Inject(Users) users: Users) {
    this.#store = store;
    this.#users = users;
  }

  @Get()
  async list(): Promise<{ items: UserAnswer[] }> {
    return { items: (await this.#store.all()).map(answer) };
  }

  @Post()
  async create(@Body({ schema: newUserBody }) body: z.infer<typeof newUserBody>): Promise<UserAnswer> {
    await this.#users.create(body);
    return this.#one(body.userName);
  }

  @Patch(':name')
  async change(
    @Param({ schema: userParam }) { name }: z.infer<typeof userParam>,
    @Body({ schema: userBody }) body: z.infer<typeof userBody>,
    @Req() request: Request,
  ): Promise<UserAnswer> {
    await this.#users.change(name, body, request.caller!.userName);
    return this.#one(name);
  }

  async #one(userName: string): Promise<UserAnswer> {
    const user = await this.#store.byName(userName);
    if (user === null) throw notFound('user', userName);
    return answer(user);
  }
}
