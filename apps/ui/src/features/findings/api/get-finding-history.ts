import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { HistoryFact } from '../../../lib/api/resources.js';

/** Facts of the finding's life, oldest first; `revision` in the key fetches them again when it changed. */
export function findingHistoryQuery(findingId: string, revision: string) {
  return queryOptions({
    queryKey: ['findings', 'history', findingId, revision] as const,
    queryFn: async ({ signal }) => {
      const { items } = await api.request<{ items: HistoryFact[] }>(
        `findings/${encodeURIComponent(findingId)}/history`,
        { signal },
      );
      return items;
    },
    placeholderData: (before) => before,
  });
}
