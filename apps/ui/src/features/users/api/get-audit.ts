import { infiniteQueryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { AuditEntry, Page } from '../../../lib/api/resources.js';

/** What people asked to change, newest first. */
export function auditQuery() {
  return infiniteQueryOptions({
    queryKey: ['audit'] as const,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.request<Page<AuditEntry>>('audit', { query: { limit: 50, cursor: pageParam ?? undefined }, signal }),
    getNextPageParam: (page) => page.nextCursor,
  });
}
