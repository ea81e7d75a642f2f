import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { EventRecord } from '../../../lib/api/resources.js';

export function eventQuery(eventId: string) {
  return queryOptions({
    queryKey: ['events', 'one', eventId] as const,
    queryFn: ({ signal }) => api.request<EventRecord>(`events/${encodeURIComponent(eventId)}`, { signal }),
    staleTime: Infinity,
  });
}
