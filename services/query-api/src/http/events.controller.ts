import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { EventEnvelope } from '@opmas/contracts';
import type { z } from 'zod';
import type { Histogram } from '../domain/histogram.js';
import type { Page } from '../domain/pages.js';
import type { Facets } from '../stores/event-store.js';
import { EventStore } from '../stores/event-store.js';
import { notFound } from './problem.js';
import type { EventsQuery } from './queries.js';
import { countsRange, eventsQuery, eventsRange, facetsQuery, histogramQuery, idParam } from './queries.js';

@Controller('api/v1/events')
export class EventsController {
  readonly #events: EventStore;

  constructor(@Inject(EventStore) events: EventStore) {
    this.#events = events;
  }

  @Get()
  list(@Query({ schema: eventsQuery }) query: EventsQuery): Promise<Page<EventEnvelope>> {
    return this.#events.search(eventsRange(query, Date.now()), query.limit, query.cursor ?? null);
  }

  @Get('histogram')
  histogram(@Query({ schema: histogramQuery }) query: z.infer<typeof histogramQuery>): Promise<Histogram> {
    return this.#events.histogram(countsRange(query, Date.now()), query.buckets);
  }

  @Get('facets')
  facets(@Query({ schema: facetsQuery }) query: z.infer<typeof facetsQuery>): Promise<Facets> {
    return this.#events.facets(countsRange(query, Date.now()));
  }

  @Get(':id')
  async one(@Param({ schema: idParam }) { id }: z.infer<typeof idParam>): Promise<EventEnvelope> {
    const event = await this.#events.byId(id);
    if (event === null) throw notFound('event', id);
    return event;
  }
}
