import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { Facets } from '../../../lib/api/resources.js';
import type { EventQuery } from '../../../lib/event-filter.js';
import type { Span } from './get-events.js';
import { spanQuery } from './get-events.js';

/** The most frequent values of each field; a field's own filter does not narrow its values. */
export function facetsQuery({ q: _q, ...query }: EventQuery, span: Span) {
  return queryOptions({
    queryKey: ['events', 'facets', query, span] as const,
    queryFn: ({ signal }) => api.request<Facets>('events/facets', { query: { ...query, ...spanQuery(span) }, signal }),
    placeholderData: (before) => before,
  });
}
