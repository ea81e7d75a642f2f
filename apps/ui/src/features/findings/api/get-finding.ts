import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { Finding } from '../../../lib/api/resources.js';

export function findingQuery(findingId: string) {
  return queryOptions({
    queryKey: ['findings', 'one', findingId] as const,
    queryFn: ({ signal }) => api.request<Finding>(`findings/${encodeURIComponent(findingId)}`, { signal }),
  });
}
