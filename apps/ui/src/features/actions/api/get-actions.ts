import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { Action, Page } from '../../../lib/api/resources.js';
import type { ActionFilter } from '../action-search.js';

export const ACTION_LISTS = ['actions', 'list'] as const;

/** Newest proposals first. */
export function actionsQuery(filter: ActionFilter) {
  return infiniteQueryOptions({
    queryKey: [...ACTION_LISTS, filter] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.request<Page<Action>>('actions', {
        query: {
          status: filter.status?.join(','),
          deviceId: filter.deviceId?.join(','),
          findingId: filter.findingId,
          cursor: pageParam ?? undefined,
        },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor,
  });
}
