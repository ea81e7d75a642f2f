import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { EventEnvelope } from '@opmas/contracts';
import type { z } from 'zod';
import type { Page } from '../domain/pages.js';
import type { FindingItem } from '../domain/projections/finding.js';
import { FindingStore } from '../stores/finding-store.js';
import { notFound } from './problem.js';
import { findingsQuery, idParam } from './queries.js';

@Controller('api/v1/findings')
export class FindingsController {
  readonly #findings: FindingStore;

  constructor(@Inject(FindingStore) findings: FindingStore) {
    this.#findings = findings;
  }

  @Get()
  list(@Query({ schema: findingsQuery }) query: z.infer<typeof findingsQuery>): Promise<Page<FindingItem>> {
    return this.#findings.list(query, query.limit, query.cursor ?? null);
  }

  @Get(':id')
  async one(@Param({ schema: idParam }) { id }: z.infer<typeof idParam>): Promise<FindingItem> {
    const finding = await this.#findings.byId(id);
    if (finding === null) throw notFound('finding', id);
    return finding;
  }

  @Get(':id/evidence')
  async evidence(@Param({ schema: idParam }) param: z.infer<typeof idParam>): Promise<{ items: EventEnvelope[] }> {
    const { id } = await this.one(param);
    return { items: await this.#findings.evidence(id) };
  }

  @Get(':id/history')
  async history(@Param({ schema: idParam }) param: z.infer<typeof idParam>): Promise<{ items: unknown[] }> {
    const { id } = await this.one(param);
    return { items: await this.#findings.history(id) };
  }
}
