import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { Finding, Page } from '../../../lib/api/resources.js';
import type { FindingSearch } from '../finding-search.js';
import { findingQueryOf } from '../finding-search.js';

export const FINDING_LISTS = ['findings', 'list'] as const;

/** Newest first, by when they opened. */
export function findingsQuery(search: FindingSearch, limit = 50) {
  return infiniteQueryOptions({
    queryKey: [...FINDING_LISTS, search, limit] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.request<Page<Finding>>('findings', {
        query: { ...findingQueryOf(search), limit, cursor: pageParam ?? undefined },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor,
  });
}
