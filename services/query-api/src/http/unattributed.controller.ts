import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import type { z } from 'zod';
import { Attributions } from '../commands/attributions.js';
import type { Page } from '../domain/pages.js';
import type { UnattributedSender } from '../stores/unattributed-store.js';
import { UnattributedStore } from '../stores/unattributed-store.js';
import { Needs } from './access.js';
import { attributionBody, unattributedQuery } from './queries.js';

@Controller('api/v1/unattributed')
export class UnattributedController {
  readonly #store: UnattributedStore;
  readonly #attributions: Attributions;

  constructor(@Inject(UnattributedStore) store: UnattributedStore, @Inject(Attributions) attributions: Attributions) {
    this.#store = store;
    this.#attributions = attributions;
  }

  @Get()
  async list(
    @Query({ schema: unattributedQuery }) query: z.infer<typeof unattributedQuery>,
  ): Promise<Page<UnattributedSender> & { counts: { open: number; decided: number } }> {
    const page = await this.#store.list(query, query.limit, query.cursor ?? null);
    return { ...page, counts: await this.#store.counts() };
  }

  @Needs('operator')
  @HttpCode(200)
  @Post('decisions')
  async decide(
    @Body({ schema: attributionBody }) { key, peer, ...decision }: z.infer<typeof attributionBody>,
  ): Promise<UnattributedSender> {
    await this.#attributions.decide({ key, peer }, decision);
    return (await this.#store.one(key, peer))!;
  }
}
