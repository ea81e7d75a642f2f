import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { Page } from '../domain/pages.js';
import type { DocumentItem } from '../domain/projections/config.js';
import type { AuditItem } from '../stores/audit-store.js';
import { AuditStore } from '../stores/audit-store.js';
import type { Overview } from '../stores/overview-store.js';
import { OverviewStore } from '../stores/overview-store.js';
import { DocumentStore } from '../stores/user-store.js';
import { Needs } from './access.js';
import { auditQuery } from './queries.js';

/** What is only read: the overview, rules, playbooks, and the audit. */
@Controller('api/v1')
export class SystemController {
  readonly #overview: OverviewStore;
  readonly #documents: DocumentStore;
  readonly #audit: AuditStore;

  constructor(
    @Inject(OverviewStore) overview: OverviewStore,
    @Inject(DocumentStore) documents: DocumentStore,
    @Inject(AuditStore) audit: AuditStore,
  ) {
    this.#overview = overview;
    this.#documents = documents;
    this.#audit = audit;
  }

  @Get('overview')
  overview(): Promise<Overview> {
    return this.#overview.read();
  }

  @Get('rules')
  async rules(): Promise<{ items: DocumentItem[] }> {
    return { items: await this.#documents.rules() };
  }

  @Get('playbooks')
  async playbooks(): Promise<{ items: DocumentItem[] }> {
    return { items: await this.#documents.playbooks() };
  }

  @Needs('admin')
  @Get('audit')
  audit(@Query({ schema: auditQuery }) query: z.infer<typeof auditQuery>): Promise<Page<AuditItem>> {
    return this.#audit.list(query, query.limit, query.cursor ?? null);
  }
}
