import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { EventRecord } from '../../../lib/api/resources.js';

/** The events that the finding rests on, oldest first; `count` in the key fetches them again when it recurs. */
export function findingEvidenceQuery(findingId: string, count: number) {
  return queryOptions({
    queryKey: ['findings', 'evidence', findingId, count] as const,
    queryFn: async ({ signal }) => {
      const { items } = await api.request<{ items: EventRecord[] }>(
        `findings/${encodeURIComponent(findingId)}/evidence`,
        { signal },
      );
      return items;
    },
    placeholderData: (before) => before,
  });
}
