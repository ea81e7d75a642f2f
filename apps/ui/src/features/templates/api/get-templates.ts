import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { TemplateList } from '../../../lib/api/resources.js';

const HOURS = 24;
const MINUTE_MS = 60_000;

/** The most frequent templates of what no dialect knows, over the last day. */
export function templatesQuery() {
  return queryOptions({
    queryKey: ['templates'] as const,
    queryFn: ({ signal }) => {
      const from = String(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - HOURS * 60 * MINUTE_MS);
      return api.request<TemplateList>('templates', { query: { from, limit: '100' }, signal });
    },
    refetchInterval: MINUTE_MS,
  });
}
