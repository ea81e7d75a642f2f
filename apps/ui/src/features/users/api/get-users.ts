import { queryOptions } from '@tanstack/react-query';
import { api } from '../../../lib/api/page-client.js';
import type { User } from '../../../lib/api/resources.js';

export function usersQuery() {
  return queryOptions({
    queryKey: ['users'] as const,
    queryFn: async ({ signal }) => (await api.request<{ items: User[] }>('users', { signal })).items,
  });
}
