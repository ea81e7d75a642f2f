import { queryOptions } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { Overview } from '../../../lib/api/resources.js';

const KEY = ['overview'] as const;

/** Fetched again every 15 s for the case that the live connection, which sends it each second, is down. */
export function overviewQuery() {
  return queryOptions({
    queryKey: KEY,
    queryFn: ({ signal }) => api.request<Overview>('overview', { signal }),
    refetchInterval: (query) => (Date.now() - query.state.dataUpdatedAt > 10_000 ? 15_000 : 30_000),
  });
}

export function applyLiveOverview(client: QueryClient, overview: Overview): void {
  client.setQueryData(KEY, overview);
}
