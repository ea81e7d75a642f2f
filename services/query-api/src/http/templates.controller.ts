import { Controller, Get, Inject, Query } from '@nestjs/common';
import type { z } from 'zod';
import type { TemplateList } from '../stores/template-store.js';
import { TemplateStore } from '../stores/template-store.js';
import { countsRange, templatesQuery } from './queries.js';

@Controller('api/v1/templates')
export class TemplatesController {
  readonly #templates: TemplateStore;

  constructor(@Inject(TemplateStore) templates: TemplateStore) {
    this.#templates = templates;
  }

  @Get()
  list(@Query({ schema: templatesQuery }) query: z.infer<typeof templatesQuery>): Promise<TemplateList> {
    return this.#templates.list(countsRange(query, Date.now()), query.limit);
  }
}
