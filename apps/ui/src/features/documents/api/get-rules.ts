import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { RuleDocument } from '../../../lib/api/resources.js';

export function rulesQuery() {
  return queryOptions({
    queryKey: ['rules'] as const,
    queryFn: async ({ signal }) => (await api.request<{ items: RuleDocument[] }>('rules', { signal })).items,
  });
}
