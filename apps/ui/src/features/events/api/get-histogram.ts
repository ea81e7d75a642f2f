import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { Histogram } from '../../../lib/api/resources.js';
import type { EventQuery } from '../../../lib/event-filter.js';
import type { Span } from './get-events.js';
import { spanQuery } from './get-events.js';

/** Counts over time from the API's aggregates; the text search is not known to them. */
export function histogramQuery({ q: _q, ...query }: EventQuery, span: Span, buckets: number) {
  return queryOptions({
    queryKey: ['events', 'histogram', query, span, buckets] as const,
    queryFn: ({ signal }) =>
      api.request<Histogram>('events/histogram', { query: { ...query, ...spanQuery(span), buckets }, signal }),
    placeholderData: (before) => before,
  });
}
