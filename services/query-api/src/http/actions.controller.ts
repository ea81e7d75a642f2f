import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import type { z } from 'zod';
import { Decisions } from '../commands/decisions.js';
import type { Page } from '../domain/pages.js';
import type { ActionItem } from '../domain/projections/action.js';
import type { OutputPiece } from '../stores/action-store.js';
import { ActionStore } from '../stores/action-store.js';
import { Needs } from './access.js';
import { notFound } from './problem.js';
import { actionsQuery, decisionBody, tokenParam } from './queries.js';
import { addressOf, requestIdOf } from './requests.js';

type Id = z.infer<typeof tokenParam>;
type Reason = z.infer<typeof decisionBody>;
export type WholeAction = ActionItem & { history: unknown[]; output: OutputPiece[] };

@Controller('api/v1/actions')
export class ActionsController {
  readonly #actions: ActionStore;
  readonly #decisions: Decisions;

  constructor(@Inject(ActionStore) actions: ActionStore, @Inject(Decisions) decisions: Decisions) {
    this.#actions = actions;
    this.#decisions = decisions;
  }

  @Get()
  list(@Query({ schema: actionsQuery }) query: z.infer<typeof actionsQuery>): Promise<Page<ActionItem>> {
    return this.#actions.list(query, query.limit, query.cursor ?? null);
  }

  @Get(':id')
  async one(@Param({ schema: tokenParam }) { id }: Id): Promise<WholeAction> {
    const action = await this.#byId(id);
    return { ...action, ...(await this.#actions.life(id)) };
  }

  @Needs('operator')
  @Post(':id/approve')
  @HttpCode(202)
  approve(
    @Param({ schema: tokenParam }) { id }: Id,
    @Body({ schema: decisionBody }) body: Reason,
    @Req() request: Request,
  ): Promise<ActionItem> {
    return this.#decide(id, 'approved', body, request);
  }

  @Needs('operator')
  @Post(':id/reject')
  @HttpCode(202)
  reject(
    @Param({ schema: tokenParam }) { id }: Id,
    @Body({ schema: decisionBody }) body: Reason,
    @Req() request: Request,
  ): Promise<ActionItem> {
    return this.#decide(id, 'rejected', body, request);
  }

  async #decide(
    id: string,
    verdict: 'approved' | 'rejected',
    { reason }: Reason,
    request: Request,
  ): Promise<ActionItem> {
    const action = await this.#byId(id);
    const { userName } = request.caller!;
    const address = addressOf(request) || null;
    await this.#decisions.decide(action, { verdict, userName, address, reason, commandId: requestIdOf(request) });
    return this.#byId(id);
  }

  async #byId(id: string): Promise<ActionItem> {
    const action = await this.#actions.byId(id);
    if (action === null) throw notFound('action', id);
    return action;
  }
}
