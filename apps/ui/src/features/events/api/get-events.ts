import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { EventRecord, Page } from '../../../lib/api/resources.js';
import type { EventQuery } from '../../../lib/event-filter.js';

export interface Span {
  fromMs: number;
  toMs: number;
}

export function spanQuery({ fromMs, toMs }: Span): { from: string; to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

/**
 * Newest first. A page may be short, even empty, and still have a cursor: then the API's time for one request was up
 * before it had searched through the whole range.
 */
export function eventsQuery(query: EventQuery, span: Span, limit = 200) {
  return infiniteQueryOptions({
    queryKey: ['events', 'list', query, span, limit] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.request<Page<EventRecord>>('events', {
        query: { ...query, ...spanQuery(span), limit, cursor: pageParam ?? undefined },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Infinity,
  });
}
